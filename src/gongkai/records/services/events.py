"""Emergencies (突发事件): enter one, note its press conference, close it; what a release of it causes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.kernel.calendar import load_calendar
from gongkai.kernel.findings import Severity
from gongkai.organisations import api as organisations
from gongkai.records.core.emergency import Counter, grade_of, grades, read_counters
from gongkai.records.core.errors import BadInput, NotFound, StepRefused
from gongkai.records.core.office_time import office_day
from gongkai.records.core.pins import pin_rules
from gongkai.records.facts import EventClosed, EventConferenceHeld, EventOpened, EventReleased
from gongkai.records.models import Event, EventRecord, Pin, RecordState, Release
from gongkai.records.services.checking import check_words
from gongkai.records.services.locking import actor_of, subject
from gongkai.records.services.permissions import require
from gongkai.records.services.pins import end_expired, end_pin, place_pin

_NAME_MIN, _NAME_MAX = 4, 40
_CLOCK_SKEW = timedelta(minutes=5)


@transaction.atomic
def open_event(
    *, org_code: str, name: str, grade: str, known_at: datetime, user: Any, now: datetime
) -> Event:
    """Enter an emergency of the authority or institution above `org_code`; its clocks run from `known_at`.

    The name (4 to 40 characters) becomes the name of a public topic column, so the guard reads it.

    Raises BadInput, organisations.api.NotPermitted.
    """
    today = office_day(now)
    require(user=user, action="submit", org_code=org_code, today=today)
    org = organisations.get_organisation(code=org_code)
    publisher = organisations.authority_of(code=org_code).code if org.kind == "section" else org_code
    if grade not in {one.id for one in grades()}:
        raise BadInput(
            code="grade_unknown", message="没有选事件级别", where="事件级别", remedy="请选择Ⅰ至Ⅳ级"
        )
    if known_at > now + _CLOCK_SKEW:
        raise BadInput(
            code="known_in_future",
            message="获知时间在将来",
            where="获知时间",
            remedy="请填写接报或监测发现的时间，两个时限从这时起算",
        )
    event = Event.objects.create(
        org_code=publisher,
        name=_public_name(name, publisher, now),
        grade=grade,
        known_at=known_at,
        opened_at=now,
        opened_by=user,
    )
    record_fact(
        EventOpened(org=publisher, subject=_subject(event), on=today, grade=grade, known_at=known_at),
        actor=actor_of(user),
        now=now,
    )
    return event


def counters_of(event: Event, *, now: datetime) -> tuple[Counter, ...]:
    """Return the clocks of an event as of a moment."""
    return read_counters(
        grade_id=event.grade,
        known_at=event.known_at,
        first_release_at=event.first_released_at,
        conference_at=event.conference_at,
        now=now,
        calendar=load_calendar(),
    )


@transaction.atomic
def note_conference(*, event_id: int, held_at: datetime, user: Any, now: datetime) -> Event:
    """Note when the press conference on an event was held; once noted it stays. Raises BadInput, StepRefused, NotPermitted."""
    event = lock_event(event_id)
    require(user=user, action="publish", org_code=event.org_code, today=office_day(now))
    if event.conference_at is not None:
        raise _refused("conference_noted", "新闻发布会的时间已经登记", event, "请刷新页面")
    if not event.known_at <= held_at <= now + _CLOCK_SKEW:
        raise BadInput(
            code="conference_outside",
            message="新闻发布会的时间应在获知事件之后、现在之前",
            where="召开时间",
            remedy="开完之后再登记",
        )
    event.conference_at, event.conference_by = held_at, user
    event.save(update_fields=["conference_at", "conference_by"])
    record_fact(
        EventConferenceHeld(
            org=event.org_code,
            subject=_subject(event),
            on=office_day(now),
            held_at=held_at,
            in_time=_in_time(event, "conference", now),
        ),
        actor=actor_of(user),
        now=now,
    )
    return event


@transaction.atomic
def close_event(*, event_id: int, user: Any, now: datetime) -> Event:
    """Close an event: its pins end, its topic column stays public but leaves the home page. Raises StepRefused, NotPermitted."""
    event = lock_event(event_id)
    require(user=user, action="publish", org_code=event.org_code, today=office_day(now))
    if event.closed_at is not None:
        raise _refused("event_closed", "这个事件已经办结", event, "请刷新页面")
    if event.first_release_id is None:
        raise _refused("event_untold", "这个事件还没有发布过信息，不能办结", event, "先发布，或作废它的草稿")
    event.closed_at, event.closed_by = now, user
    event.save(update_fields=["closed_at", "closed_by"])
    for standing in Pin.objects.filter(event=event, ended_at__isnull=True).select_related("record"):
        end_pin(standing, reason="unpinned", user=user, now=now)
    told = Release.objects.filter(record__event_link__event=event, kind="publish").count()
    record_fact(
        EventClosed(org=event.org_code, subject=_subject(event), on=office_day(now), releases=told),
        actor=actor_of(user),
        now=now,
    )
    return event


def note_event_release(state: RecordState, release: Release, *, user: Any, now: datetime) -> None:
    """Do what a release of an event's record causes, inside `publish`: stop the first clock, open the topic, move the pin."""
    link = EventRecord.objects.filter(record_id=state.record_id).select_related("event").first()
    if link is None:
        return
    event = lock_event(link.event_id)
    first = event.first_release_id is None
    if first:
        event.first_release, event.first_released_at = release, now
        event.save(update_fields=["first_release", "first_released_at"])
    record_fact(
        EventReleased(
            org=event.org_code,
            subject=_subject(event),
            on=office_day(now),
            release_id=release.pk,
            record=subject(state.record_id),
            number=link.number,
            first=first,
            minutes=max(0, int((now - event.known_at).total_seconds() // 60)),
            in_time=_in_time(event, "first_release", now) if first else None,
        ),
        actor=actor_of(user),
        now=now,
    )
    if release.sequence == 1 and event.closed_at is None:
        _pin_newest(state, event, link, user=user, now=now)


def _pin_newest(state: RecordState, event: Event, link: EventRecord, *, user: Any, now: datetime) -> None:
    """Put the newest information of an event on the home page in the place of what stood there of it."""
    today, rule = office_day(now), pin_rules()["emergency"]
    end_expired(now=now)
    if link.pin_until is None or link.pin_until < today:
        return
    standing = Pin.objects.filter(purpose="emergency", ended_at__isnull=True).select_related("record")
    for old in standing.filter(event=event):
        end_pin(old, reason="replaced", user=user, now=now)
    others = list(standing.order_by("-pk"))
    for old in others[rule.at_most - 1 :]:
        end_pin(old, reason="replaced", user=user, now=now)
    place_pin(state, purpose="emergency", until=link.pin_until, event=event, user=user, now=now)


def lock_event(event_id: int) -> Event:
    """Lock and return an event, inside the caller's transaction. Raises NotFound."""
    event = Event.objects.select_for_update().filter(pk=event_id).first()
    if event is None:
        raise NotFound(
            code="event_unknown",
            message="没有这个突发事件",
            where=f"事件 {event_id}",
            remedy="请从列表中重新选择",
        )
    return event


def _public_name(name: str, publisher: str, now: datetime) -> str:
    plain = " ".join(name.split())
    if not _NAME_MIN <= len(plain) <= _NAME_MAX:
        raise BadInput(
            code="event_name_length",
            message=f"事件名称应有 {_NAME_MIN} 至 {_NAME_MAX} 个字",
            where="事件名称",
            remedy="写明地点和事件，例如“青屿水厂水质异常”；发布后它是公开专题的名称",
        )
    found = check_words(title=plain, paragraphs=(), org_code=publisher, today=office_day(now))
    blocking = [finding for finding, _ in found if finding.severity is Severity.BLOCK]
    if blocking:
        raise BadInput(
            code="event_name_blocked",
            message=f"事件名称不能公开：{blocking[0].message or blocking[0].suggestion}",
            where="事件名称",
            remedy="请改名称，不写个人信息和不宜公开的内容",
        )
    return plain


def _in_time(event: Event, stop: str, now: datetime) -> bool | None:
    """Tell whether the clocks that a thing stops were all met, None when the grade starts none."""
    wanted = {duty.clock for duty in grade_of(event.grade).duties if duty.met_by == stop}
    read = [counter for counter in counters_of(event, now=now) if counter.rule_id in wanted]
    return all(counter.state == "met" for counter in read) if read else None


def _refused(code: str, message: str, event: Event, remedy: str) -> StepRefused:
    return StepRefused(code=code, message=message, where=str(event), remedy=remedy)


def _subject(event: Event) -> str:
    return f"event:{event.pk}"
