"""How long a step may take (审签时限): a rule's id and a moment in, a limit with its light out. Nothing here is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gongkai.kernel.calendar import CalendarUnknown, WorkCalendar
from gongkai.kernel.clocks import ClockNotInForce, Light, clock, due, light, units_left
from gongkai.kernel.rules import Confidence
from gongkai.records.core.office_time import OFFICE_ZONE, office_day, office_time

_NEAR_WORKING_DAYS = 0  # the last day itself: most steps have one or two
_NEAR_SHARE = 4  # limits of hours are near in their last quarter
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StepClock:
    """A step's limit as of a moment. `ends_at` is the first moment after it; `confidence` is that of the rule."""

    rule_id: str
    rule_version: str
    name: str
    length_text: str
    since: datetime
    ends_at: datetime
    due_date: date
    light: Light
    left_text: str
    confidence: Confidence
    provisional: bool
    by_hours: bool


def read_clock(*, rule_id: str, since: datetime, now: datetime, calendar: WorkCalendar) -> StepClock | None:
    """Return the limit of a step that is open since a moment, None where the calendar or the rule does not reach."""
    begun, moment = office_time(since), office_time(now)
    try:
        rule = clock(rule_id, begun.date())
        deadline = due(rule=rule, start=begun if rule.unit.is_moment else begun.date(), calendar=calendar)
    except (CalendarUnknown, ClockNotInForce):
        return None
    if deadline.due_date is None:
        return None
    if deadline.due_at is not None:
        ends_at = deadline.due_at
        shown, words = _by_hours(begun, ends_at, moment)
    else:
        ends_at = datetime.combine(deadline.due_date + _ONE_DAY, time.min, OFFICE_ZONE)
        shown = light(deadline, office_day(moment), near_days=_NEAR_WORKING_DAYS)
        words = _by_days(units_left(deadline, office_day(moment)) or 0, rule.unit.chinese)
    return StepClock(
        rule_id=rule.id,
        rule_version=rule.version,
        name=rule.name,
        length_text=rule.length_text,
        since=begun,
        ends_at=ends_at,
        due_date=deadline.due_date,
        light=shown,
        left_text=words,
        confidence=rule.confidence,
        provisional=deadline.provisional,
        by_hours=deadline.due_at is not None,
    )


def _by_hours(begun: datetime, ends_at: datetime, now: datetime) -> tuple[Light, str]:
    left = ends_at - now
    if left < timedelta(0):
        return Light.LATE, f"逾期 {span_words(-left)}"
    near = left * _NEAR_SHARE <= ends_at - begun
    return (Light.NEAR if near else Light.FINE), f"还有 {span_words(left)}"


def span_words(length: timedelta) -> str:
    """Return a length as hours and minutes in words."""
    minutes = int(length.total_seconds() // 60)
    return f"{minutes // 60} 小时 {minutes % 60} 分" if minutes >= 60 else f"{minutes} 分"


def _by_days(left: int, unit: str) -> str:
    if left < 0:
        return f"逾期 {-left} 天"
    return f"还有 {left} {unit}" if left else "今天到期"
