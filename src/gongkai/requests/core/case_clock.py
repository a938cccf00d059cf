"""The reply limit of a case (答复期限) from what happened to it; nothing here is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from gongkai.kernel.calendar import WorkCalendar
from gongkai.kernel.clocks import (
    ClockRule,
    Deadline,
    Extend,
    Pause,
    Restart,
    TraceDay,
    clock,
    due,
    load_clocks,
)

REPLY = "ogi.reply"


@dataclass(frozen=True, slots=True)
class CaseEvents:
    """What moves the limit: pauses as intervals, restarts (supplement, payment), one extension, a delayed day (Art. 35).

    `named` is the day by which a reconsideration or a court told the office to reply again; it takes the place of the limit.
    """

    received: date
    pauses: Sequence[tuple[date, date | None]] = ()
    restarts: Sequence[date] = ()
    extensions: Sequence[tuple[date, int]] = ()
    delayed_until: date | None = None
    named: date | None = None


def rule_version(rule_id: str, version: str, on: date) -> ClockRule:
    """Return the rule in the version the case was opened under, whatever is in force today; else the version of that day."""
    for rule in load_clocks().get(rule_id, ()):
        if rule.version == version:
            return rule
    return clock(rule_id, on)


def reply_deadline(*, events: CaseEvents, version: str, calendar: WorkCalendar) -> Deadline:
    """Work out the last day for the reply, with its trace.

    A delayed day told under Art. 35 replaces a shorter limit. Raises what `kernel.clocks.due` raises.
    """
    found = due(
        rule=rule_version(REPLY, version, events.received),
        start=events.received,
        events=[
            *(Pause(start, end) for start, end in events.pauses),
            *(Restart(day) for day in events.restarts),
            *(Extend(day, length) for day, length in events.extensions),
        ],
        calendar=calendar,
    )
    if events.named is not None:
        return _named(found, start=events.received, day=events.named, calendar=calendar)
    delayed = events.delayed_until
    if delayed is not None and found.due_date is not None and delayed > found.due_date:
        warnings = (*found.warnings, f"已按条例第三十五条告知延迟至 {delayed.isoformat()} 答复")
        return replace(found, due_date=delayed, warnings=warnings)
    return found


def _named(found: Deadline, *, start: date, day: date, calendar: WorkCalendar) -> Deadline:
    """Return the limit that a decision or judgment named, with the days up to it."""
    lines, number, current = [], 0, start + timedelta(days=1)
    while current <= day:
        counted = calendar.is_working_day(current)
        number += counted
        lines.append(TraceDay(current, counted, number if counted else None, calendar.why(current)))
        current += timedelta(days=1)
    told = f"复议决定或者判决限定于 {day.isoformat()} 前重新答复，以该日为准"
    return replace(
        found,
        start=start,
        due_date=day,
        first_due_date=day,
        trace=tuple(lines),
        warnings=(told,),
        extended=False,
    )


def pause_end(*, delivered: date, rule_id: str, calendar: WorkCalendar) -> date:
    """Return the last day that a consultation may stop the clock: the end of the answer's own limit from delivery."""
    found = due(rule=clock(rule_id, delivered), start=delivered, calendar=calendar).due_date
    assert found is not None  # a limit without pauses always ends  # noqa: S101
    return found
