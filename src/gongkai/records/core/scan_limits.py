"""By when a finding in something public must be dealt with (回查期限), from `regulations/back_scan/`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from gongkai.kernel.calendar import CalendarUnknown, WorkCalendar
from gongkai.kernel.findings import Severity
from gongkai.kernel.rules import Confidence, load_rules


@dataclass(frozen=True, slots=True)
class ScanLimit:
    """The limit for one severity, in working days."""

    id: str
    severity: Severity
    working_days: int
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str = "national"


@lru_cache(maxsize=1)
def scan_limits() -> dict[Severity, ScanLimit]:
    """Return the limits by severity."""
    return {limit.severity: limit for limit in load_rules("back_scan", ScanLimit)}


def scan_due(*, severity: Severity, found_on: date, calendar: WorkCalendar) -> date | None:
    """Return the last day, None when there is no limit or the calendar does not reach so far."""
    limit = scan_limits().get(severity)
    if limit is None:
        return None
    try:
        return calendar.nth_working_day_after(found_on, limit.working_days)
    except CalendarUnknown:
        return None
