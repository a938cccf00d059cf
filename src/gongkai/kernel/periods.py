"""Calendar periods that plans and reports speak of: year, half-year, quarter, month (年、半年、季度、月)."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A run of days, both ends included, with its Chinese name (期间)."""

    start: date
    end: date
    name: str

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"期间的结束日 {self.end} 早于开始日 {self.start}")

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    @property
    def days(self) -> int:
        """Return the number of days in the period."""
        return (self.end - self.start).days + 1


def year(number: int) -> Period:
    """Return a calendar year (年度)."""
    return Period(date(number, 1, 1), date(number, 12, 31), f"{number}年")


def half_year(number: int, half: int) -> Period:
    """Return the first (1) or second (2) half of a year (上半年、下半年)."""
    if half not in (1, 2):
        raise ValueError(f"半年只有 1（上半年）和 2（下半年），现为 {half}")
    return _months(number, 6 * half - 5, 6 * half, f"{number}年{'上' if half == 1 else '下'}半年")


def quarter(number: int, which: int) -> Period:
    """Return one quarter of a year, 1 to 4 (季度)."""
    if not 1 <= which <= 4:
        raise ValueError(f"季度只有 1 至 4，现为 {which}")
    return _months(number, 3 * which - 2, 3 * which, f"{number}年第{'一二三四'[which - 1]}季度")


def month(number: int, which: int) -> Period:
    """Return one month of a year, 1 to 12 (月)."""
    if not 1 <= which <= 12:
        raise ValueError(f"月份只有 1 至 12，现为 {which}")
    return _months(number, which, which, f"{number}年{which}月")


def quarter_of(day: date) -> Period:
    """Return the quarter that holds the day."""
    return quarter(day.year, (day.month + 2) // 3)


def half_year_of(day: date) -> Period:
    """Return the half-year that holds the day."""
    return half_year(day.year, 1 if day.month <= 6 else 2)


def month_of(day: date) -> Period:
    """Return the month that holds the day."""
    return month(day.year, day.month)


def following(period: Period) -> Period:
    """Return the next period of the same length class (下一期间): after a quarter the next quarter, and so on."""
    first = period.end + timedelta(days=1)
    for make in (month_of, quarter_of, half_year_of):
        if make(period.start) == period:
            return make(first)
    if period == year(period.start.year):
        return year(first.year)
    raise ValueError(f"“{period.name}”不是年、半年、季度或月，没有下一期间")


def _months(number: int, first: int, last: int, name: str) -> Period:
    return Period(date(number, first, 1), date(number, last, calendar.monthrange(number, last)[1]), name)
