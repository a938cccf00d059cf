"""Reply files: hidden content and other people's numbers are refused on every way to the applicant; a clean copy may go."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongkai.guard.attachments.tests import sample_files as samples
from gongkai.guard.attachments.tests import sample_pdfs as pdfs
from gongkai.requests import testing as office
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case, CaseFile
from gongkai.requests.services import decide, examine, files, letters, reply_files, serve, sign

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 4)
OWN, OTHER = "21991719880407011X", samples.NUMBER  # of areas that are assigned to nobody


@pytest.fixture
def staff() -> dict[str, Any]:
    return office.people()


@pytest.fixture
def case(staff: dict[str, Any]) -> Case:
    person = {**office.person(), "id_number": OWN}
    return Case.objects.get(pk=office.register(DAY, staff["handler"], person=person).case_id)


def add(case: Case, name: str, data: bytes, **more: Any) -> CaseFile:
    return files.add_file(
        case=case, kind="reply", name=name, data=data, now=office.at(DAY), public=True, **more
    )


def made(folder: Path, kind: str, change: Callable[..., None] | None) -> bytes:
    save = samples.save_docx if kind == "docx" else samples.save_xlsx
    return save(folder / f"made.{kind}", change).read_bytes()


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("docx", samples.add_comment),
        ("docx", samples.add_tracked_change),
        ("docx", samples.add_hidden_text),
        ("docx", samples.add_author),
        ("xlsx", samples.hide_sheet),
        ("xlsx", samples.hide_row_and_column),
        ("xlsx", samples.comment_cell),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_hidden_content_is_refused_and_the_clean_copy_goes(
    tmp_path: Path, case: Case, kind: str, change: Callable[..., None]
) -> None:
    data = made(tmp_path, kind, change)
    with pytest.raises(Refused, match=r"看不见的内容.*存清理后的副本") as refused:
        add(case, f"名单.{kind}", data)
    assert refused.value.code == "requests.reply_file_hidden"
    assert not CaseFile.objects.exists()
    row = add(case, f"名单.{kind}", data, clean_first=True)
    kept = files.read_file(row)
    assert samples.SECRET.encode() not in kept
    assert reply_files.faults_of(name=row.name, data=kept).is_clear
    if kind == "docx":
        assert samples.VISIBLE in "".join(p.text for p in docx.Document(io.BytesIO(kept)).paragraphs)
    else:
        assert openpyxl.load_workbook(io.BytesIO(kept)).active["B3"].value == "城东门诊"


def test_author_of_a_pdf_is_refused_until_cleaned(tmp_path: Path, case: Case) -> None:
    pdf = pdfs.with_author(tmp_path / "made.pdf")
    with pytest.raises(Refused, match="看不见的内容"):
        add(case, "答复.pdf", pdf.read_bytes())
    kept = files.read_file(add(case, "答复.pdf", pdf.read_bytes(), clean_first=True))
    with pikepdf.open(io.BytesIO(kept)) as opened:
        assert "/Author" not in opened.docinfo


def test_numbers_of_the_applicant_may_be_told_to_the_applicant_but_not_those_of_others(case: Case) -> None:
    add(case, "本人.txt", f"经查，您（身份证号码 {OWN}）的登记信息如下。".encode())
    spaced = f"身份证号码 {OWN[:6]} {OWN[6:14]} {OWN[14:]}"
    add(case, "本人二.txt", spaced.encode())
    with pytest.raises(Refused, match="申请人以外的人的号码") as refused:
        add(case, "名册.txt", f"户主身份证号码 {OTHER}，已登记。".encode())
    assert OTHER not in str(refused.value)
    assert CaseFile.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("坏.docx", b"PK\x03\x04 nothing more"),
        ("坏.pdf", b"%PDF-1.7\nbroken"),
        ("程序.pdf", b"MZ\x90\x00" * 64),
    ],
)
def test_what_cannot_be_read_cannot_be_sent(case: Case, name: str, data: bytes) -> None:
    for clean_first in (False, True):
        with pytest.raises(Refused):
            add(case, name, data, clean_first=clean_first)
    assert not CaseFile.objects.exists()


def test_the_gate_lies_below_every_way(
    tmp_path: Path, staff: dict[str, Any], case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, now, handler = made(tmp_path, "docx", samples.add_comment), office.at(DAY), staff["handler"]
    with pytest.raises(Refused, match="看不见的内容"):
        files.store_file(case=case, kind="reply", name="名单.docx", data=data, now=now, public=True)
    with monkeypatch.context() as earlier:  # a file kept before the gate stood
        earlier.setattr(reply_files, "require_clear", lambda **_: None)
        row = files.store_file(case=case, kind="reply", name="名单.docx", data=data, now=now, public=True)
    examine.accept(case_id=case.pk, user=handler, now=now)
    decide.decide(case_id=case.pk, position=1, outcome="granted.provided", detail={"given": "名单"}, user=handler, now=now)  # fmt: skip
    letter = letters.draft_letter(case_id=case.pk, user=handler, now=now)
    letter = sign.submit_for_signing(case_id=case.pk, letter_id=letter.pk, user=handler, now=now)
    for name in ("head", "office"):
        sign.sign(case_id=case.pk, letter_id=letter.pk, sha256=letter.sha256, user=staff[name], now=now)
    give = {
        "case_id": case.pk,
        "way": "hand",
        "served": DAY,
        "proof": "当面签收",
        "user": handler,
        "now": now,
    }
    with pytest.raises(Refused, match="看不见的内容"):
        serve.serve_reply(**give)
    case.refresh_from_db()
    assert case.is_open
    row.delete()
    add(case, "名单.docx", data, clean_first=True)
    serve.serve_reply(**give)
    case.refresh_from_db()
    assert not case.is_open


def test_desk_says_what_to_do_and_applicant_gets_the_file_only_with_the_reply(
    tmp_path: Path, staff: dict[str, Any]
) -> None:
    receipt = office.register(office.this_day(), staff["handler"])
    case = Case.objects.get(pk=receipt.case_id)
    desk, counter = Client(), Client()
    desk.force_login(staff["handler"], backend="gongkai.organisations.staff.backend.RoleBackend")
    data = made(tmp_path, "docx", samples.add_comment)

    def upload(**more: str) -> Any:
        form = {"verb": "add_file", "kind": "reply", "file": SimpleUploadedFile("名单.docx", data), **more}
        return desk.post(f"/desk/requests/case/{case.number}/", form)

    refused = upload()
    assert refused.status_code == 422
    assert "存清理后的副本" in refused.content.decode()
    assert upload(clean_first="1").status_code == 302
    counter.post("/ask/track/", {"number": case.number, "code": receipt.query_code})
    row = CaseFile.objects.get()
    assert counter.get(f"/ask/case/file/{row.pk}/").status_code == 404
    assert row.name not in counter.get("/ask/case/").content.decode()
