"""When a register is due for the public (公开周期): the period that ended last, its limit, and the limit of a single row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from gongkai.kernel import periods
from gongkai.kernel.calendar import CalendarUnknown, WorkCalendar
from gongkai.kernel.clocks import ClockNotInForce, clock, due
from gongkai.registers.core.schema import Register

_OF: dict[str, Callable[[date], periods.Period]] = {
    "month": periods.month_of,
    "quarter": periods.quarter_of,
    "half_year": periods.half_year_of,
    "year": lambda day: periods.year(day.year),
}


@dataclass(frozen=True, slots=True)
class PeriodDue:
    """A period of a register that is to be public: `due_date` None where the law of that day sets no limit."""

    start: date
    end: date
    name: str
    due_date: date | None


def last_period(rule: Register, *, today: date, calendar: WorkCalendar) -> PeriodDue | None:
    """Return the period that ended last before `today`, None for a register without a rhythm."""
    make = _OF.get(rule.due)
    if make is None:
        return None
    before = make(make(today).start - timedelta(days=1))
    return PeriodDue(
        before.start, before.end, before.name, _limit(rule.due_clock, start=before.end, calendar=calendar)
    )


def row_due(rule: Register, *, counted_on: date, calendar: WorkCalendar) -> date | None:
    """Return the day by which a row must be public, None for a register without such a limit."""
    return _limit(rule.row_clock, start=counted_on, calendar=calendar)


def _limit(rule_id: str, *, start: date, calendar: WorkCalendar) -> date | None:
    if not rule_id:
        return None
    try:
        return due(rule=clock(rule_id, start), start=start, calendar=calendar).due_date
    except (CalendarUnknown, ClockNotInForce):
        return None
