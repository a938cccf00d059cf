from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.kernel.findings import Finding, Severity
from gongkai.kernel.periods import (
    Period,
    following,
    half_year,
    half_year_of,
    month,
    month_of,
    quarter,
    quarter_of,
    year,
)

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@given(DAYS)
def test_the_period_of_a_day_holds_it(day: date) -> None:
    for period in (month_of(day), quarter_of(day), half_year_of(day), year(day.year)):
        assert day in period
        assert period.start - timedelta(days=1) not in period
        assert following(period).start == period.end + timedelta(days=1)
        assert type(following(period)) is Period


@given(st.integers(1990, 2090))
def test_parts_of_a_year_tile_it(number: int) -> None:
    for parts in (
        [half_year(number, n) for n in (1, 2)],
        [quarter(number, n) for n in (1, 2, 3, 4)],
        [month(number, n) for n in range(1, 13)],
    ):
        assert (parts[0].start, parts[-1].end) == (year(number).start, year(number).end)
        assert all(two.start - one.end == timedelta(days=1) for one, two in pairwise(parts))
        assert sum(part.days for part in parts) == year(number).days


def test_names_read_as_chinese() -> None:
    assert [quarter(2024, 3).name, half_year(2024, 1).name, month(2024, 2).name] == [
        "2024年第三季度",
        "2024年上半年",
        "2024年2月",
    ]
    assert month(2024, 2).end == date(2024, 2, 29)


def test_impossible_periods_are_refused() -> None:
    for make, bad in ((half_year, 3), (quarter, 0), (month, 13)):
        with pytest.raises(ValueError, match="只有"):
            make(2024, bad)
    with pytest.raises(ValueError, match="早于"):
        Period(date(2024, 2, 1), date(2024, 1, 1), "倒置")
    with pytest.raises(ValueError, match="没有下一期间"):
        following(Period(date(2024, 1, 2), date(2024, 1, 5), "零散"))


def test_severities_rank_from_grave_to_mild() -> None:
    assert [
        severity.rank for severity in (Severity.BLOCK, Severity.REVIEW, Severity.WARN, Severity.INFO)
    ] == [0, 1, 2, 3]


@pytest.mark.parametrize("severity", list(Severity))
def test_only_block_blocks(severity: Severity) -> None:
    finding = Finding("d", "1", "text", (0, 1), "x", severity, 0.9, "改", "某法")
    assert finding.is_blocking is (severity is Severity.BLOCK)
