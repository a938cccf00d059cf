"""Files stay private until released and are checked by content; what must go, goes, and stays gone after a restore."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from PIL import Image
from wagtail.models import Revision

from gongkai.journal import api as journal
from gongkai.records import api
from gongkai.records.models import Record, Release, ReleasePayload, StoredFile
from gongkai.records.models.files import storage_name

pytestmark = pytest.mark.django_db


def png(colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (12, 8), colour).save(out, "PNG")
    return out.getvalue()


def store(office, data: bytes, name: str) -> StoredFile:
    return api.store_file(stream=io.BytesIO(data), name=name, now=office.later())


def with_file(office, data: bytes = b"", name: str = "附件1.txt"):
    stored = store(office, data or "附件内容，办公室。".encode(), name)
    block = {"type": "attachment", "sha256": stored.sha256, "name": name}
    return stored, office.published(blocks=[{"type": "paragraph", "text": "见附件。"}, block])


def test_file_is_private_until_a_release_names_it(office):
    stored = store(office, "附件内容".encode(), "附件.txt")
    with pytest.raises(api.NotFound):
        api.open_file(sha256=stored.sha256)

    block = {"type": "attachment", "sha256": stored.sha256, "name": "附件.txt"}
    record = office.approved(blocks=[{"type": "paragraph", "text": "见附件。"}, block])
    with pytest.raises(api.NotFound):
        api.open_file(sha256=stored.sha256)

    release = api.publish(record_id=record.id, user=office.leader, now=office.later())
    with api.open_file(sha256=stored.sha256) as opened:
        assert opened.read() == "附件内容".encode()
    assert release.payload["attachments"] == [
        {
            "name": "附件.txt",
            "sha256": stored.sha256,
            "size_bytes": stored.size_bytes,
            "media_type": stored.media_type,
            "pages": None,
            "text": stored.text,
        }
    ]


def test_image_has_its_size_in_the_payload(office):
    stored = store(office, png(), "图.png")
    record = office.draft(blocks=[{"type": "image", "sha256": stored.sha256, "alt": "一幅图", "caption": ""}])
    block = api.public_payload(record_id=record.id)["blocks"][0]
    assert (block["width"], block["height"], block["media_type"]) == (12, 8, "image/png")


def test_same_bytes_are_kept_once(office):
    first, second = store(office, png(), "a.png"), store(office, png(), "b.png")
    assert first.pk == second.pk
    assert StoredFile.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"", "空.docx"), (b"MZ\x90\x00" + b"\x00" * 300, "程序.exe"), (b"<svg onload='x'/>", "图.svg")],
)
def test_dangerous_or_empty_uploads_are_refused_in_words(office, data, name):
    with pytest.raises(api.BadInput) as refused:
        store(office, data, name)
    assert name in refused.value.where
    assert refused.value.remedy
    assert not StoredFile.objects.exists()


def test_upload_over_the_limit_is_refused(office, monkeypatch):
    from gongkai.records.services import files

    monkeypatch.setattr(files, "MAX_UPLOAD_BYTES", 10)
    with pytest.raises(api.BadInput, match="超过"):
        store(office, b"x" * 11, "大.txt")


def test_personal_data_in_an_attachment_stops_the_submission(office):
    stored = store(office, "身份证号：339918197504123012".encode(), "名单.txt")
    block = {"type": "attachment", "sha256": stored.sha256, "name": "名单.txt"}
    record = office.draft(blocks=[{"type": "paragraph", "text": "见附件。"}, block])
    with pytest.raises(api.FindingsOpen):
        api.submit(record_id=record.id, user=office.editor, now=office.later())
    assert "339918197504123012" not in str(stored.findings)


def test_upload_screen_puts_the_file_at_the_end_of_the_draft(office):
    record = office.draft()
    client = Client()
    client.force_login(office.editor, backend="gongkai.organisations.staff.backend.RoleBackend")
    url = reverse("records:upload", args=[record.id])
    client.post(url, {"file": [io.BytesIO(png()), _named("名册.txt", "一个名册".encode())], "alt": "图"})

    payload = api.public_payload(record_id=record.id)
    assert [a["name"] for a in payload["attachments"]] == ["名册.txt"]
    assert payload["blocks"][-1]["type"] == "image"


def _named(name: str, data: bytes) -> io.BytesIO:
    stream = io.BytesIO(data)
    stream.name = name
    return stream


def test_private_file_is_not_served_to_people_who_may_not_see_the_record(office):
    stored = store(office, "附件内容".encode(), "附件.txt")
    record = office.draft(blocks=[{"type": "attachment", "sha256": stored.sha256, "name": "附件.txt"}])
    url = reverse("records:file", args=[record.id, stored.sha256])
    answers = {}
    for name in ("editor", "foreign_editor"):
        client = Client()
        client.force_login(getattr(office, name), backend="gongkai.organisations.staff.backend.RoleBackend")
        answers[name] = client.get(url)
    assert answers["editor"].status_code == 200
    assert "attachment" in answers["editor"]["Content-Disposition"]
    assert answers["foreign_editor"].status_code == 404


def test_preview_shows_pictures_that_are_still_private(office):
    stored = store(office, png(), "图.png")
    record = office.draft(blocks=[{"type": "image", "sha256": stored.sha256, "alt": "一幅图", "caption": ""}])
    client = Client()
    client.force_login(office.editor, backend="gongkai.organisations.staff.backend.RoleBackend")
    page = client.get(reverse("records:preview", args=[record.id])).text
    url = reverse("records:file", args=[record.id, stored.sha256])
    assert f'src="{url}"' in page
    assert client.get(url).headers["Content-Type"] == "image/png"


def withdrawn(office, record_id: int, reason: str = "privacy"):
    return api.withdraw(
        record_id=record_id,
        reason_code=reason,
        note="",
        replaced_by=None,
        user=office.leader,
        now=office.later(),
    )


def test_erasure_takes_payload_texts_and_files_and_leaves_hash_and_fact(
    office, django_capture_on_commit_callbacks
):
    stored, release = with_file(office)
    withdrawn(office, release.record_id)
    with django_capture_on_commit_callbacks(execute=True):
        gone = api.erase(record_id=release.record_id, user=office.leader, now=office.later())

    assert gone == (release.id,)
    assert api.get_release(release_id=release.id).payload is None
    assert Release.objects.get(pk=release.id).sha256 == release.sha256
    assert not default_storage.exists(storage_name(stored.sha256))
    assert not Revision.objects.for_instance(Record.objects.get(pk=release.record_id)).exists()
    assert "信息公开" not in Record.objects.get(pk=release.record_id).title
    fact = next(iter(journal.entries(names=("records.PayloadErased",))))
    assert fact.body["release_id"] == release.id
    assert journal.verify().ok
    assert api.current_release(record_id=release.record_id).payload["withdrawn"]


def test_erasure_keeps_a_file_that_another_record_shows(office, django_capture_on_commit_callbacks):
    stored, first = with_file(office)
    _, second = with_file(office)
    withdrawn(office, first.record_id)
    with django_capture_on_commit_callbacks(execute=True):
        api.erase(record_id=first.record_id, user=office.leader, now=office.later())
    with api.open_file(sha256=stored.sha256) as opened:
        assert opened.read()
    assert second.payload["attachments"]


def test_erasure_needs_a_withdrawal_for_a_reason_that_allows_it(office):
    release = office.published()
    with pytest.raises(api.StepRefused):
        api.erase(record_id=release.record_id, user=office.leader, now=office.later())
    withdrawn(office, release.record_id, reason="replaced")
    with pytest.raises(api.StepRefused, match="不允许清除"):
        api.erase(record_id=release.record_id, user=office.leader, now=office.later())


def test_restore_replays_erasures(office):
    release = office.published()
    text = ReleasePayload.objects.get(pk=release.id).text
    withdrawn(office, release.record_id)
    api.erase(record_id=release.record_id, user=office.leader, now=office.later())
    ReleasePayload.objects.create(release_id=release.id, text=text)

    assert not journal.verify().ok
    assert api.replay_erasures(now=office.later()) == 1
    assert api.get_release(release_id=release.id).payload is None
    assert journal.verify().ok


def test_imported_pictures_become_files_of_the_record(office, tmp_path):
    from docx import Document

    document = Document()
    document.add_heading("带图的通知", 0)
    document.add_paragraph("下面是图。")
    document.add_picture(io.BytesIO(png("blue")))
    path = tmp_path / "带图.docx"
    document.save(path)
    made = api.import_draft(
        path=path, org_code="demo-yz", catalogue_codes=(), user=office.editor, now=office.later(),
        metadata={"formed_date": date(2020, 6, 1)},
    )  # fmt: skip
    blocks = api.public_payload(record_id=made.record.id)["blocks"]
    assert [b["type"] for b in blocks if b["type"] == "image"] == ["image"]
    assert StoredFile.objects.count() == 1


def test_a_file_of_our_own_making_is_kept_clean(office):
    import docx

    paper, out = docx.Document(), io.BytesIO()
    paper.add_paragraph("通报全文")
    paper.core_properties.author = "李某"
    paper.save(out)
    plain = store(office, out.getvalue(), "通报.docx")
    assert "att.office_props" in {finding["detector"] for finding in plain.findings}
    clean = api.store_file(
        stream=io.BytesIO(out.getvalue()), name="通报.docx", now=office.later(), clean=True
    )
    assert clean.sha256 != plain.sha256
    assert clean.text == plain.text
    assert [finding for finding in clean.findings if finding["detector"].startswith("att.")] == []
    again = api.store_file(
        stream=io.BytesIO(out.getvalue()), name="通报.docx", now=office.later(), clean=True
    )
    assert again.sha256 == clean.sha256, "cleaning the same bytes twice gives the same file"
