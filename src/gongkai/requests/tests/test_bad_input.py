"""Bad input (坏输入), line by line: refused in words with what to do, and nothing changes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongkai.kernel.machine import NotAllowed
from gongkai.requests import testing as office
from gongkai.requests.core.applicants import credit_code_fault, identity_number_fault
from gongkai.requests.errors import NoSuchCase, Refused, SubmissionInvalid
from gongkai.requests.letters.pdf_letter import letter_pdf
from gongkai.requests.models import Case
from gongkai.requests.services import (
    confirm,
    decide,
    examine,
    fee,
    letters,
    personal_data,
    remedy,
    serve,
    sign,
)
from gongkai.requests.services.acting import locked
from gongkai.requests.services.receive import receive

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 4)
BEFORE = date(2024, 3, 1)


@pytest.fixture
def staff() -> dict[str, Any]:
    return office.people()


def in_hand(staff: dict[str, Any], **changes: Any) -> dict[str, Any]:
    case_id = office.register(DAY, staff["handler"], **changes).case_id
    examine.accept(case_id=case_id, user=staff["handler"], now=office.at(DAY))
    return {"case_id": case_id, "user": staff["handler"], "now": office.at(DAY)}


def before_signing(staff: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    common = in_hand(staff)
    decide.decide(position=1, outcome="granted.provided", detail={"given": "甲"}, **common)
    return common, letters.draft_letter(**common)


def test_identity_numbers_and_codes_that_are_wrong_or_confused() -> None:
    right = office.identity_number(3)
    wrong = right[:-1] + ("1" if right[-1] != "1" else "2")
    assert "校验不符" in str(identity_number_fault(wrong, today=DAY))
    assert "统一社会信用代码，不是公民身份号码" in str(
        identity_number_fault(office.credit_code(3), today=DAY)
    )
    assert (
        identity_number_fault(right.lower().replace("x", "ｘ"), today=DAY) is None
    )  # full-width signs are the same
    assert "有效的出生日期" in str(identity_number_fault("999999199002300010", today=DAY))
    assert credit_code_fault(office.credit_code(3)) is None
    for person in ({"id_number": wrong}, {"id_number": ""}, {"phone": "12345"}, {"email": "a@b"}):
        with pytest.raises(SubmissionInvalid):
            office.register(DAY, person={**office.person(3), **person})


@pytest.mark.parametrize(("content", "fits"), [("", False), (" \n\t", False), ("\u0000\u0007", False), ("字" * 10_000, True), ("字" * 10_001, False)])  # fmt: skip
def test_empty_and_long_requests(content: str, fits: bool, staff: dict[str, Any]) -> None:
    if fits:
        assert office.register(DAY, content=content).is_new
        assert Case.objects.get().content == content
        return
    with pytest.raises(SubmissionInvalid) as refused:
        office.register(DAY, content=content)
    assert "content" in refused.value.faults
    assert Case.objects.count() == 0


def test_rare_signs_are_kept_printed_or_named(staff: dict[str, Any]) -> None:
    common = in_hand(staff, content="请公开𠮷田路䶮字诊所名单😀", person={**office.person(1), "name": "𠮷䶮"})
    assert Case.objects.get().content.endswith("😀")
    decide.decide(position=1, outcome="granted.provided", detail={"given": "名单𠮷䶮"}, **common)
    letter = letters.draft_letter(**common)
    with pytest.raises(Refused, match=r"U\+1F600"):
        sign.submit_for_signing(letter_id=letter.pk, **common)
    texts = [text.replace("😀", "") for text in letters.content_of(letter).paragraphs]
    letters.edit_letter(
        letter_id=letter.pk,
        title="",
        addressee="",
        paragraphs=texts,
        user=staff["handler"],
        now=office.at(DAY),
    )
    letter = sign.submit_for_signing(letter_id=letter.pk, **common)
    assert letter_pdf(letters.content_of(letter)).startswith(b"%PDF")


def test_thirty_files_at_once(client: Client, staff: dict[str, Any]) -> None:
    address = "/ask/at/demo/form/files/"
    client.post("/ask/at/demo/form/who/", {"applicant_kind": "natural_person"})
    files = [SimpleUploadedFile(f"{n}.txt", f"第{n}份".encode()) for n in range(30)]
    answer = client.post(address, {"file_request": files})
    assert answer.status_code == 422
    assert "最多上传 10 个文件" in answer.content.decode()
    assert answer.content.decode().count("移除 ") == 10  # those that fit are kept


@pytest.mark.parametrize(
    "number", ["DEMO-2024-99999", "demo-2024-1 OR 1=1", "../../etc/passwd", "", "🙂" * 50]
)
def test_forged_case_numbers(number: str, staff: dict[str, Any]) -> None:
    from django.db import transaction

    office.register(DAY)
    answer = Client().post("/ask/track/", {"number": number, "code": "AAAA-BBBB"})
    assert answer.status_code == 422
    assert "编号或查询码不对" in answer.content.decode()
    desk = Client()
    desk.force_login(staff["handler"], backend="gongkai.organisations.staff.backend.RoleBackend")
    if number and "/" not in number:
        assert desk.get(f"/desk/requests/case/{number}/").status_code == 404
    with pytest.raises(NoSuchCase), transaction.atomic():
        locked(987654)


def test_days_before_receipt_and_after_today(staff: dict[str, Any]) -> None:
    common = in_hand(staff)
    later = date(2024, 3, 5)
    for day in (BEFORE, later):
        with pytest.raises(Refused):
            examine.ask_supplement(grounds=["content_unclear"], items="写明", asked=day, **common)
        with pytest.raises(Refused):
            fee.charge_fee(mode="per_page", count=100, served=day, **common)
        with pytest.raises(Refused):
            fee.ask_reasons(why="太多", asked=day, **common)
        with pytest.raises(Refused):
            decide.log_search(
                place="档案", keywords="词", searched_on=day, found=False, result="无", **common
            )
        with pytest.raises(Refused):
            remedy.lodge_remedy(kind="review", body="示范区", lodged=day, **common)
    with pytest.raises(SubmissionInvalid):
        receive(
            submission=office.submission(DAY, channel="registered_mail", signed_date=BEFORE), now=office.at(DAY),
            user=staff["handler"],
        )  # fmt: skip
    waiting = receive(
        submission=office.submission(DAY, channel="ordinary_mail"), now=office.at(DAY), user=staff["handler"]
    )
    for day in (BEFORE, later):
        with pytest.raises(Refused):
            confirm.confirm_receipt(
                case_id=waiting.case_id,
                confirmed=day,
                proof="电话",
                user=staff["handler"],
                now=office.at(DAY),
            )


def test_supplement_for_a_closed_case(staff: dict[str, Any]) -> None:
    common = in_hand(staff)
    serve.withdraw(case_id=common["case_id"], how="书面", now=office.at(DAY))
    before = Case.objects.get().events_count
    with pytest.raises(NotAllowed):
        examine.receive_supplement(case_id=common["case_id"], answer="补正", received=DAY, now=office.at(DAY))
    with pytest.raises(NotAllowed):
        examine.ask_supplement(grounds=["content_unclear"], items="写明", asked=DAY, **common)
    assert Case.objects.get().events_count == before


def test_signing_twice_and_serving_before_signing(staff: dict[str, Any]) -> None:
    common, letter = before_signing(staff)
    with pytest.raises(NotAllowed):
        serve.serve_reply(way="portal", served=DAY, proof="页", **common)
    letter = sign.submit_for_signing(letter_id=letter.pk, **common)
    put = {**common, "letter_id": letter.pk, "sha256": letter.sha256}
    sign.sign(**{**put, "user": staff["head"]})
    with pytest.raises(Refused, match="已经签过"):
        sign.sign(**{**put, "user": staff["head"]})
    with pytest.raises(NotAllowed):
        serve.serve_reply(way="portal", served=DAY, proof="页", **common)
    sign.sign(**{**put, "user": staff["office"]})
    with pytest.raises(NotAllowed):
        sign.sign(**{**put, "user": staff["leader"]})
    with pytest.raises(Refused, match="送达方式"):
        serve.serve_reply(way="pigeon", served=DAY, proof="页", **common)
    with pytest.raises(Refused, match="凭据"):
        serve.serve_reply(way="portal", served=DAY, proof=" ", **common)
    assert serve.serve_reply(way="portal", served=DAY, proof="页", **common).state == "closed"


def test_erasing_before_the_term_and_words_for_every_refusal(staff: dict[str, Any]) -> None:
    common = in_hand(staff)
    with pytest.raises(Refused) as refused:
        personal_data.erase(case_id=common["case_id"], now=office.at(DAY))
    assert refused.value.message
    for mode, count in (("per_page", 30), ("per_item", 0), ("per_kilo", 5)):
        with pytest.raises(Refused) as no_fee:
            fee.charge_fee(mode=mode, count=count, served=DAY, **common)
        assert no_fee.value.remedy
