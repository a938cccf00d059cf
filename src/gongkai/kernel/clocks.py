"""Statutory time limits (法定时限): pure functions of a rule, the events of a case and a calendar.

Nothing here is stored or looks at the wall clock: a deadline is recomputed from facts whenever it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from gongkai.kernel.calendar import WorkCalendar
from gongkai.kernel.clock_count import (
    Count,
    Span,
    TraceDay,
    count_back,
    count_calendar_days,
    count_months,
    count_quarters,
    count_working_days,
    merge,
    roll_forward,
)
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


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that does not count (中止), such as asking a third party. `end` is None while it lasts."""

    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Restart:
    """The limit begins anew in full from this day (重新起算), such as the day the corrected request arrived."""

    date: date


@dataclass(frozen=True, slots=True)
class Extend:
    """An extension (延期): `length` more units of the rule's extension, told to the applicant on `notified_date`."""

    notified_date: date
    length: int


Event = Pause | Restart | Extend


class EventNotAllowed(ValueError):
    """An event does not fit the limit it is applied to."""


class ExtensionNotAllowed(EventNotAllowed):
    """The rule does not allow this extension: too long, too often, too late, or not at all. `code` says which."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)

    def __reduce__(self) -> tuple[type[ExtensionNotAllowed], tuple[str, str]]:
        return type(self), (self.code, str(self))


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time limit worked out (期限): the last day, why it is that day, and how sure that is.

    `start` is the day the count runs from (the last restart, if any). `due_date` is None while a pause is open.
    `first_due_date` is the last day without extensions. `due_at` is set for limits of hours, minutes or seconds only.
    `provisional` means that the count reached a year without a loaded holiday notice.
    """

    rule_id: str
    rule_version: str
    start: date
    due_date: date | None
    provisional: bool
    basis: tuple[str, ...]
    trace: tuple[TraceDay, ...]
    extended: bool
    unit: Unit
    first_due_date: date | None = None
    due_at: datetime | None = None
    warnings: tuple[str, ...] = ()


class Light(StrEnum):
    """How a running limit stands today (红黄灯)."""

    LATE = "late"
    NEAR = "near"
    FINE = "fine"
    PAUSED = "paused"


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
    warnings: list[str] = []
    moment = start if isinstance(start, datetime) else None
    begun = moment.date() if moment else start
    pauses, restarts, extensions = _sort_events(events, begun)
    if (
        rule.unit.is_moment
        or rule.unit is Unit.DATE
        or rule.kind in (ClockKind.LEAD_TIME, ClockKind.BEFORE_EVENT)
    ):
        return _due_without_pauses(
            rule=rule, start=start, pauses=pauses, restarts=restarts, extensions=extensions, calendar=calendar
        )
    if restarts:
        begun = max(restarts)
        void = [extension for extension in extensions if extension.notified_date < begun]
        extensions = [extension for extension in extensions if extension.notified_date >= begun]
        if void:
            warnings.append("重新起算之前的延期随旧期限一并失效，未计入")
    if pauses and not rule.suspended_by:
        warnings.append("该规则没有列出可以中止的情形，请核对中止的依据")
    paused = merge([span for pause in pauses if (span := _span(pause, agreed)) is not None])
    bare = _count(
        rule=rule, start=begun, length=rule.length or 0, paused=paused, calendar=calendar, agreed=agreed
    )
    full = _extended(
        rule=rule,
        start=begun,
        bare=bare,
        extensions=extensions,
        paused=paused,
        calendar=calendar,
        agreed=agreed,
    )
    return Deadline(
        rule_id=rule.id,
        rule_version=rule.version,
        start=begun,
        due_date=full.end,
        provisional=full.provisional,
        basis=rule.basis,
        trace=full.trace,
        extended=bool(extensions),
        unit=rule.unit,
        first_due_date=bare.end,
        warnings=tuple(warnings),
    )


def light(deadline: Deadline, today: date, near_days: int = 5) -> Light:
    """Say how the limit stands (亮灯): late after the last day, near within `near_days` units of it, else fine; or paused.

    The unit is the one the limit is counted in: working days for a working-day limit. Computed when shown, never stored.
    """
    if deadline.due_date is None:
        return Light.PAUSED
    if today > deadline.due_date:
        return Light.LATE
    left = units_left(deadline, today)
    return Light.NEAR if left is not None and left <= near_days else Light.FINE


def units_left(deadline: Deadline, today: date) -> int | None:
    """Count what is left after today (剩余天数): working days for working-day limits, else calendar days; None while paused.

    Negative when late, in calendar days.
    """
    if deadline.due_date is None:
        return None
    if deadline.unit is Unit.WORKING_DAY and today <= deadline.due_date:
        return sum(1 for line in deadline.trace if line.counted and today < line.date)
    return (deadline.due_date - today).days


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


def _count(
    *,
    rule: ClockRule,
    start: date,
    length: int,
    paused: Sequence[Span],
    calendar: WorkCalendar,
    agreed: Conventions,
) -> Count:
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


def _extended(
    *,
    rule: ClockRule,
    start: date,
    bare: Count,
    extensions: Sequence[Extend],
    paused: Sequence[Span],
    calendar: WorkCalendar,
    agreed: Conventions,
) -> Count:
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
        if not allowed.total and added > allowed.max:
            raise ExtensionNotAllowed(
                "over_maximum",
                f"“{rule.name}”延期最长 {allowed.max}{allowed.unit.chinese}，现为 {added}{allowed.unit.chinese}",
            )
        if allowed.unit is rule.unit:
            current = _count(
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
        replace(line, why=f"{line.why}（延长期）") if line.counted and line.date > after else line
        for line in count.trace
    )
    return Count(count.end, marked, count.provisional)


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
    return Deadline(
        rule_id=rule.id,
        rule_version=rule.version,
        start=day,
        due_date=counted.end,
        provisional=counted.provisional,
        basis=rule.basis,
        trace=counted.trace,
        extended=False,
        unit=rule.unit,
        first_due_date=counted.end,
        due_at=due_at,
        warnings=warnings,
    )


def _fixed_date(rule: ClockRule, start: date) -> Count:
    month, day = (int(part) for part in (rule.date_mm_dd or "").split("-"))
    end = date(start.year, month, day)
    if end <= start:
        end = date(start.year + 1, month, day)
    return Count(end, (TraceDay(end, True, 1, f"固定日期：{rule.length_text}，不顺延"),))
