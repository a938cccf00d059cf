from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest
from chinese_calendar import constants
from hypothesis import given
from hypothesis import strategies as st

from gongkai.kernel import calendar as calendar_module
from gongkai.kernel.calendar import CalendarUnknown, DayOverride, HolidayNotice, WorkCalendar, load_calendar
from gongkai.kernel.regulations import regulations_dir

CALENDAR = load_calendar()
ONE_DAY = timedelta(days=1)
KNOWN_DAYS = st.dates(date(2004, 1, 1), date(2026, 12, 31))


def test_years_with_notices_are_exactly_those_of_the_seed() -> None:
    assert CALENDAR.years == tuple(range(2004, max(constants.holidays).year + 1))


def test_every_known_day_agrees_with_the_seed_package() -> None:
    current = date(CALENDAR.first_year, 1, 1)
    while current.year <= CALENDAR.years[-1]:
        assert CALENDAR.is_working_day(current) is chinese_calendar.is_workday(current), current
        current += ONE_DAY


def test_every_day_from_2010_agrees_with_a_second_calendar() -> None:
    oracle = holidays.country_holidays("CN", years=range(2010, 2027))
    current = date(2010, 1, 1)
    while current.year <= 2026:
        assert CALENDAR.is_working_day(current) is oracle.is_working_day(current), current
        current += ONE_DAY


@pytest.mark.parametrize(
    ("day", "is_working", "why"),
    [
        (date(2024, 2, 9), True, "工作日"),
        (date(2024, 2, 10), False, "法定节假日（春节）"),
        (date(2024, 2, 18), True, "调休上班（春节）"),
        (date(2024, 2, 25), False, "周末"),
        (date(2015, 9, 3), False, "法定节假日（中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日）"),
        (date(2020, 1, 31), False, "法定节假日（春节）"),
    ],
)
def test_why_names_the_reason(day: date, is_working: bool, why: str) -> None:
    assert (CALENDAR.is_working_day(day), CALENDAR.why(day), CALENDAR.is_provisional(day)) == (
        is_working,
        why,
        False,
    )


def test_year_without_notice_is_provisional_and_says_so() -> None:
    assert CALENDAR.is_provisional(date(2031, 5, 1))
    assert CALENDAR.is_working_day(date(2031, 5, 1))
    assert "暂定" in CALENDAR.why(date(2031, 5, 1))


@pytest.mark.parametrize(
    "ask",
    [CALENDAR.is_working_day, CALENDAR.why, CALENDAR.is_provisional, CALENDAR.next_working_day],
)
def test_day_before_the_first_year_is_refused(ask: object) -> None:
    with pytest.raises(CalendarUnknown, match="2004"):
        ask(date(2003, 12, 31))  # type: ignore[operator]


def test_end_of_time_is_refused() -> None:
    with pytest.raises(CalendarUnknown):
        CALENDAR.nth_working_day_after(date(9999, 12, 30), 5)
    with pytest.raises(ValueError, match="负"):
        CALENDAR.nth_working_day_after(date(2024, 1, 1), -1)


def test_override_wins_in_both_directions_and_leaves_the_shipped_calendar_alone() -> None:
    rows = [
        DayOverride(
            date(2025, 3, 31), False, "地方通知第1号", date(2025, 3, 1), name="三月三", scope="province:广西"
        ),
        DayOverride(date(2025, 3, 29), True, "地方通知第1号", date(2025, 3, 1)),
    ]
    local = load_calendar(rows)
    assert local.why(date(2025, 3, 31)) == "地方放假（三月三）"
    assert local.why(date(2025, 3, 29)) == "调休上班（地方通知第1号）"
    assert CALENDAR.is_working_day(date(2025, 3, 31))
    assert not CALENDAR.is_working_day(date(2025, 3, 29))


def test_loading_next_years_notice_ends_the_provisional_state() -> None:
    row = DayOverride(date(2031, 5, 1), False, "测试通知", name="劳动节")
    loaded = load_calendar([row], [HolidayNotice(2031, "测试通知", days_from="overlay")])
    assert not loaded.is_provisional(date(2031, 6, 2))
    assert loaded.why(date(2031, 5, 1)) == "法定节假日（劳动节）"
    assert loaded.is_provisional(date(2032, 6, 2))


def test_overlay_file_applies_local_rows_only_where_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "calendars"
    folder.mkdir()
    (folder / "notices.yaml").write_text(
        "notices: [{year: 2025, title: 通知, basis: [办法]}, {year: 2024, title: 通知, days_from: overlay, basis: [办法]}]"
    )
    (folder / "overlay.yaml").write_text(
        "days:\n"
        "- {date: 2024-10-01, is_working: false, notice: 通知, name: 国庆节, basis: [办法]}\n"
        "- {date: 2025-03-31, is_working: false, notice: 地方通知, scope: 'province:广西', basis: [地方办法]}\n"
    )
    monkeypatch.setenv("GONGKAI_REGULATIONS", str(tmp_path))
    caches = (calendar_module._shipped, regulations_dir)
    for cache in caches:
        cache.cache_clear()
    try:
        plain, chosen = load_calendar(), load_calendar(places=["province:广西"])
        assert plain.years == (2024, 2025)
        assert plain.is_working_day(date(2024, 2, 12)), "2024 takes its days from the overlay only"
        assert not plain.is_working_day(date(2024, 10, 1))
        assert not plain.is_working_day(date(2025, 10, 1))
        assert plain.is_working_day(date(2025, 3, 31))
        assert not chosen.is_working_day(date(2025, 3, 31))
        with pytest.raises(CalendarUnknown):
            plain.is_working_day(date(2023, 1, 1))
    finally:
        for cache in caches:
            cache.cache_clear()


def test_calendar_without_any_notice_is_refused() -> None:
    with pytest.raises(CalendarUnknown):
        WorkCalendar(exceptions={}, notices=[])


@given(KNOWN_DAYS, st.integers(1, 60))
def test_nth_working_day_after_is_the_inverse_of_counting(start: date, n: int) -> None:
    end = CALENDAR.nth_working_day_after(start, n)
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.working_days_between(start, end) == n
    assert CALENDAR.working_days_between(start, end - ONE_DAY) == n - 1


@given(KNOWN_DAYS)
def test_next_and_previous_working_day_enclose_the_day(day: date) -> None:
    after = CALENDAR.next_working_day(day)
    assert after >= day
    assert CALENDAR.working_days_between(day - ONE_DAY, after) == 1
    if day >= date(2004, 1, 10):
        before = CALENDAR.previous_working_day(day)
        assert before <= day
        assert (before == day) is (after == day)


@given(KNOWN_DAYS, KNOWN_DAYS, KNOWN_DAYS)
def test_working_days_add_up(a: date, b: date, c: date) -> None:
    a, b, c = sorted((a, b, c))
    c = min(c, a + timedelta(days=900))
    b = min(b, c)
    between = CALENDAR.working_days_between
    assert between(a, c) == between(a, b) + between(b, c)
    assert between(c, a) == 0 or a == c
