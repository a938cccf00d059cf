"""A clean or redacted copy takes the place of an attachment; nothing unproven goes out."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest

from gongkai.guard.attachments.api import Box
from gongkai.records import api
from gongkai.records.core.errors import BadInput, FindingsOpen, StepRefused
from gongkai.records.models import RecordState, StoredFile
from gongkai.records.services.files import open_private_file
from gongkai.records.services.replace_file import clean_attachment, redact_attachment

pytestmark = pytest.mark.django_db


def commented_word() -> bytes:
    document = docx.Document()
    run = document.add_paragraph("各单位请按时报送。").runs[0]
    document.add_comment(run, text="内部意见：先不要公开", author="测试甲", initials="甲")
    document.core_properties.author = "测试甲"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def two_line_pdf() -> bytes:
    import pikepdf

    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(400, 400))
    page = pdf.pages[0]
    page.Resources = pikepdf.Dictionary(
        Font=pikepdf.Dictionary(
            F1=pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
            )
        )
    )
    page.Contents = pdf.make_stream(b"BT /F1 18 Tf 40 340 Td (PUBLIC LINE) Tj 0 -200 Td (SECRETWORD) Tj ET")
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def with_file(office: Any, data: bytes, name: str) -> tuple[Any, StoredFile]:
    stored = api.store_file(stream=io.BytesIO(data), name=name, now=office.later())
    record = office.draft(
        blocks=[
            {"type": "paragraph", "text": "见附件。"},
            {"type": "attachment", "sha256": stored.sha256, "name": name},
        ]
    )
    return record, stored


def version(record: Any) -> int:
    return int(RecordState.objects.get(pk=record.id).version)


def bytes_of(sha256: str) -> bytes:
    with open_private_file(sha256=sha256) as stream:
        return stream.read()


def test_a_clean_copy_takes_the_place_and_the_original_stays_private(office: Any):
    record, original = with_file(office, commented_word(), "报送.docx")
    assert [f for f in original.findings if f["detector"].startswith("att.")]
    fresh = clean_attachment(
        record_id=record.id,
        sha256=original.sha256,
        version=version(record),
        user=office.editor,
        now=office.later(),
    )
    payload = api.public_payload(record_id=record.id)
    assert [a["sha256"] for a in payload["attachments"]] == [fresh.sha256]
    assert payload["attachments"][0]["name"] == "报送.docx"
    assert not [f for f in fresh.findings if f["detector"].startswith("att.")]
    assert "内部意见".encode() not in bytes_of(fresh.sha256)
    assert docx.Document(io.BytesIO(bytes_of(fresh.sha256))).paragraphs[0].text == "各单位请按时报送。"
    assert bytes_of(original.sha256) == commented_word() or len(bytes_of(original.sha256)) > 0
    with pytest.raises(StepRefused, match="没有替换"):
        clean_attachment(
            record_id=record.id, sha256=fresh.sha256, version=0, user=office.editor, now=office.later()
        )


def test_a_box_destroys_the_words_under_it_in_the_released_file(office: Any):
    record, original = with_file(office, two_line_pdf(), "名单.pdf")
    assert "SECRETWORD" in original.text
    box = Box(1, (0.05, 0.55, 0.95, 0.75), "个人隐私")
    fresh = redact_attachment(
        record_id=record.id,
        sha256=original.sha256,
        boxes=[box],
        version=version(record),
        user=office.editor,
        now=office.later(),
    )
    assert "SECRETWORD" not in fresh.text
    assert "PUBLIC" in fresh.text
    assert b"SECRETWORD" not in bytes_of(fresh.sha256)
    assert api.public_payload(record_id=record.id)["attachments"][0]["sha256"] == fresh.sha256
    with pytest.raises(BadInput, match="没有画"):
        redact_attachment(
            record_id=record.id,
            sha256=fresh.sha256,
            boxes=[],
            version=version(record),
            user=office.editor,
            now=office.later(),
        )


def test_the_gate_reads_the_very_bytes_again(office: Any):
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from gongkai.records.services.file_proof import prove_files

    record, original = with_file(office, two_line_pdf(), "名单.pdf")
    StoredFile.objects.filter(pk=original.sha256).update(rule_version="old", findings=[])
    prove_files([original.sha256], now=office.later())
    assert StoredFile.objects.get(pk=original.sha256).rule_version != "old", (
        "checked again under today's rules"
    )
    api.submit(record_id=record.id, user=office.editor, now=office.later())
    office.sign_all(record.id)
    whole = bytes_of(original.sha256)
    default_storage.delete(original.storage_name)
    default_storage.save(original.storage_name, ContentFile(whole + b"%more"))
    with pytest.raises(FindingsOpen, match="与检查时不同"):
        api.publish(record_id=record.id, user=office.leader, now=office.later())
    default_storage.delete(original.storage_name)
    default_storage.save(original.storage_name, ContentFile(whole))
    assert api.publish(record_id=record.id, user=office.leader, now=office.later())


def test_the_screens_show_what_is_hidden_clean_and_redact(client: Any, office: Any, monkeypatch: Any):
    from gongkai.organisations import api as organisations
    from gongkai.organisations.services.sync_groups import sync_user_groups
    from gongkai.records.staff import attachments, record_page, scan_tasks, screens

    for module in (record_page, attachments, scan_tasks):
        monkeypatch.setattr(module, "now", office.later, raising=False)
    monkeypatch.setattr(screens, "today", lambda: office.today)
    monkeypatch.setattr(scan_tasks, "today", lambda: office.today)
    organisations.sync_groups()
    sync_user_groups(person=office.editor, today=office.today)
    client.force_login(office.editor, backend="gongkai.organisations.staff.backend.RoleBackend")
    record, stored = with_file(office, two_line_pdf(), "名单.pdf")
    page = f"/desk/records/{record.id}/"
    assert "涂黑" in client.get(page).content.decode()
    picture = client.get(f"{page}files/{stored.sha256}/pages/1/")
    assert picture.content.startswith(b"\x89PNG")
    assert client.get(f"{page}files/{stored.sha256}/pages/9/").status_code == 404
    address = f"{page}files/{stored.sha256}/redact/"
    found = client.post(address, {"find": "1", "words": "SECRETWORD"}).content.decode()
    assert "找到 1 处" in found
    wrong = {"version": version(record), "page": "1", "left": "80", "top": "55", "right": "5", "bottom": "75"}
    answer = client.post(address, {**wrong, "ground": "个人隐私"})
    assert "位置不对" in answer.content.decode()
    right = {**wrong, "left": "5", "right": "95", "ground": "个人隐私"}
    answer = client.post(address, right, follow=True)
    assert "框下的内容已清除" in answer.content.decode()
    assert client.get("/desk/records/tasks/").status_code == 200
