"""The sign-off sheet says who signed what, when, within which limit, and what changed since the last signature."""

from __future__ import annotations

import io
from datetime import date

import docx
import pytest
from django.test import Client
from django.urls import reverse

from gongkai.organisations import api as organisations
from gongkai.organisations.services.sync_groups import sync_user_groups
from gongkai.records import api
from gongkai.records.models import RecordState
from gongkai.records.printing.sign_off_docx import sheet_docx
from gongkai.records.selectors_sheet import sheet_of
from gongkai.records.staff import (
    later_review,
    lists,
    record_page,
    review,
    screens,
    settings_page,
    sheet,
    withheld,
)

pytestmark = pytest.mark.django_db
BODY = "自收到申请之日起五个工作日内答复。"


@pytest.fixture
def client_of(monkeypatch, office):
    for module in (later_review, lists, record_page, review, screens, settings_page, sheet, withheld):
        if hasattr(module, "now"):
            monkeypatch.setattr(module, "now", office.later)
        if hasattr(module, "today"):
            monkeypatch.setattr(module, "today", lambda: office.today)
    organisations.sync_groups()

    def log_in(name: str) -> Client:
        person = getattr(office, name)
        sync_user_groups(person=person, today=office.today)
        client = Client()
        client.force_login(person, backend="gongkai.organisations.staff.backend.RoleBackend")
        return client

    return log_in


def second_round(office) -> int:
    record = office.submitted(blocks=[{"type": "paragraph", "text": BODY}])
    office.sign_all(record.id, upto="secrecy")
    api.send_back(record_id=record.id, user=office.leader, opinion="期限写错了", now=office.later())
    office.edit(
        record.id, body='[{"type": "paragraph", "value": "<p>自收到申请之日起十个工作日内书面答复。</p>"}]'
    )
    api.submit(record_id=record.id, user=office.editor, now=office.later(), note="已改期限")
    office.sign_all(record.id)
    return record.id


def state_of(record_id: int) -> RecordState:
    return RecordState.objects.select_related("record").get(pk=record_id)


def test_sheet_shows_the_words_that_changed_since_the_last_signature(office):
    found = sheet_of(state_of(second_round(office)), 2)
    (line,) = [line for line in found.changes or () if line.mark != "same"]
    assert [(p.mark, p.text) for p in line.pieces if p.mark != "same"] == [
        ("removed", "五个"), ("added", "十个"), ("added", "书面"),
    ]  # fmt: skip
    assert found.compared_with.startswith("第 1 次送审时签署的内容")
    assert [line.decision for line in found.lines] == ["同意"] * 4
    assert {line.sha256 for line in found.lines} == {found.sha256}
    assert found.note == "已改期限"


def test_first_sheet_has_nothing_to_compare_and_shows_the_return(office):
    found = sheet_of(state_of(second_round(office)), 1)
    assert found.changes is None
    assert [line.decision for line in found.lines] == ["同意", "同意", "同意", "退回"]
    assert found.lines[-1].opinion == "期限写错了"


def test_sheet_tells_late_signatures_and_deputies(office):
    organisations.give_post(
        person=office.office, role="secrecy_officer", org_code="demo", from_date=date(2020, 1, 2), to_date=date(2020, 12, 31),
        deputy_for=office.secrecy, today=office.today, now=office.now,
    )  # fmt: skip
    record = office.submitted()
    office.sign_all(record.id, upto="personal_data")
    api.sign(
        record_id=record.id, kind="secrecy", content_sha256=api.content_hash(record_id=record.id), user=office.office,
        opinion="同意", now=office.later(days=9),
    )  # fmt: skip
    by_label = {line.label: line for line in sheet_of(state_of(record.id), 1).lines}
    assert by_label["内容审核"].in_time is True
    assert (by_label["保密审查"].in_time, by_label["保密审查"].stands_for) == (False, "测试secrecy")
    assert (by_label["批准发布"].at, by_label["批准发布"].decision) == (None, "未签")


def test_word_file_holds_every_line_of_the_sheet_and_no_hidden_author(office):
    found = sheet_of(state_of(second_round(office)), 2)
    word = docx.Document(io.BytesIO(sheet_docx(found, made_at=office.now)))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    for line in found.lines:
        assert line.label in cells
    text = "\n".join(paragraph.text for paragraph in word.paragraphs)
    assert found.sha256 in text
    runs = [run for paragraph in word.paragraphs for run in paragraph.runs]
    assert [run.text for run in runs if run.font.strike] == ["五个"]
    assert [run.text for run in runs if run.font.underline] == ["十个", "书面"]
    assert word.core_properties.author == found.publisher


def test_unknown_round_is_not_found(office, client_of):
    record = office.submitted()
    client = client_of("reviewer")
    assert client.get(reverse("records:sheet", args=[record.id, 7])).status_code == 404
    assert client_of("foreign_editor").get(reverse("records:sheet", args=[record.id, 1])).status_code == 404


def test_screens_of_sheet_history_and_settings_answer(office, client_of):
    record_id = second_round(office)
    client = client_of("office")
    page = client.get(reverse("records:sheet", args=[record_id, 2])).text
    assert "<del>五个</del>" in page
    word = client.get(reverse("records:sheet_word", args=[record_id, 2]))
    assert word.status_code == 200
    assert word.content[:2] == b"PK"
    history = client.get(reverse("records:history", args=[record_id])).text
    assert "第 2 次送审" in history
    assert "<ins>十个</ins>" in history
    assert "没有改动" in history
    settings = client.get(reverse("records:review_settings")).text
    assert "重大信息六级审签" in settings
    assert "待核对原文" in settings
    shown = client.get(reverse("records:page", args=[record_id])).text
    assert reverse("records:sheet", args=[record_id, 2]) in shown
    assert "还有 1 个工作日" in shown


def test_emergency_is_submitted_and_reviewed_afterwards_on_the_screens(office, client_of):
    record = office.draft(metadata={"grade": "emergency", "kind": "emergency"})
    editor, leader, reviewer = client_of("editor"), client_of("leader"), client_of("reviewer")
    page = reverse("records:page", args=[record.id])
    assert "先发的授权依据" in editor.get(page).text
    editor.post(
        reverse("records:act", args=[record.id, "submit"]),
        {"authority": "superior_order", "authority_note": "上级通知"},
    )
    shown = leader.get(reverse("records:review", args=[record.id])).text
    assert "应急先发" in shown
    assert "发布之后补审" in shown
    decide = {"sha256": api.content_hash(record_id=record.id), "publish": "1", "opinion": "先发"}
    leader.post(reverse("records:decide", args=[record.id]), decide)
    info = api.get_record(record_id=record.id)
    assert info.live
    assert "事后补审" in reviewer.get(page).text
    later = reverse("records:later_review", args=[record.id, info.release_id])
    assert "上级机关指令：上级通知" in reviewer.get(later).text
    refused = reviewer.post(later, {"sha256": "0" * 64, "sign": "1"})
    assert refused.status_code == 400
    done = reviewer.post(later, {"sha256": decide["sha256"], "sign": "1", "opinion": "属实"})
    assert done.status_code == 302
    assert "发布之后" in leader.get(reverse("records:sheet", args=[record.id, 1])).text


def test_withheld_and_expiring_screens_answer(office, client_of):
    record = office.draft(metadata={"disclosure": "withheld", "disclosure_reason": "内部事务"})
    office.published(metadata={"kind": "policy", "expires_date": date(2020, 7, 1)})
    client = client_of("office")
    page = reverse("records:withhold", args=[record.id])
    assert "条例第16条" in client.get(page).text
    given = {"ground": "internal", "reason": "内部流程", "public_words": "内部流程一份", "withhold": "1"}
    assert client.post(page, {**given, "sha256": "0" * 64}).status_code == 400
    client.post(page, {**given, "sha256": api.content_hash(record_id=record.id)})
    assert "内部流程一份" in client.get(reverse("records:withheld")).text
    assert "继续不公开" in client.get(page).text
    told = client.post(reverse("records:tell_withheld"), {"org": "demo"}, follow=True)
    assert "不予公开政府信息情况说明" in told.text
    assert "还有" in client.get(reverse("records:expiring")).text
    waiting = client.get(reverse("records:list"), {"who": "waiting"}).text
    assert "有效期至 2020-07-01" in waiting


def test_clone_from_the_screen_opens_the_editor_and_says_what_to_check(office, client_of):
    sample = office.published(title="2019年计划", metadata={"formed_date": date(2019, 6, 1)})
    client = client_of("editor")
    assert "以此为样本新建" in client.get(reverse("records:page", args=[sample.record_id])).text
    answer = client.post(reverse("records:act", args=[sample.record_id, "clone"]))
    assert "/edit/" in answer.url
