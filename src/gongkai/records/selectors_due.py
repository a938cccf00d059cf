"""What comes due without anybody writing (到期事项): withheld records to look at again, validity that ends."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from gongkai.kernel.clock_count import add_months
from gongkai.kernel.clocks import Light, clock
from gongkai.records.core.kinds import DISCLOSURE
from gongkai.records.core.states import State
from gongkai.records.core.withholding import day_light
from gongkai.records.models import Record, RecordState, Withholding

REMIND_RULE = "validity.remind"
_STILL_VALID = ("valid", "amended")
_NOT_ACTIVE = ("withheld", "on_request")
SHOWN = 500
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WithheldRow:
    """A record closed as not for the public, with the decision in force."""

    state: RecordState
    decision: Withholding
    light: Light


@dataclass(frozen=True, slots=True)
class ExpiringRow:
    """A public record whose validity ends soon, or ended while it is still shown as valid (light late)."""

    record: Record
    light: Light
    days_left: int


def withheld_rows(
    *, org_codes: Collection[str], today: date, due_only: bool = False, by_publisher: bool = False
) -> list[WithheldRow]:
    """Return what these organisations withhold, due soonest first, at most 500; `by_publisher` asks who would publish."""
    place = "record__org_code__in" if by_publisher else "owner_code__in"
    states = RecordState.objects.filter(**{place: org_codes}, state=State.WITHHELD)
    if due_only:
        states = states.filter(reassess_date__lt=today)
    found = list(states.select_related("record").order_by("reassess_date", "pk")[:SHOWN])
    newest = Withholding.objects.filter(record_id=OuterRef("record_id")).order_by("-pk").values("pk")[:1]
    rows = Withholding.objects.filter(record_id__in=[s.pk for s in found], pk=Subquery(newest))
    decisions = {row.record_id: row for row in rows.select_related("user")}
    return [
        WithheldRow(state, decisions[state.pk], day_light(decisions[state.pk].next_date or today, today))
        for state in found
        if state.pk in decisions
    ]


def expiring(today: date) -> QuerySet[Record]:
    """Return the public records whose end of validity is near or past and that are still shown as valid."""
    return Record.objects.filter(
        live=True, expires_date__lte=remind_until(today), validity_state__in=_STILL_VALID
    )


def remind_until(today: date) -> date:
    """Return the last end of validity that is reminded of today."""
    return add_months(today + _ONE_DAY, clock(REMIND_RULE, today).length or 0) - _ONE_DAY


def expiring_rows(*, org_codes: Collection[str], today: date) -> list[ExpiringRow]:
    """Return what these organisations must renew, change or declare expired, soonest first, at most 500."""
    rows = expiring(today).filter(status__owner_code__in=org_codes).select_related("status")
    return [
        ExpiringRow(row, _expiry_light(row.expires_date, today), (row.expires_date - today).days)
        for row in rows.order_by("expires_date", "pk")[:SHOWN]
        if row.expires_date is not None
    ]


def due_condition(
    roles: Collection[str], today: date, *, deciders: Collection[str], drafters: Collection[str]
) -> Q:
    """Return the condition for states that come due by themselves, for a person with these roles."""
    condition = Q(pk__in=())
    if set(roles) & set(deciders):
        condition |= Q(state=State.WITHHELD, reassess_date__lte=today)
        condition |= Q(
            state__in=(State.DRAFT, State.RETURNED),
            release_count=0,
            record__disclosure__in=_NOT_ACTIVE,
            record__disclosure_reason__gt="",
        )
    if set(roles) & set(drafters):
        condition |= Q(state=State.RELEASED, pk__in=expiring(today).values("pk"))
    return condition


def due_words(state: RecordState, today: date) -> tuple[str, str] | None:
    """Return in words what comes due of a record by itself, and its light; None when nothing does."""
    if state.state == State.WITHHELD and state.reassess_date:
        shown = day_light(state.reassess_date, today)
        return f"不公开事项应在 {state.reassess_date.isoformat()} 前评估", shown.value
    record: Any = state.record
    if (
        state.state in (State.DRAFT, State.RETURNED)
        and not state.release_count
        and record.disclosure in _NOT_ACTIVE
        and record.disclosure_reason
    ):
        return f"起草人认为{DISCLOSURE[record.disclosure]}，待决定", Light.NEAR.value
    if (
        state.state == State.RELEASED
        and record.live
        and record.expires_date
        and record.expires_date <= remind_until(today)
        and record.validity_state in _STILL_VALID
    ):
        ended = record.expires_date < today
        words = f"有效期{'已于' if ended else '至'} {record.expires_date.isoformat()}{'届满，页面仍标有效' if ended else ''}"
        return words, _expiry_light(record.expires_date, today).value
    return None


def _expiry_light(day: date, today: date) -> Light:
    return Light.LATE if day < today else Light.NEAR
