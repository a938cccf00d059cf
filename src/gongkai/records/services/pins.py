"""Put a public record on the home page, and take it off (置顶、取消置顶)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.records.core.errors import BadInput, StepRefused
from gongkai.records.core.office_time import office_day
from gongkai.records.core.pins import pin_rules
from gongkai.records.facts import RecordPinned, RecordUnpinned
from gongkai.records.models import Event, Pin, RecordState
from gongkai.records.services.locking import actor_of, lock_state, owner_code, subject
from gongkai.records.services.permissions import require


@transaction.atomic
def pin(*, record_id: int, until: date | None, user: Any, now: datetime) -> Pin:
    """Put a public record on the home page until a day (included); a pin that stands gets the new day.

    Raises BadInput for a day outside the rule or when as many stand as may, StepRefused when the record is not public,
    organisations.api.NotPermitted.
    """
    state = lock_state(record_id)
    today = office_day(now)
    require(user=user, action="pin", org_code=owner_code(state.record), today=today)
    if not state.record.live:
        raise StepRefused(
            code="not_live",
            message="这条信息现在没有公开，不能置顶",
            where=str(state.record),
            remedy="请先发布",
        )
    end_expired(now=now)
    standing = Pin.objects.filter(record_id=record_id, ended_at__isnull=True).first()
    purpose = standing.purpose if standing else "important"
    last_day = check_until(until, purpose=purpose, today=today)
    rule = pin_rules()[purpose]
    others = Pin.objects.filter(purpose=purpose, ended_at__isnull=True).exclude(record_id=record_id)
    if standing is None and others.count() >= rule.at_most:
        raise BadInput(
            code="too_many_pins",
            message=f"{rule.name}最多同时置顶 {rule.at_most} 条",
            where="置顶",
            remedy="请先取消一条",
        )
    if standing is not None:
        end_pin(standing, reason="replaced", user=user, now=now)
    return place_pin(state, purpose=purpose, until=last_day, event=None, user=user, now=now)


@transaction.atomic
def unpin(*, record_id: int, user: Any, now: datetime) -> None:
    """Take a record off the home page. Raises StepRefused when it does not stand there, NotPermitted."""
    state = lock_state(record_id)
    require(user=user, action="pin", org_code=owner_code(state.record), today=office_day(now))
    standing = Pin.objects.filter(record_id=record_id, ended_at__isnull=True).first()
    if standing is None:
        raise StepRefused(
            code="not_pinned",
            message="这条信息没有置顶",
            where=str(state.record),
            remedy="请刷新页面",
        )
    end_pin(standing, reason="unpinned", user=user, now=now)


def check_until(until: date | None, *, purpose: str, today: date) -> date:
    """Return the last day of a pin, the default of its purpose when none is given. Raises BadInput."""
    rule = pin_rules()[purpose]
    if until is None:
        return rule.default_until(today)
    if not today <= until <= rule.last_until(today):
        raise BadInput(
            code="pin_day_outside",
            message=f"置顶日期须在今天至 {rule.last_until(today).isoformat()} 之间",
            where="置顶到",
            remedy=f"{rule.name}最多置顶 {rule.max_days} 天，请改日期",
        )
    return until


def place_pin(
    state: RecordState, *, purpose: str, until: date, event: Event | None, user: Any, now: datetime
) -> Pin:
    """Write a pin and its fact, inside the caller's transaction."""
    made = Pin.objects.create(
        record_id=state.record_id, event=event, purpose=purpose, pinned_at=now, pinned_by=user, until=until
    )
    record_fact(
        RecordPinned(
            org=state.record.org_code,
            subject=subject(state.record_id),
            on=office_day(now),
            pin_id=made.pk,
            purpose=purpose,
            until=until,
        ),
        actor=actor_of(user),
        now=now,
    )
    return made


def end_pin(standing: Pin, *, reason: str, user: Any, now: datetime) -> None:
    """End a pin with its fact, inside the caller's transaction."""
    standing.ended_at, standing.ended_by, standing.end = now, user, reason
    standing.save(update_fields=["ended_at", "ended_by", "end"])
    record_fact(
        RecordUnpinned(
            org=standing.record.org_code,
            subject=subject(standing.record_id),
            on=office_day(now),
            pin_id=standing.pk,
            reason=reason,
        ),
        actor=actor_of(user),
        now=now,
    )


def end_pins_of(record_id: int, *, reason: str, user: Any, now: datetime) -> None:
    """End whatever pin a record has: called when it is withdrawn."""
    for standing in Pin.objects.filter(record_id=record_id, ended_at__isnull=True).select_related("record"):
        end_pin(standing, reason=reason, user=user, now=now)


@transaction.atomic
def end_expired(*, now: datetime) -> int:
    """End the pins whose last day has passed; return how many. The home page leaves them out by itself on that day."""
    rows = Pin.objects.filter(ended_at__isnull=True, until__lt=office_day(now)).select_related("record")
    for standing in rows:
        end_pin(standing, reason="expired", user=None, now=now)
    return len(rows)
