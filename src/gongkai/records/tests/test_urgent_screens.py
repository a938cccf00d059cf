"""The one screen of an emergency, the event's page, pins and the way from one signature to the next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gongkai.organisations import api as organisations
from gongkai.organisations.services.sync_groups import sync_user_groups
from gongkai.records import api
from gongkai.records.models import Event, EventRecord, Pin, RecordState, Release
from gongkai.records.staff import events, later_review, lists, record_page, review, screens, signed, urgent
from gongkai.records.tests.test_urgent import event_of, told, written

pytestmark = pytest.mark.django_db
MODULES = (events, later_review, lists, record_page, review, screens, signed, urgent)
TYPED = {
    "event": "new",
    "event_name": "青屿水厂水质异常",
    "event_grade": "g1",
    "org_code": "demo-yz",
    "title": "关于青屿水厂水质异常情况的通报",
    "text": "水厂已启用备用水源。\n请周边居民暂时不要直接饮用自来水。",
    "authority": "principal_order",
    "authority_note": "局长6月15日9时决定",
}


@pytest.fixture(autouse=True)
def desk(monkeypatch, office):
    for module in MODULES:
        if hasattr(module, "now"):
            monkeypatch.setattr(module, "now", office.later)
        if hasattr(module, "today"):
            monkeypatch.setattr(module, "today", lambda: office.today)
    organisations.sync_groups()
    for person in office.people.values():
        sync_user_groups(person=person, today=office.today)
    return office


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend="gongkai.organisations.staff.backend.RoleBackend")
    return client


def send(office, button: str = "send", **changes):
    data = {**TYPED, "known_at": office.now.strftime("%Y-%m-%dT%H:%M"), button: "1", **changes}
    return client_of(office.editor).post(reverse("records:urgent"), data, follow=True)


def test_one_screen_sends_an_emergency_to_the_leader(office):
    page = client_of(office.editor).get(reverse("records:urgent"))
    assert page.status_code == 200
    assert page.text.count("gk-counter-name") == 2
    page = send(office)
    event = Event.objects.get()
    assert page.redirect_chain[-1][0] == reverse("records:event", args=[event.pk])
    link = EventRecord.objects.get()
    state = RecordState.objects.get(pk=link.record_id)
    assert (state.state, state.waits_for) == ("in_review", "emergency:approval")
    leader = client_of(office.leader)
    shown = leader.get(reverse("records:review", args=[link.record_id])).text
    assert event.name in shown
    assert "首发权威信息（5小时）" in shown.replace(" ", "")
    assert "局长6月15日9时决定" in shown


def test_what_cannot_go_comes_back_with_everything_typed(office):
    page = send(office, authority="", event_grade="")
    assert page.status_code == 400
    assert "请选择事件级别" in page.text
    assert "请选择先发的授权依据" in page.text
    assert "暂时不要直接饮用" in page.text
    assert not Event.objects.exists()

    page = send(office, text="请联系张伟，身份证号339918197504123012。", event_name="青屿水厂水质异常二")
    link = EventRecord.objects.get()
    assert page.redirect_chain[-1][0] == reverse("records:urgent_write", args=[link.record_id])
    assert "还没有送出" in page.text
    assert "gk-block" in page.text
    assert "局长6月15日9时决定" in page.text
    assert RecordState.objects.get(pk=link.record_id).state == "draft"
    again = {
        **TYPED,
        "text": "水厂已启用备用水源。",
        "version": RecordState.objects.get(pk=link.record_id).version,
    }
    page = client_of(office.editor).post(
        reverse("records:urgent_write", args=[link.record_id]), {**again, "send": "1"}, follow=True
    )
    assert "已送领导签发" in page.text
    assert Event.objects.count() == 1


def test_word_file_is_taken_and_another_event_is_followed_up(office):
    event = event_of(office)
    told(office, event)
    file = SimpleUploadedFile("续报.txt", "关于青屿水厂水质异常情况的续报\n\n水质已经恢复正常。\n".encode())
    page = send(
        office, "check", event=str(event.pk), event_name="", event_grade="", title="", text="", file=file
    )
    link = EventRecord.objects.get(number=2)
    assert "续报 1" in page.text
    assert "恢复正常" in page.text
    assert "首发权威信息" in page.text
    assert link.event_id == event.pk


def test_typing_shows_clocks_and_findings_and_stores_nothing(office):
    client = client_of(office.editor)
    known = (office.now - timedelta(hours=4)).strftime("%Y-%m-%dT%H:%M")
    data = {**TYPED, "known_at": known, "text": "患者身份证号339918197504123012"}
    page = client.post(reverse("records:urgent_look"), data)
    assert "gk-counter--near" in page.text
    assert "gk-block" in page.text
    assert "339918197504123012" not in page.text
    data["event_grade"] = "g4"
    assert "参照执行" in client.post(reverse("records:urgent_look"), data).text
    assert not Event.objects.exists()
    refused = client_of(office.leader).post(reverse("records:urgent_look"), data)
    assert refused.status_code == 302
    assert "gk-counter" not in refused.text


def test_event_page_is_for_its_publisher_and_leads_on(office):
    event = event_of(office)
    record_id = written(office, event)
    assert client_of(office.clerk).get(reverse("records:event", args=[event.pk])).status_code == 404
    assert event.name not in client_of(office.clerk).get(reverse("records:events")).text
    page = client_of(office.editor).get(reverse("records:event", args=[event.pk])).text
    assert reverse("records:urgent_write", args=[record_id]) in page
    leader = client_of(office.leader)
    held = {"held_at": (office.now + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M")}
    office.later(minutes=5)
    done = leader.post(reverse("records:event_act", args=[event.pk, "conference"]), held, follow=True)
    assert "已登记新闻发布会" in done.text
    done = leader.post(reverse("records:event_act", args=[event.pk, "close"]), follow=True)
    assert "还没有发布过" in done.text


def test_pin_is_placed_and_lifted_from_the_page_of_a_record(office):
    release = office.published()
    address = reverse("records:pin", args=[release.record_id])
    leader = client_of(office.leader)
    assert 'id="pin"' in leader.get(reverse("records:page", args=[release.record_id])).text
    assert (
        'id="pin"' not in client_of(office.editor).get(reverse("records:page", args=[release.record_id])).text
    )
    assert "读不出来" in leader.post(address, {"until": "明天"}, follow=True).text
    assert "已置顶到" in leader.post(address, {"until": office.today.isoformat()}, follow=True).text
    assert release.payload["title"] in leader.get(reverse("records:events")).text
    assert "已取消置顶" in leader.post(address, {"off": "1"}, follow=True).text
    client_of(office.editor).post(address, {"until": office.today.isoformat()})
    assert not Pin.objects.filter(ended_at__isnull=True).exists()


def test_each_signature_leads_to_the_next_item_that_may_be_signed(office):
    waiting = [office.submitted(title=f"关于第{n}次培训的通知", user=office.editor) for n in (1, 2, 3)]
    reviewer = client_of(office.reviewer)
    first = reviewer.get(f"{reverse('records:list')}?who=waiting").text
    assert "有 3 件" in first
    for left, record in zip((2, 1, 0), waiting, strict=True):
        address = reverse("records:review", args=[record.id])
        sha256 = reviewer.get(address).context["draft"].sha256
        decided = reverse("records:decide", args=[record.id])
        stale = reviewer.post(decided, {"sha256": "0" * 64, "sign": "1"}, follow=True)
        assert stale.redirect_chain[-1][0] == address
        page = reviewer.post(decided, {"sha256": sha256, "sign": "1"}, follow=True)
        assert page.redirect_chain[-1][0] == reverse("records:signed", args=[record.id])
        assert ("下一件" in page.text) == (left > 0)
        assert (f"还有 {left} 件" in page.text) == (left > 0)
    release = told(office, event_of(office))
    page = reviewer.get(reverse("records:signed", args=[waiting[0].id])).text
    assert reverse("records:later_review", args=[release.record_id, release.id]) in page
    assert Release.objects.filter(record_id=release.record_id).count() == 1


def test_nobody_is_led_to_what_they_wrote(office):
    office.submitted(title="审核人自己写过的通知")
    record = api.get_record(record_id=RecordState.objects.get().pk)
    api.take_back(record_id=record.id, user=office.editor, now=office.later())
    office.edit(record.id, user=office.reviewer, title="审核人改过的通知")
    api.submit(record_id=record.id, user=office.editor, now=office.later())
    assert (
        "从第一件开始签" not in client_of(office.reviewer).get(f"{reverse('records:list')}?who=waiting").text
    )
    assert "从第一件开始签" in client_of(office.reviewer2).get(f"{reverse('records:list')}?who=waiting").text
