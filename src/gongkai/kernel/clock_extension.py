"""Counting one rule's length and its extensions (计长与延期)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from gongkai.kernel.calendar import WorkCalendar
from gongkai.kernel.clock_count import (
    Count,
    Span,
    TraceDay,
    count_calendar_days,
    count_months,
    count_quarters,
    count_working_days,
    roll_forward,
)
from gongkai.kernel.clock_rules import ClockRule, Conventions, Unit
from gongkai.kernel.clock_values import EventNotAllowed, Extend, ExtensionNotAllowed


def count_rule(
    *,
    rule: ClockRule,
    start: date,
    length: int,
    paused: Sequence[Span],
    calendar: WorkCalendar,
    agreed: Conventions,
) -> Count:
    """Count `length` units of the rule after `start`, the last day rolled where the conventions say so (计长)."""
    return _count_unit(
        unit=rule.unit,
        start=start,
        length=length,
        paused=paused,
        calendar=calendar,
        rolls=rule.kind in agreed.roll_kinds and rule.unit in agreed.roll_units,
    )


def _count_unit(
    *, unit: Unit, start: date, length: int, paused: Sequence[Span], calendar: WorkCalendar, rolls: bool
) -> Count:
    match unit:
        case Unit.WORKING_DAY:
            counted = count_working_days(start=start, length=length, paused=paused, calendar=calendar)
        case Unit.CALENDAR_DAY:
            counted = count_calendar_days(start=start, length=length, paused=paused, calendar=calendar)
        case Unit.QUARTER:
            if paused:
                raise EventNotAllowed("按季度计算的时限不能中止")
            counted = count_quarters(start=start, length=length)
        case _:
            unit_months = 12 if unit is Unit.YEAR else 1
            counted = count_months(
                start=start, length=length, paused=paused, unit_months=unit_months, unit_word=unit.chinese
            )
    return roll_forward(counted, calendar=calendar) if rolls else counted


def count_extended(
    *,
    rule: ClockRule,
    start: date,
    bare: Count,
    extensions: Sequence[Extend],
    paused: Sequence[Span],
    calendar: WorkCalendar,
    agreed: Conventions,
) -> Count:
    """Put the extensions, in order of their notices, on top of the `bare` count (计延期).

    Raises:
        ExtensionNotAllowed: not extendable, over the maximum, too often, told before the start or after the limit.
    """
    if not extensions:
        return bare
    allowed = rule.extension
    if allowed is None:
        raise ExtensionNotAllowed("not_extendable", f"“{rule.name}”（{rule.id}）不得延期")
    if len(extensions) > allowed.times:
        raise ExtensionNotAllowed(
            "too_many", f"“{rule.name}”最多延期 {allowed.times} 次，现为 {len(extensions)} 次"
        )
    current, added = bare, 0
    for extension in extensions:
        _check_notice(extension, start=start, limit=current.end, agreed=agreed)
        added += extension.length
        if added > allowed.max:
            raise ExtensionNotAllowed(
                "over_maximum",
                f"“{rule.name}”延期最长 {allowed.max}{allowed.unit.chinese}，现为 {added}{allowed.unit.chinese}",
            )
        if allowed.unit is rule.unit:
            current = count_rule(
                rule=rule,
                start=start,
                length=(rule.length or 0) + added,
                paused=paused,
                calendar=calendar,
                agreed=agreed,
            )
        else:
            current = _continue(
                current, unit=allowed.unit, length=extension.length, paused=paused, calendar=calendar
            )
    if allowed.total and current.end is not None:
        ceiling = _count_unit(
            unit=allowed.unit, start=start, length=allowed.max, paused=paused, calendar=calendar, rolls=False
        ).end
        if ceiling is not None and current.end > ceiling:
            raise ExtensionNotAllowed(
                "over_maximum",
                f"“{rule.name}”连同延期最长 {allowed.max}{allowed.unit.chinese}，最晚 {ceiling}，现为 {current.end}",
            )
    return _mark(current, after=bare.end)


def _check_notice(extension: Extend, *, start: date, limit: date | None, agreed: Conventions) -> None:
    if extension.length < 1:
        raise ExtensionNotAllowed("no_length", f"延期的长度应至少为 1，现为 {extension.length}")
    if extension.notified_date < start:
        raise ExtensionNotAllowed("before_start", f"延期告知日 {extension.notified_date} 早于起算日 {start}")
    if agreed.extension_notice_by_limit and limit is not None and extension.notified_date > limit:
        raise ExtensionNotAllowed(
            "after_limit", f"延期告知日 {extension.notified_date} 晚于原期限届满日 {limit}，延期不成立"
        )


def _continue(
    count: Count, *, unit: Unit, length: int, paused: Sequence[Span], calendar: WorkCalendar
) -> Count:
    if count.end is None:
        return count
    more = _count_unit(
        unit=unit, start=count.end, length=length, paused=paused, calendar=calendar, rolls=False
    )
    offset = max((line.number or 0 for line in count.trace), default=0)
    lines = tuple(replace(line, number=line.number + offset) if line.number else line for line in more.trace)
    return Count(more.end, count.trace + lines, count.provisional or more.provisional)


def _mark(count: Count, *, after: date | None) -> Count:
    if after is None:
        return count
    marked = tuple(
        TraceDay(line.date, True, line.number, f"{line.why}（延长期）")
        if line.counted and line.date > after
        else line
        for line in count.trace
    )
    return Count(count.end, marked, count.provisional)
