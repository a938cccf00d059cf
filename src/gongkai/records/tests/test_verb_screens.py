"""From the page of a record: take back, schedule and unschedule, correct with a public note, the light way of a typo."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from gongkai.records import api
from gongkai.records.models import RecordState, Release, Submission
from gongkai.records.services.schedule import publish_due
from gongkai.records.tests.test_urgent_screens import client_of, desk  # noqa: F401  (a fixture for every test here)

pytestmark = pytest.mark.django_db


def page_of(user, record_id: int) -> str:
    return str(client_of(user).get(reverse("records:page", args=[record_id])).text)


def act(user, record_id: int, verb: str, **given) -> str:
    address = reverse("records:act", args=[record_id, verb])
    return str(client_of(user).post(address, given, follow=True).text)


def test_a_round_is_taken_back_from_the_page_and_its_signatures_end(office):
    record = office.submitted()
    office.sign_all(record.id, upto="personal_data")
    assert "收回修改" in page_of(office.editor, record.id)
    assert "收回修改" not in page_of(office.leader, record.id)
    assert "已收回" in act(office.editor, record.id, "take_back")
    assert RecordState.objects.get(pk=record.id).state == "draft"
    assert "不能" in act(office.editor, record.id, "take_back")


def test_a_moment_is_set_and_given_up_on_the_page_and_goes_out_by_the_same_gate(office):
    record = office.approved()
    assert "到时发布" in page_of(office.leader, record.id)
    assert "请选择日期和时间" in act(office.leader, record.id, "schedule", publish_at="")
    assert "已经过去" in act(office.leader, record.id, "schedule", publish_at="2020-01-01T09:00")
    moment = (office.now + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    assert "已定时发布" in act(office.leader, record.id, "schedule", publish_at=moment)
    assert "取消定时发布" in page_of(office.leader, record.id)
    assert "已取消定时" in act(office.leader, record.id, "unschedule")
    act(office.leader, record.id, "schedule", publish_at=moment)
    assert list(publish_due(now=office.later(minutes=30))) == []
    assert [error for _, error in publish_due(now=office.later(hours=2))] == [None]
    assert RecordState.objects.get(pk=record.id).state == "released"


def test_a_correction_needs_its_public_note_and_a_typo_says_which_way_it_goes(office):
    release = office.published(title="关于做好信息公开工做的通知")
    assert "没有写变更说明" in act(office.editor, release.record_id, "amend", change="correction", note=" ")
    act(office.editor, release.record_id, "amend", change="typo", note="改一个错字")
    office.edit(release.record_id, title="关于做好信息公开工作的通知")
    assert "公开机构一人审签" in page_of(office.editor, release.record_id)
    office.edit(release.record_id, title="关于不做好信息公开工作的通知")
    assert "不走文字勘误" in page_of(office.editor, release.record_id)
    office.edit(release.record_id, title="关于做好信息公开工作的通知")
    assert "已送审" in act(office.editor, release.record_id, "submit")
    assert Submission.objects.filter(record_id=release.record_id).latest("pk").chain_id == "typo"

    reviewing = client_of(office.office)
    shown = reviewing.get(reverse("records:review", args=[release.record_id]))
    given = {"sha256": shown.context["draft"].sha256, "publish": "1"}
    done = reviewing.post(reverse("records:decide", args=[release.record_id]), given, follow=True)
    assert "已批准并发布" in done.text
    newest = Release.objects.filter(record_id=release.record_id).latest("sequence")
    assert (newest.sequence, newest.change, newest.change_note) == (2, "typo", "改一个错字")
    history = client_of(office.editor).get(reverse("records:history", args=[release.record_id])).text
    assert "文字勘误" in history + page_of(office.editor, release.record_id)
    assert api.get_record(record_id=release.record_id).state == "released"
