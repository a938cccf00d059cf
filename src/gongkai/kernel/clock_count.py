"""Counting time, one unit at a time, with the trace that shows every day (逐日计算).

Pure: dates, lengths, paused spans and a calendar in; the end date and its trace out. What the law says about them is decided in
`clocks.py`.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gongkai.kernel.calendar import CalendarUnknown, WorkCalendar

ONE_DAY = timedelta(days=1)
PAUSED = "中止期间，不计入"
PAUSE_OPEN = "中止尚未结束，期限暂停计算"


@dataclass(frozen=True, slots=True)
class TraceDay:
    """One line of a deadline's reasoning (逐日理由). `number` runs 1..n over the counted days, months or years."""

    date: date
    counted: bool
    number: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Span:
    """A run of paused days, both ends included; `last` is None while the pause is open."""

    first: date
    last: date | None

    def holds(self, d: date) -> bool:
        """Tell whether the day lies in the span."""
        return self.first <= d and (self.last is None or d <= self.last)


@dataclass(frozen=True, slots=True)
class Count:
    """The outcome of one count: `end` is None when an open pause stops it."""

    end: date | None
    trace: tuple[TraceDay, ...]
    provisional: bool = False


def merge(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Join overlapping or touching spans, so that no day is left out twice (合并重叠的中止)."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: span.first):
        previous = merged[-1] if merged else None
        if previous is None or (previous.last is not None and span.first > previous.last + ONE_DAY):
            merged.append(span)
        elif previous.last is not None and (span.last is None or span.last > previous.last):
            merged[-1] = Span(previous.first, span.last)
    return tuple(merged)


def count_working_days(*, start: date, length: int, paused: Sequence[Span], calendar: WorkCalendar) -> Count:
    """Count `length` working days after `start`; 0 means that day itself, or the next working day (工作日).

    Raises CalendarUnknown when `start` itself lies before the calendar, though the start day is never counted.
    """
    calendar.day(start)
    return _count_days(start=start, length=length, paused=paused, calendar=calendar, working_only=True)


def count_calendar_days(*, start: date, length: int, paused: Sequence[Span], calendar: WorkCalendar) -> Count:
    """Count `length` calendar days after `start`, without rolling the last one (自然日)."""
    return _count_days(start=start, length=length, paused=paused, calendar=calendar, working_only=False)


def count_months(
    *, start: date, length: int, paused: Sequence[Span], unit_months: int, unit_word: str
) -> Count:
    """Count months or years to the corresponding day, the month's end where there is none (按月、年计算).

    Paused calendar days are added day for day behind the corresponding day.
    """
    trace: list[TraceDay] = []
    for number in range(1, length + 1):
        trace.append(
            TraceDay(add_months(start, number * unit_months), True, number, f"第{number}{unit_word}届满")
        )
    end = trace[-1].date if trace else start
    owed = _paused_days(start, end, paused)
    while owed is not None and owed > 0:
        end = _next(end)
        if any(span.holds(end) for span in paused):
            if _is_open(end, paused):
                owed = None
                break
            trace.append(TraceDay(end, False, None, PAUSED))
        else:
            owed -= 1
            trace.append(TraceDay(end, False, None, "补足中止的日数"))
    if owed is None:
        first = next(span.first for span in paused if span.last is None)
        shown = [line for line in trace if line.date < first]
        return Count(None, (*shown, TraceDay(first, False, None, PAUSE_OPEN)))
    return Count(end, tuple(trace))


def count_quarters(*, start: date, length: int) -> Count:
    """Count natural quarters; the one that holds the day after `start` is the first (按季度)."""
    first = _next(start)
    trace = []
    for number in range(1, length + 1):
        anchor = add_months(date(first.year, first.month - (first.month - 1) % 3, 1), number * 3)
        end = anchor - ONE_DAY
        trace.append(TraceDay(end, True, number, f"{end.year}年第{end.month // 3}季度最后一日"))
    return Count(trace[-1].date if trace else start, tuple(trace))


def count_back(*, event: date, length: int, unit_months: int, working: bool, calendar: WorkCalendar) -> Count:
    """Count back from an event to the last day that still leaves `length` clear units before it (倒计).

    `unit_months` is 0 for days. The event's own day is never counted.
    """
    if unit_months:
        end = add_months(event, -length * unit_months)
        return Count(end, (TraceDay(end, True, length, f"向前推{length * unit_months}个月的对应日"),))
    trace: list[TraceDay] = []
    day, number, provisional = event, 0, False
    while number < length:
        day -= ONE_DAY
        if working:
            known = calendar.day(day)
            provisional = provisional or known.is_provisional
            number += known.is_working
            trace.append(TraceDay(day, known.is_working, number if known.is_working else None, known.why))
        else:
            number += 1
            trace.append(TraceDay(day, True, number, "自然日（倒计）"))
    return Count(day, tuple(trace), provisional)


def roll_forward(count: Count, *, calendar: WorkCalendar) -> Count:
    """Move a last day that is not a working day to the next one, and say so in the trace (末日顺延)."""
    if count.end is None:
        return count
    trace, day, provisional = list(count.trace), count.end, count.provisional
    known = calendar.day(day)
    if known.is_working:
        return Count(day, count.trace, provisional or known.is_provisional)
    while not known.is_working:
        provisional = provisional or known.is_provisional
        if day == count.end and trace and trace[-1].date == day:
            trace[-1] = TraceDay(
                day, trace[-1].counted, trace[-1].number, f"{trace[-1].why}；末日为{known.why}，顺延"
            )
        else:
            trace.append(TraceDay(day, False, None, f"{known.why}，顺延"))
        day = _next(day)
        known = calendar.day(day)
    trace.append(TraceDay(day, False, None, f"顺延至{known.why}"))
    return Count(day, tuple(trace), provisional or known.is_provisional)


def add_months(d: date, count: int) -> date:
    """Return the corresponding day `count` months on, or the month's last day where there is none (对应日)."""
    index = d.year * 12 + d.month - 1 + count
    year, month = index // 12, index % 12 + 1
    if not 1 <= year <= 9999:
        raise CalendarUnknown("推算结果超出日历可表示的范围")
    return date(year, month, min(d.day, months.monthrange(year, month)[1]))


def _count_days(
    *, start: date, length: int, paused: Sequence[Span], calendar: WorkCalendar, working_only: bool
) -> Count:
    if length == 0:
        return (
            _same_day(start, calendar)
            if working_only
            else Count(start, (TraceDay(start, False, None, "当日"),))
        )
    trace: list[TraceDay] = []
    number, provisional, day = 0, False, start
    spans = list(paused)
    while True:
        day = _next(day)
        while spans and spans[0].last is not None and spans[0].last < day:
            spans.pop(0)
        if spans and spans[0].holds(day):
            if spans[0].last is None:
                trace.append(TraceDay(day, False, None, PAUSE_OPEN))
                return Count(None, tuple(trace), provisional)
            trace.append(TraceDay(day, False, None, _paused_why(day, calendar, working_only)))
            continue
        if working_only:
            known = calendar.day(day)
            provisional = provisional or known.is_provisional
            if not known.is_working:
                trace.append(TraceDay(day, False, None, known.why))
                continue
            number += 1
            trace.append(TraceDay(day, True, number, known.why))
        else:
            number += 1
            trace.append(TraceDay(day, True, number, "自然日"))
        if number == length:
            return Count(day, tuple(trace), provisional)


def _same_day(start: date, calendar: WorkCalendar) -> Count:
    known = calendar.day(start)
    if known.is_working:
        return Count(start, (TraceDay(start, False, None, f"当日（{known.why}）办理"),), known.is_provisional)
    rolled = roll_forward(Count(start, (TraceDay(start, False, None, "当日"),)), calendar=calendar)
    return Count(rolled.end, rolled.trace, rolled.provisional)


def _paused_why(day: date, calendar: WorkCalendar, working_only: bool) -> str:
    if not working_only:
        return PAUSED
    known = calendar.day(day)
    return PAUSED if known.is_working else f"{known.why}（中止期间）"


def _paused_days(start: date, end: date, paused: Sequence[Span]) -> int | None:
    if any(span.last is None and span.first <= end for span in paused):
        return None
    total = 0
    for span in paused:
        first, last = max(span.first, start + ONE_DAY), min(span.last or end, end)
        total += max(0, (last - first).days + 1)
    return total


def _is_open(day: date, paused: Sequence[Span]) -> bool:
    return any(span.last is None and span.first <= day for span in paused)


def _next(day: date) -> date:
    try:
        return day + ONE_DAY
    except OverflowError as error:
        raise CalendarUnknown("推算结果超出日历可表示的范围（公元 9999 年）") from error
