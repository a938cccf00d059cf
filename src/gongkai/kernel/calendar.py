"""Working days of the People's Republic of China (工作日历).

The seed is the chinesecalendar package; on top lies an overlay of rows (corrections, local holidays, new notices) that an
office edits without touching code. A year without a loaded State Council notice falls back on Monday to Friday and is marked
provisional; a year before the first known one is refused.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar
from chinese_calendar import constants as seed

from gongkai.kernel.rules import Confidence, in_scope, load_rules

ONE_DAY = timedelta(days=1)
_PROVISIONAL_MARK = "（暂定：尚无该年放假通知）"
_SEED_NAMES = {holiday.value: str(holiday.chinese) for holiday in chinese_calendar.Holiday}


class CalendarUnknown(LookupError):
    """The date lies before the first year whose holiday notice is known, or beyond what a calendar can hold."""


@dataclass(frozen=True, slots=True)
class DayOverride:
    """One row of the overlay (日历调整): this day is, or is not, a working day; `notice` says by whose word."""

    date: datetime.date
    is_working: bool
    notice: str
    learned_on: datetime.date | None = None
    name: str = ""
    scope: str = "national"
    basis: tuple[str, ...] = ()
    confidence: Confidence = Confidence.CONFIRMED

    def why(self) -> str:
        """Return the reason as a person reads it."""
        label = self.name or self.notice
        if self.is_working:
            return f"调休上班（{label}）" if self.date.weekday() >= 5 else f"工作日（{label}）"
        return f"法定节假日（{label}）" if self.scope == "national" else f"地方放假（{label}）"


@dataclass(frozen=True, slots=True)
class HolidayNotice:
    """The yearly State Council notice (放假通知) that makes a year's working days certain.

    `days_from` says where its days stand: in the seed package or in the overlay rows.
    """

    year: int
    title: str
    number: str | None = None
    learned_on: date | None = None
    days_from: str = "chinesecalendar"
    basis: tuple[str, ...] = ()
    confidence: Confidence = Confidence.KNOWLEDGE


@dataclass(frozen=True, slots=True)
class Day:
    """What the calendar knows of one date."""

    is_working: bool
    why: str
    is_provisional: bool


class WorkCalendar:
    """Which days count as working days, and why (工作日判定). Immutable; answers are memoised per date."""

    def __init__(
        self, *, exceptions: Mapping[date, tuple[bool, str]], notices: Iterable[HolidayNotice]
    ) -> None:
        self._exceptions = dict(exceptions)
        self.notices: tuple[HolidayNotice, ...] = tuple(sorted(notices, key=lambda notice: notice.year))
        self._years = frozenset(notice.year for notice in self.notices)
        if not self._years:
            raise CalendarUnknown("没有任何一年的放假通知；请检查 regulations/calendars/notices.yaml")
        self.first_year = min(self._years)
        self._memo: dict[date, Day] = {}

    @property
    def years(self) -> tuple[int, ...]:
        """Return the years with a loaded notice, in order."""
        return tuple(sorted(self._years))

    def day(self, d: date) -> Day:
        """Return what is known of a date. Raises CalendarUnknown before the first known year."""
        known = self._memo.get(d)
        return known if known is not None else self._look_up(d)

    def is_working_day(self, d: date) -> bool:
        """Tell whether people are at work that day."""
        return self.day(d).is_working

    def why(self, d: date) -> str:
        """Say in Chinese why the day is, or is not, a working day."""
        return self.day(d).why

    def is_provisional(self, d: date) -> bool:
        """Tell whether the day lies in a year without a loaded holiday notice."""
        return self.day(d).is_provisional

    def next_working_day(self, d: date) -> date:
        """Return the first working day on or after `d`."""
        return next(day for day in self._walk(d, ONE_DAY) if self.is_working_day(day))

    def previous_working_day(self, d: date) -> date:
        """Return the last working day on or before `d`."""
        return next(day for day in self._walk(d, -ONE_DAY) if self.is_working_day(day))

    def nth_working_day_after(self, d: date, n: int) -> date:
        """Return the n-th working day strictly after `d` (n ≥ 1); n = 0 gives the first working day on or after `d`."""
        if n < 0:
            raise ValueError(f"工作日数不能为负：{n}")
        if n == 0:
            return self.next_working_day(d)
        for day in self._walk(d, ONE_DAY):
            if day != d and self.is_working_day(day):
                n -= 1
                if n == 0:
                    return day
        raise AssertionError("unreachable: _walk ends only by raising")

    def working_days_between(self, start: date, end: date) -> int:
        """Count working days d with start < d ≤ end; 0 when `end` is not after `start`."""
        first, last = start.toordinal() + 1, end.toordinal()
        return sum(self.is_working_day(date.fromordinal(n)) for n in range(first, last + 1))

    def with_overrides(
        self, overrides: Iterable[DayOverride], notices: Iterable[HolidayNotice] = ()
    ) -> WorkCalendar:
        """Return a calendar in which later rows win over what was known."""
        exceptions = {**self._exceptions, **{row.date: (row.is_working, row.why()) for row in overrides}}
        by_year = {notice.year: notice for notice in (*self.notices, *notices)}
        return WorkCalendar(exceptions=exceptions, notices=by_year.values())

    def _look_up(self, d: date) -> Day:
        if d.year < self.first_year:
            raise CalendarUnknown(
                f"{d.isoformat()} 早于工作日历的第一年（{self.first_year} 年），无法推算工作日"
            )
        provisional = d.year not in self._years
        if d in self._exceptions:
            is_working, why = self._exceptions[d]
        else:
            is_working = d.weekday() < 5
            why = "工作日" if is_working else "周末"
            if provisional:
                why += _PROVISIONAL_MARK
        day = Day(is_working=is_working, why=why, is_provisional=provisional)
        self._memo[d] = day
        return day

    @staticmethod
    def _walk(d: date, step: timedelta) -> Iterator[date]:
        while True:
            yield d
            try:
                d += step
            except OverflowError as error:
                raise CalendarUnknown("推算结果超出日历可表示的范围（公元 9999 年）") from error


def load_calendar(
    overrides: Iterable[DayOverride] = (),
    notices: Iterable[HolidayNotice] = (),
    places: Collection[str] = (),
) -> WorkCalendar:
    """Return the shipped calendar with the office's own rows on top (加载工作日历).

    `overrides` and `notices` are rows an office entered itself; `places` (such as 「province:广西」) chooses local rows of
    `regulations/calendars/overlay.yaml`, which apply nowhere by default.
    """
    calendar = _shipped(frozenset(places))
    overrides, notices = tuple(overrides), tuple(notices)
    return calendar.with_overrides(overrides, notices) if overrides or notices else calendar


@lru_cache(maxsize=64)
def _shipped(places: frozenset[str]) -> WorkCalendar:
    notices = load_rules("calendars", HolidayNotice, key="notices", only=("notices.yaml",))
    rows = load_rules("calendars", DayOverride, key="days", skip=("notices.yaml",))
    seeded = {notice.year for notice in notices if notice.days_from == "chinesecalendar"}
    exceptions: dict[date, tuple[bool, str]] = {}
    for day, name in seed.holidays.items():
        if day.year in seeded:
            exceptions[day] = (False, f"法定节假日（{_SEED_NAMES[name]}）")
    for day, name in seed.workdays.items():
        if day.year in seeded:
            exceptions[day] = (True, f"调休上班（{_SEED_NAMES[name]}）")
    for row in in_scope(rows, places):
        exceptions[row.date] = (row.is_working, row.why())
    return WorkCalendar(exceptions=exceptions, notices=notices)
