"""After the reply: remedies, release to everyone, proposals, archive, erasure; letters that are requests; bad dates."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from typing import Any

import pytest
from django.core.files.storage import default_storage

from gongkai.journal import api as journal
from gongkai.kernel.machine import NotAllowed
from gongkai.organisations.api import NotPermitted
from gongkai.records.models import Record
from gongkai.requests import api
from gongkai.requests import testing as office
from gongkai.requests.errors import Refused, SubmissionInvalid
from gongkai.requests.models import Case, CaseFile
from gongkai.requests.services import (
    archive,
    assign,
    confirm,
    decide,
    examine,
    files,
    letters,
    personal_data,
    release,
    remedy,
    serve,
    sign,
)
from gongkai.requests.services.letter_values import particulars

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 4)


@pytest.fixture
def staff() -> dict[str, Any]:
    return office.people()


def answered(staff: dict[str, Any], **changes: Any) -> Case:
    handler, now = staff["handler"], office.at(DAY)
    case_id = office.register(DAY, handler, **changes).case_id
    examine.accept(case_id=case_id, user=handler, now=now)
    decide.decide(
        case_id=case_id,
        position=1,
        outcome="granted.provided",
        detail={"given": "名单，联系测试某甲"},
        user=handler,
        now=now,
    )
    letter = letters.draft_letter(case_id=case_id, user=handler, now=now)
    letter = sign.submit_for_signing(case_id=case_id, letter_id=letter.pk, user=handler, now=now)
    for name in ("head", "office"):
        sign.sign(case_id=case_id, letter_id=letter.pk, sha256=letter.sha256, user=staff[name], now=now)
    return serve.serve_reply(case_id=case_id, way="post", served=DAY, proof="邮件号 1", user=handler, now=now)


def test_letter_that_is_a_request_keeps_its_day_and_comes_once(staff: dict[str, Any]) -> None:
    given = {
        "letter_ref": "letter:77", "org_code": "demo", "applicant": {"name": "测试某乙", "phone": "19900000002"},
        "content": "请公开防疫物资采购清单", "arrived": date(2024, 3, 1), "now": office.at(DAY),
    }  # fmt: skip
    first, again = api.receive_from_letter(**given), api.receive_from_letter(**given)
    assert first.case_id == again.case_id
    case = Case.objects.get()
    assert (case.received_date, case.source_letter) == (date(2024, 3, 1), "letter:77")
    assert first.due_date == office.working_days_after(date(2024, 3, 1), 20)


def test_remedies_are_written_back_and_counted(staff: dict[str, Any]) -> None:
    case = answered(staff)
    common = {"case_id": case.pk, "user": staff["handler"], "now": office.at(DAY)}
    row = remedy.lodge_remedy(kind="review", body="示范区人民政府", lodged=DAY, **common)
    pending = api.tables_from_facts(
        org_code="demo", since=date(2024, 1, 1), until=date(2024, 12, 31)
    ).numbers4()
    assert (pending["review"]["pending"], pending["review"]["total"]) == (1, 1)
    remedy.end_remedy(remedy_id=row.pk, result="corrected", ended=DAY, **common)
    ended = api.tables_from_facts(
        org_code="demo", since=date(2024, 1, 1), until=date(2024, 12, 31)
    ).numbers4()
    assert (ended["review"]["pending"], ended["review"]["corrected"]) == (0, 1)
    with pytest.raises(Refused, match="没有这件未审结"):
        remedy.end_remedy(remedy_id=row.pk, result="upheld", ended=DAY, **common)


def test_reply_is_released_after_the_wait_without_personal_data(staff: dict[str, Any]) -> None:
    case = answered(
        staff,
        content="我叫测试某甲，电话 19900000123，请公开名单",
        person={**office.person(1), "phone": "19900000123"},
    )
    give = {"case_id": case.pk, "title": "关于名单的答复", "catalogue_codes": [], "user": staff["office"]}
    first = release.release_day(case)
    assert first == office.working_days_after(DAY, 10)
    with pytest.raises(Refused, match="还没有到"):
        release.release_reply(**give, now=office.at(first - office.days(1)))
    with pytest.raises(NotPermitted):
        release.release_reply(**{**give, "user": staff["second"]}, now=office.at(first))
    record_id = release.release_reply(**give, now=office.at(first))
    record = Record.objects.get(pk=record_id)
    text = json.dumps(record.latest_revision.content, ensure_ascii=False)
    assert "名单" in text
    assert "测试某甲" not in text
    assert "19900000123" not in text
    with pytest.raises(Refused, match="已经转为公开"):
        release.release_reply(**give, now=office.at(first))


def test_archive_holds_everything_and_erasure_leaves_figures(staff: dict[str, Any]) -> None:
    case = answered(staff)
    files.add_file(
        case=case, kind="identity", name="证件.txt", data="测试某甲的证件".encode(), now=office.at(DAY)
    )
    stored = CaseFile.objects.get().stored_name
    assert "测试某甲".encode() not in default_storage.open(stored).read()
    archive.archive(case_id=case.pk, keep_until=date(2034, 3, 4), user=staff["office"], now=office.at(DAY))
    case = Case.objects.get()
    with zipfile.ZipFile(io.BytesIO(archive.archive_zip(case))) as made:
        index = json.loads(made.read("卷内目录.json"))
        assert len(index) == len(made.namelist()) - 2 == 3
        assert "测试" not in made.read("卷内目录.html").decode()
        assert all(row["name"] in made.read("卷内目录.html").decode() for row in index)
    before = api.tables_from_cases(
        org_code="demo", since=date(2024, 1, 1), until=date(2024, 12, 31)
    ).numbers3()
    with pytest.raises(Refused, match="还没有届满"):
        personal_data.erase(case_id=case.pk, now=office.at(date(2034, 3, 4)))
    over = personal_data.list_over_term(today=date(2034, 3, 5), org_codes={"demo"})
    assert [one.case_id for one in over] == [case.pk]
    case = personal_data.erase(case_id=case.pk, now=office.at(date(2034, 3, 5)))
    assert particulars(case) == {}
    assert case.query_digest == ""
    assert not case.letters.exclude(sealed_body=b"").exists()
    assert (
        api.tables_from_cases(org_code="demo", since=date(2024, 1, 1), until=date(2024, 12, 31)).numbers3()
        == before
    )
    with pytest.raises(Refused, match="已按期删除"):
        personal_data.show_personal_data(
            case_id=case.pk, reason="contact", user=staff["handler"], now=office.at(date(2034, 3, 5))
        )


def test_lost_query_code_is_replaced_and_the_old_one_is_void(staff: dict[str, Any]) -> None:
    from gongkai.requests.core.query_code import fits

    receipt = office.register(DAY)
    code = personal_data.renew_query_code(
        case_id=receipt.case_id, how_checked="核对身份证原件", user=staff["handler"], now=office.at(DAY)
    )
    digest = Case.objects.get().query_digest
    assert fits(code, digest)
    assert receipt.query_code is not None
    assert not fits(receipt.query_code, digest)


def test_ordinary_letter_waits_for_confirmation(staff: dict[str, Any]) -> None:
    from gongkai.requests.services.receive import receive

    receipt = receive(
        submission=office.submission(DAY, channel="ordinary_mail"), now=office.at(DAY), user=staff["handler"]
    )
    assert (receipt.received_date, receipt.due_date) == (None, None)
    with pytest.raises(NotAllowed):
        examine.accept(case_id=receipt.case_id, user=staff["handler"], now=office.at(DAY))
    with pytest.raises(Refused):
        confirm.confirm_receipt(
            case_id=receipt.case_id,
            confirmed=date(2024, 3, 1),
            proof="电话",
            user=staff["handler"],
            now=office.at(DAY),
        )
    case = confirm.confirm_receipt(
        case_id=receipt.case_id, confirmed=DAY, proof="电话", user=staff["handler"], now=office.at(DAY)
    )
    assert case.due_date == office.working_days_after(DAY, 20)


def test_days_before_receipt_or_after_today_are_refused(staff: dict[str, Any]) -> None:
    case_id = office.register(DAY, staff["handler"]).case_id
    for asked, words in ((date(2024, 3, 1), "早于收到日期"), (date(2024, 3, 6), "不能晚于今天")):
        with pytest.raises(Refused, match=words):
            examine.ask_supplement(
                case_id=case_id,
                grounds=["content_unclear"],
                items="请写明",
                asked=asked,
                user=staff["handler"],
                now=office.at(DAY),
            )
    with pytest.raises(SubmissionInvalid):
        office.register(DAY, arrived_date=date(2024, 3, 9))


def test_no_particulars_in_facts_or_history(staff: dict[str, Any]) -> None:
    answered(staff, person={**office.person(42), "name": "测试某丙"})
    bodies = json.dumps([dict(entry.body) for entry in journal.entries()], ensure_ascii=False, default=str)
    assert "测试某丙" not in bodies
    assert office.identity_number(42) not in bodies
    case = Case.objects.get()
    assert "测试某丙" not in str(list(case.events.values_list("note", flat=True)))
    assert "测试某丙" not in str(bytes(case.applicant.sealed))


def test_sections_get_inner_dates_and_send_back_with_reason(staff: dict[str, Any]) -> None:
    handler, now = staff["handler"], office.at(DAY)
    case_id = office.register(DAY, handler).case_id
    given = {"case_id": case_id, "section_code": "demo-control", "user": handler, "now": now}
    with pytest.raises(Refused, match="内部期限"):
        assign.assign(inner_due=date(2024, 5, 1), **given)
    assign.assign(inner_due=date(2024, 3, 15), **given)
    with pytest.raises(Refused, match="已经交给"):
        assign.assign(inner_due=date(2024, 3, 15), **given)
    case = assign.return_assignment(
        case_id=case_id, section_code="demo-control", reason="不是我科室业务", user=staff["head"], now=now
    )
    assert case.section_code == ""
    case = assign.hand_over(case_id=case_id, to=staff["second"], user=staff["office"], now=now)
    assert case.handler == staff["second"]
    with pytest.raises(NotPermitted):
        assign.hand_over(case_id=case_id, to=handler, user=handler, now=now)
