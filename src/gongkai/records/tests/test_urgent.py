"""Emergencies: clocks by grade, one screen to the leader, topic and pin at release, and nothing of it around the gate."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.journal import api as journal
from gongkai.kernel.calendar import load_calendar
from gongkai.organisations import api as organisations
from gongkai.records import api
from gongkai.records.core.emergency import grades, read_counters
from gongkai.records.core.office_time import office_time
from gongkai.records.core.pins import pin_rules
from gongkai.records.models import Event, EventRecord, LaterReview, Pin, Record, RecordState
from gongkai.records.services.events import counters_of
from gongkai.records.services.pins import end_expired
from gongkai.records.services.urgent import plain_text_of, rewrite_urgent
from gongkai.records.table_checks import differences_in_events

KNOWN = datetime(2020, 6, 15, 1, 0, tzinfo=UTC)
NAMED = {"authority": "headquarters_order", "authority_note": "县应急指挥部6月15日9时决定"}
MINUTES = st.integers(min_value=0, max_value=3 * 24 * 60)


def counters(grade: str, first: int | None, conference: int | None, now: int):
    def at(minutes: int | None) -> datetime | None:
        return None if minutes is None else KNOWN + timedelta(minutes=minutes)

    return read_counters(
        grade_id=grade,
        known_at=KNOWN,
        first_release_at=at(first),
        conference_at=at(conference),
        now=KNOWN + timedelta(minutes=now),
        calendar=load_calendar(),
    )


@given(
    grade=st.sampled_from([g.id for g in grades()]),
    first=MINUTES | st.none(),
    held=MINUTES | st.none(),
    now=MINUTES,
)
def test_counters_count_hours_and_stand_still_once_stopped(grade, first, held, now) -> None:
    read = {c.rule_id: c for c in counters(grade, first, held, now)}
    for rule_id, hours, stop in (("opinion.first_info", 5, first), ("opinion.press_conference", 24, held)):
        counter = read[rule_id]
        assert counter.ends_at == office_time(KNOWN + timedelta(hours=hours))
        assert counter.bound == (grade in ("g1", "g2"))
        assert counter.basis
        if stop is None:
            assert counter.state == (
                "late" if now > hours * 60 else "near" if (hours * 60 - now) * 4 <= hours * 60 else "fine"
            )
            assert counter.met_at is None
        else:
            assert counter.state == ("met" if stop <= hours * 60 else "met_late")
            later = {c.rule_id: c for c in counters(grade, first, held, now + 600)}
            assert later[rule_id] == counter


def event_of(office, **changes):
    values = {
        "org_code": "demo-yz",
        "name": "青屿水厂水质异常",
        "grade": "g2",
        "known_at": office.now,
        "user": office.editor,
        "now": office.later(),
    }
    return api.open_event(**{**values, **changes})


def written(
    office,
    event,
    *,
    title="关于青屿水厂水质异常情况的通报",
    text="水厂已启用备用水源。\n请暂时不要直接饮用。",
    **changes,
):
    values = {
        "event_id": event.pk,
        "org_code": "demo-yz",
        "content": api.UrgentText(title=title, text=text),
        "pin_until": None,
        "user": office.editor,
        "now": office.later(),
    }
    return api.write_urgent(**{**values, **changes}).record_id


def told(office, event, **changes):
    """Write, send, sign and release one piece of information on an event."""
    record_id = written(office, event, **changes)
    api.submit(record_id=record_id, user=office.editor, now=office.later(), **NAMED)
    api.sign(
        record_id=record_id,
        kind="approval",
        content_sha256=api.content_hash(record_id=record_id),
        user=office.leader,
        opinion="同意",
        now=office.later(),
    )
    return api.publish(record_id=record_id, user=office.leader, now=office.later())


def facts(name: str):
    return [entry.body for entry in journal.entries(names=(name,))]


@pytest.mark.django_db
def test_first_release_stops_the_clock_opens_the_topic_and_is_pinned(office) -> None:
    event = event_of(office)
    assert api.front_snapshot() == {"topics": [], "pins": []}
    record_id = written(office, event)
    assert api.front_snapshot() == {"topics": [], "pins": []}
    assert RecordState.objects.get(pk=record_id).state == "draft"
    with pytest.raises(api.StepRefused):
        api.publish(record_id=record_id, user=office.leader, now=office.later())

    release = told(office, event, title="关于青屿水厂水质异常情况的通报（一）")
    event.refresh_from_db()
    assert event.first_release_id == release.id
    assert release.payload["topics"] == [event.topic_code]
    assert event.name in release.payload["keywords"]
    assert LaterReview.objects.get(pk=release.id).state == "open"
    first, conference = counters_of(event, now=office.later(hours=48))
    assert (first.state, conference.state) == ("met", "late")
    snapshot = api.front_snapshot()
    assert [topic["name"] for topic in snapshot["topics"]] == [event.name]
    until = office_time(release.published_at).date() + timedelta(days=pin_rules()["emergency"].default_days)
    index = release.payload["index_number"]
    assert snapshot["pins"] == [{"index_number": index, "until": until.isoformat(), "urgent": True}]
    (fact,) = facts("records.EventReleased")
    assert (fact["first"], fact["in_time"], fact["number"]) == (True, True, 2)
    assert list(differences_in_events()) == []


@pytest.mark.django_db
def test_follow_up_takes_the_place_of_the_first_on_the_home_page(office) -> None:
    event = event_of(office)
    first = told(office, event)
    office.later(hours=9)
    second = told(office, event, title="关于青屿水厂水质异常情况的续报")
    event.refresh_from_db()
    assert event.first_release_id == first.id
    assert [link.label for link in event.links.all()] == ["首报", "续报 1"]
    assert [pin["index_number"] for pin in api.front_snapshot()["pins"]] == [second.payload["index_number"]]
    assert Pin.objects.get(record_id=first.record_id).end == "replaced"
    assert [fact["first"] for fact in facts("records.EventReleased")] == [True, False]

    api.withdraw(
        record_id=second.record_id,
        reason_code="privacy",
        note="",
        replaced_by=None,
        user=office.leader,
        now=office.later(),
    )
    assert api.front_snapshot()["pins"] == []
    assert Pin.objects.get(record_id=second.record_id).end == "withdrawn"
    event.refresh_from_db()
    assert counters_of(event, now=office.now)[0].state == "met"


@pytest.mark.django_db
def test_late_first_release_and_conference_are_told_as_late(office) -> None:
    event = event_of(office, known_at=office.now - timedelta(hours=30))
    with pytest.raises(organisations.NotPermitted):
        api.note_conference(event_id=event.pk, held_at=office.now, user=office.editor, now=office.now)
    with pytest.raises(api.BadInput):
        api.note_conference(
            event_id=event.pk, held_at=office.now + timedelta(hours=1), user=office.leader, now=office.now
        )
    told(office, event)
    api.note_conference(event_id=event.pk, held_at=office.now, user=office.leader, now=office.later())
    with pytest.raises(api.StepRefused):
        api.note_conference(event_id=event.pk, held_at=office.now, user=office.leader, now=office.later())
    event.refresh_from_db()
    assert {c.state for c in counters_of(event, now=office.now)} == {"met_late"}
    assert facts("records.EventReleased")[0]["in_time"] is False
    assert facts("records.EventConferenceHeld")[0]["in_time"] is False


@pytest.mark.django_db
def test_closed_event_keeps_its_topic_and_leaves_the_home_page(office) -> None:
    event = event_of(office)
    with pytest.raises(api.StepRefused, match="还没有发布过"):
        api.close_event(event_id=event.pk, user=office.leader, now=office.later())
    told(office, event)
    with pytest.raises(organisations.NotPermitted):
        api.close_event(event_id=event.pk, user=office.editor, now=office.later())
    api.close_event(event_id=event.pk, user=office.leader, now=office.later())
    snapshot = api.front_snapshot()
    assert snapshot["pins"] == []
    assert [topic["is_open"] for topic in snapshot["topics"]] == [False]
    with pytest.raises(api.StepRefused, match="已经办结"):
        written(office, event)
    assert facts("records.EventClosed")[0]["releases"] == 1
    assert list(differences_in_events()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"name": "水厂"}, "事件名称"),
        ({"name": "张伟电话13912345678投诉"}, "事件名称"),
        ({"grade": "g9"}, "事件级别"),
        ({"known_at": datetime(2020, 6, 16, tzinfo=UTC)}, "获知时间"),
    ],
)
def test_event_that_cannot_be_public_is_refused(office, changes, where) -> None:
    with pytest.raises(api.BadInput) as refused:
        event_of(office, **changes)
    assert refused.value.where == where
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_event_of_another_publisher_takes_no_text(office) -> None:
    event = event_of(office)
    with pytest.raises(api.BadInput, match="另一个单位"):
        written(office, event, org_code="demo-yy", user=office.clerk)
    with pytest.raises(organisations.NotPermitted):
        event_of(office, org_code="demo-yz", user=office.clerk)


@pytest.mark.django_db
def test_text_is_written_again_and_a_stale_page_overwrites_nothing(office) -> None:
    event = event_of(office)
    record_id = written(office, event)
    state = RecordState.objects.get(pk=record_id)
    assert plain_text_of(state) == "水厂已启用备用水源。\n请暂时不要直接饮用。"
    again = {"record_id": record_id, "pin_until": date(2020, 6, 20), "user": office.editor}
    rewrite_urgent(
        version=state.version,
        content=api.UrgentText(title="新标题的通报", text="A<B & C"),
        now=office.later(),
        **again,
    )
    state.refresh_from_db()
    assert plain_text_of(state) == "A<B & C"
    assert EventRecord.objects.get(pk=record_id).pin_until == date(2020, 6, 20)
    codes = ["1", "2"]
    Record.objects.filter(pk=record_id).update(latest_revision=None, catalogue_codes=codes)
    state.refresh_from_db()
    content = api.UrgentText(title="新标题的通报", text="A<B & C", catalogue_codes=("2",))
    rewrite_urgent(version=state.version, content=content, now=office.later(), **again)
    assert Record.objects.get(pk=record_id).catalogue_codes == codes
    state.refresh_from_db()
    with pytest.raises(api.StepRefused, match="还没有保存"):
        rewrite_urgent(
            version=0, content=api.UrgentText(title="旧页面", text="旧"), now=office.later(), **again
        )
    assert plain_text_of(RecordState.objects.get(pk=record_id)) == "A<B & C"


@pytest.mark.django_db
def test_ordinary_record_is_pinned_until_a_day_by_who_may(office) -> None:
    release = office.published()
    rule = pin_rules()["important"]
    day = office.today + timedelta(days=3)
    with pytest.raises(organisations.NotPermitted):
        api.pin(record_id=release.record_id, until=day, user=office.editor, now=office.later())
    for wrong in (office.today - timedelta(days=1), office.today + timedelta(days=rule.max_days + 1)):
        with pytest.raises(api.BadInput):
            api.pin(record_id=release.record_id, until=wrong, user=office.office, now=office.later())
    draft = office.draft()
    with pytest.raises(api.StepRefused):
        api.pin(record_id=draft.id, until=day, user=office.office, now=office.later())

    api.pin(record_id=release.record_id, until=day, user=office.office, now=office.later())
    api.pin(record_id=release.record_id, until=None, user=office.office, now=office.later())
    pins = api.front_snapshot()["pins"]
    assert [pin["until"] for pin in pins] == [rule.default_until(office.today).isoformat()]
    api.unpin(record_id=release.record_id, user=office.leader, now=office.later())
    assert api.front_snapshot()["pins"] == []
    with pytest.raises(api.StepRefused, match="没有置顶"):
        api.unpin(record_id=release.record_id, user=office.leader, now=office.later())
    assert [fact["reason"] for fact in facts("records.RecordUnpinned")] == ["replaced", "unpinned"]


@pytest.mark.django_db
def test_no_more_pins_stand_than_the_rule_allows_and_old_ones_end(office) -> None:
    rule = pin_rules()["important"]
    releases = [office.published(title=f"关于第{n}批免费体检的通知") for n in range(rule.at_most + 1)]
    for release in releases[:-1]:
        api.pin(record_id=release.record_id, until=office.today, user=office.office, now=office.later())
    with pytest.raises(api.BadInput, match="最多同时"):
        api.pin(record_id=releases[-1].record_id, until=None, user=office.office, now=office.later())
    office.later(days=1)
    api.pin(record_id=releases[-1].record_id, until=None, user=office.office, now=office.later())
    assert Pin.objects.filter(end="expired").count() == rule.at_most
    assert end_expired(now=office.now) == 0


@pytest.mark.django_db
def test_event_topic_is_no_way_out_for_an_unsigned_text(office) -> None:
    event = event_of(office)
    record_id = written(office, event)
    Record.objects.filter(pk=record_id).update(grade="ordinary")
    assert not Record.objects.get(pk=record_id).live
    with pytest.raises(api.BadInput):
        api.submit(record_id=record_id, user=office.editor, now=office.later())
    assert api.front_snapshot() == {"topics": [], "pins": []}
