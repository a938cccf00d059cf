"""Statutory time limits (法定时限): pure functions of a rule, the events of a case and a calendar.

Nothing here is stored or looks at the wall clock: a deadline is recomputed from facts whenever it is shown. This module is the
door: rules, events, deadlines and lights can all be imported from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from gongkai.kernel.calendar import WorkCalendar
from gongkai.kernel.clock_count import Count, Span, TraceDay, add_months, count_back, merge
from gongkai.kernel.clock_extension import count_extended, count_rule
from gongkai.kernel.clock_rules import (
    ClockKind,
    ClockNotInForce,
    ClockRule,
    ClockUnknown,
    Conventions,
    Extension,
    Unit,
    clock,
    load_clocks,
    load_conventions,
    nearest_version,
)
from gongkai.kernel.clock_values import (
    Deadline,
    Event,
    EventNotAllowed,
    Extend,
    ExtensionNotAllowed,
    Light,
    Pause,
    Restart,
    light,
    units_left,
)

__all__ = [
    "ClockKind",
    "ClockNotInForce",
    "ClockRule",
    "ClockUnknown",
    "Conventions",
    "Deadline",
    "Event",
    "EventNotAllowed",
    "Extend",
    "Extension",
    "ExtensionNotAllowed",
    "Light",
    "Pause",
    "Restart",
    "TraceDay",
    "Unit",
    "clock",
    "due",
    "light",
    "load_clocks",
    "load_conventions",
    "nearest_version",
    "units_left",
]

ONE_DAY = timedelta(days=1)


def due(
    *,
    rule: ClockRule,
    start: date,
    events: Iterable[Event] = (),
    calendar: WorkCalendar,
    conventions: Conventions | None = None,
) -> Deadline:
    """Work out the last day of a limit from what happened (计算期限).

    `start` is the day of the event that starts the limit and is never counted; a `datetime` matters for limits of hours only.
    Events may come in any order: the latest restart is the new start, overlapping pauses count once, extensions come on top
    in the order in which they were told. A limit of kind `lead_time` or `before_event` is counted back from `start`.

    Raises:
        EventNotAllowed: a pause ends before it starts, a restart lies before the start, or the unit knows no such event.
        ExtensionNotAllowed: not extendable, over the maximum, too often, or told after the limit.
        CalendarUnknown: the count touches a year before the first known one.
    """
    agreed = conventions or load_conventions()
    begun = start.date() if isinstance(start, datetime) else start
    pauses, restarts, extensions = _sort_events(events, begun)
    if _runs_on(rule):
        return _due_without_pauses(
            rule=rule, start=start, pauses=pauses, restarts=restarts, extensions=extensions, calendar=calendar
        )
    begun = max(restarts, default=begun)
    living = [extension for extension in extensions if not restarts or extension.notified_date >= begun]
    paused = merge([span for pause in pauses if (span := _span(pause, agreed)) is not None])
    length = rule.length or 0
    bare = count_rule(rule=rule, start=begun, length=length, paused=paused, calendar=calendar, agreed=agreed)
    full = count_extended(
        rule=rule, start=begun, bare=bare, extensions=living, paused=paused, calendar=calendar, agreed=agreed
    )
    warnings = []
    if len(living) < len(extensions):
        warnings.append("重新起算之前的延期随旧期限一并失效，未计入")
    if pauses and not rule.suspended_by:
        warnings.append("该规则没有列出可以中止的情形，请核对中止的依据")
    found = _deadline(rule=rule, start=begun, counted=full, warnings=tuple(warnings))
    return replace(found, extended=bool(living), first_due_date=bare.end)


def _runs_on(rule: ClockRule) -> bool:
    """Tell whether nothing can stop the limit: hours, fixed dates and limits counted back from an event."""
    counted_back = rule.kind in (ClockKind.LEAD_TIME, ClockKind.BEFORE_EVENT)
    return rule.unit.is_moment or rule.unit is Unit.DATE or counted_back


def _deadline(*, rule: ClockRule, start: date, counted: Count, warnings: tuple[str, ...]) -> Deadline:
    return Deadline(
        rule_id=rule.id,
        rule_version=rule.version,
        start=start,
        due_date=counted.end,
        provisional=counted.provisional,
        basis=rule.basis,
        trace=counted.trace,
        extended=False,
        unit=rule.unit,
        first_due_date=counted.end,
        warnings=warnings,
    )


def _sort_events(events: Iterable[Event], start: date) -> tuple[list[Pause], list[date], list[Extend]]:
    pauses: list[Pause] = []
    restarts: list[date] = []
    extensions: list[Extend] = []
    for event in events:
        match event:
            case Pause(start=first, end=last):
                if last is not None and last < first:
                    raise EventNotAllowed(f"中止的结束日 {last} 早于开始日 {first}，请改正")
                pauses.append(event)
            case Restart(date=day):
                if day < start:
                    raise EventNotAllowed(f"重新起算日 {day} 早于起算日 {start}，请改正")
                restarts.append(day)
            case Extend():
                extensions.append(event)
    return pauses, restarts, sorted(extensions, key=lambda extension: extension.notified_date)


def _span(pause: Pause, agreed: Conventions) -> Span | None:
    first = pause.start + ONE_DAY if agreed.pause_first_day_counts else pause.start
    last = pause.end
    if last is not None and agreed.pause_last_day_counts:
        last -= ONE_DAY
    return None if last is not None and last < first else Span(first, last)


def _due_without_pauses(
    *,
    rule: ClockRule,
    start: date,
    pauses: Sequence[Pause],
    restarts: Sequence[date],
    extensions: Sequence[Extend],
    calendar: WorkCalendar,
) -> Deadline:
    if pauses:
        raise EventNotAllowed(f"“{rule.name}”（{rule.length_text}）不能中止")
    if extensions:
        raise ExtensionNotAllowed("not_extendable", f"“{rule.name}”（{rule.id}）不得延期")
    base: date = max(restarts) if restarts else start
    day = base.date() if isinstance(base, datetime) else base
    length = rule.length or 0
    due_at: datetime | None = None
    warnings: tuple[str, ...] = ()
    if rule.unit is Unit.DATE:
        counted = _fixed_date(rule, day)
    elif rule.unit.is_moment:
        moment = base if isinstance(base, datetime) else datetime.combine(base, time.min)
        if not isinstance(base, datetime):
            warnings = ("没有给出起算时刻，按当日零时起算（从严）",)
        seconds = {Unit.HOUR: 3600, Unit.MINUTE: 60, Unit.SECOND: 1}[rule.unit]
        due_at = moment + timedelta(seconds=seconds * length)
        why = f"自 {moment:%Y-%m-%d %H:%M} 起连续计算 {rule.length_text}"
        counted = Count(due_at.date(), (TraceDay(due_at.date(), True, None, why),))
    elif rule.kind is ClockKind.BEFORE_EVENT and length == 0:
        counted = Count(day - ONE_DAY, (TraceDay(day - ONE_DAY, True, 1, "事件之前的最后一日"),))
    else:
        unit_months = {Unit.YEAR: 12, Unit.QUARTER: 3, Unit.MONTH: 1}.get(rule.unit, 0)
        working = rule.unit is Unit.WORKING_DAY
        counted = count_back(
            event=day, length=length, unit_months=unit_months, working=working, calendar=calendar
        )
    return replace(_deadline(rule=rule, start=day, counted=counted, warnings=warnings), due_at=due_at)


def _fixed_date(rule: ClockRule, start: date) -> Count:
    month, day = (int(part) for part in (rule.date_mm_dd or "").split("-"))
    this_year = add_months(date(2000, month, day), 12 * (start.year - 2000))
    end = this_year if this_year > start else add_months(date(2000, month, day), 12 * (start.year - 1999))
    return Count(end, (TraceDay(end, True, 1, f"固定日期：{rule.length_text}，不顺延"),))
