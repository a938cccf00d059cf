"""Units, kinds and refusals, one by one."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.kernel.calendar import CalendarUnknown, DayOverride, load_calendar
from gongkai.kernel.clock_count import Span, add_months, merge
from gongkai.kernel.clocks import (
    Deadline,
    Event,
    EventNotAllowed,
    Extend,
    Extension,
    ExtensionNotAllowed,
    Light,
    Pause,
    Restart,
    Unit,
    clock,
    due,
    light,
    load_conventions,
    units_left,
)

CALENDAR = load_calendar()


def work_out(rule_id: str, start: date, *events: Event) -> Deadline:
    return due(rule=clock(rule_id), start=start, events=events, calendar=CALENDAR)


@pytest.mark.parametrize(
    ("rule_id", "start", "expected"),
    [
        ("ogi.receipt_confirm", date(2024, 5, 6), date(2024, 5, 6)),
        ("ogi.receipt_confirm", date(2024, 5, 4), date(2024, 5, 6)),
        ("permit.hearing_notice", date(2024, 10, 10), date(2024, 9, 25)),
        ("decision.hearing_material", date(2024, 10, 10), date(2024, 10, 3)),
        ("normdoc.evaluate_before_expiry", date(2024, 8, 31), date(2024, 2, 29)),
        ("permit.renewal_decision", date(2024, 5, 1), date(2024, 4, 30)),
        ("normdoc.validity", date(2020, 2, 29), date(2025, 2, 28)),
        ("press.quarterly", date(2024, 3, 31), date(2024, 6, 30)),
        ("press.quarterly", date(2024, 4, 10), date(2024, 6, 30)),
        ("press.quarterly", date(2024, 12, 31), date(2025, 3, 31)),
        ("super.evidence_local", date(2024, 12, 10), date(2025, 12, 10)),
        ("super.evidence_local", date(2024, 12, 9), date(2024, 12, 10)),
        ("site.home_update", date(2024, 9, 20), date(2024, 10, 4)),
        ("decision.comment", date(2024, 9, 3), date(2024, 10, 8)),
    ],
)
def test_due_date_of_each_kind(rule_id: str, start: date, expected: date) -> None:
    assert work_out(rule_id, start).due_date == expected


def test_hours_run_from_the_moment_through_the_weekend() -> None:
    found = work_out("opinion.response_other", datetime.fromisoformat("2024-10-04T17:30"))
    assert found.due_at == datetime.fromisoformat("2024-10-06T17:30")
    assert found.due_date == date(2024, 10, 6)
    assert found.warnings == ()


def test_hours_from_a_bare_date_start_at_midnight_and_say_so() -> None:
    found = work_out("opinion.first_info", date(2024, 10, 4))
    assert found.due_at == datetime.fromisoformat("2024-10-04T05:00")
    assert found.warnings


def test_rolled_day_is_explained() -> None:
    found = work_out("review.apply", date(2024, 8, 2))
    assert [line.date for line in found.trace if line.number == 60] == [date(2024, 10, 1)]
    assert found.trace[-1].why == "顺延至工作日"
    assert "国庆节" in found.trace[-2].why


def test_rolling_into_a_year_without_notice_is_provisional() -> None:
    assert work_out("review.apply", date(2027, 5, 1)).provisional
    assert not work_out("normdoc.validity", date(2026, 5, 1)).provisional


def test_day_before_the_calendar_is_refused() -> None:
    with pytest.raises(CalendarUnknown):
        work_out("ogi.reply", date(2003, 12, 30))


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ([Extend(date(2024, 3, 5), 0)], "no_length"),
        ([Extend(date(2024, 3, 5), 21)], "over_maximum"),
        ([Extend(date(2024, 2, 29), 5)], "before_start"),
        ([Extend(date(2024, 3, 30), 5)], "after_limit"),
        ([Extend(date(2024, 3, 5), 5), Extend(date(2024, 3, 6), 5)], "too_many"),
    ],
)
def test_extension_is_refused_with_a_code(events: list[Event], code: str) -> None:
    with pytest.raises(ExtensionNotAllowed) as refused:
        work_out("ogi.reply", date(2024, 3, 1), *events)
    assert refused.value.code == code
    assert pickle.loads(pickle.dumps(refused.value)).code == code


@pytest.mark.parametrize("rule_id", ["ogi.publish", "opinion.first_info", "ogi.annual_report_department"])
def test_rule_without_extension_cannot_be_extended(rule_id: str) -> None:
    with pytest.raises(ExtensionNotAllowed) as refused:
        work_out(rule_id, date(2024, 3, 1), Extend(date(2024, 3, 1), 1))
    assert refused.value.code == "not_extendable"


def test_second_extension_needs_notice_by_the_first_extended_limit() -> None:
    rule = replace(clock("ogi.reply"), extension=Extension(20, Unit.WORKING_DAY, 2, None, None, False))
    once = due(rule=rule, start=date(2024, 3, 1), events=[Extend(date(2024, 3, 5), 5)], calendar=CALENDAR)
    assert once.due_date is not None
    twice = [Extend(date(2024, 3, 5), 5), Extend(once.due_date, 5)]
    assert due(rule=rule, start=date(2024, 3, 1), events=twice, calendar=CALENDAR).due_date == (
        CALENDAR.nth_working_day_after(date(2024, 3, 1), 30)
    )
    late = [Extend(date(2024, 3, 5), 5), Extend(once.due_date + timedelta(days=1), 5)]
    with pytest.raises(ExtensionNotAllowed):
        due(rule=rule, start=date(2024, 3, 1), events=late, calendar=CALENDAR)


def test_total_ceiling_in_another_unit_bounds_the_whole() -> None:
    assert clock("letter.reply_old_local").extension is not None
    start = date(2024, 3, 1)
    found = work_out("letter.reply_old_local", start, Extend(start, 10))
    assert found.first_due_date == date(2024, 3, 6)
    assert found.due_date == date(2024, 3, 16)
    assert [line.number for line in found.trace if line.counted] == list(range(1, 14))
    with pytest.raises(ExtensionNotAllowed) as refused:
        work_out("letter.reply_old_local", start, Extend(start, 11))
    assert refused.value.code == "over_maximum"


def test_restart_voids_earlier_extensions_and_says_so() -> None:
    found = work_out("ogi.reply", date(2024, 3, 1), Extend(date(2024, 3, 5), 20), Restart(date(2024, 3, 11)))
    assert found.due_date == work_out("ogi.reply", date(2024, 3, 11)).due_date
    assert not found.extended
    assert found.warnings


@pytest.mark.parametrize(
    "event",
    [Pause(date(2024, 3, 5), date(2024, 3, 4)), Restart(date(2024, 2, 28))],
    ids=["backward-pause", "early-restart"],
)
def test_impossible_event_is_refused(event: Event) -> None:
    with pytest.raises(EventNotAllowed):
        work_out("ogi.reply", date(2024, 3, 1), event)


@pytest.mark.parametrize(
    "rule_id", ["permit.hearing_notice", "opinion.first_info", "super.evidence_local", "press.quarterly"]
)
def test_limits_that_cannot_pause_refuse_a_pause(rule_id: str) -> None:
    with pytest.raises(EventNotAllowed):
        work_out(rule_id, date(2024, 3, 1), Pause(date(2024, 3, 4), date(2024, 3, 6)))


def test_pause_on_a_rule_without_grounds_is_counted_and_flagged() -> None:
    found = work_out("ogi.publish", date(2024, 3, 1), Pause(date(2024, 3, 4), date(2024, 3, 6)))
    assert found.due_date == CALENDAR.nth_working_day_after(date(2024, 3, 1), 22)
    assert "核对中止的依据" in found.warnings[0]


def test_pause_convention_is_data() -> None:
    closed = replace(load_conventions(), pause_first_day_counts=False)
    pause = [Pause(date(2024, 3, 4), date(2024, 3, 6))]
    found = due(
        rule=clock("ogi.reply"), start=date(2024, 3, 1), events=pause, calendar=CALENDAR, conventions=closed
    )
    assert found.due_date == CALENDAR.nth_working_day_after(date(2024, 3, 1), 23)


def test_month_limit_adds_paused_calendar_days() -> None:
    found = work_out("proposal.reply", date(2024, 1, 10), Pause(date(2024, 2, 1), date(2024, 2, 11)))
    assert found.trace[2].date == date(2024, 4, 10)
    assert found.due_date == date(2024, 4, 22), "20 April is a Saturday"
    assert work_out("proposal.reply", date(2024, 1, 10), Pause(date(2024, 2, 1))).due_date is None


def test_light_counts_working_days_and_never_looks_at_the_clock() -> None:
    found = work_out("ogi.reply", date(2024, 9, 10))  # due 14 October, holidays between
    assert found.due_date == date(2024, 10, 14)
    assert light(found, date(2024, 9, 29)) is Light.FINE
    assert units_left(found, date(2024, 9, 30)) == 6
    assert light(found, date(2024, 10, 8)) is Light.NEAR
    assert light(found, date(2024, 10, 14)) is Light.NEAR
    assert light(found, date(2024, 10, 15)) is Light.LATE
    assert units_left(found, date(2024, 10, 16)) == -2
    assert light(found, date(2024, 10, 8), near_days=2) is Light.FINE
    paused = work_out("ogi.reply", date(2024, 9, 10), Pause(date(2024, 9, 12)))
    assert light(paused, date(2030, 1, 1)) is Light.PAUSED
    assert units_left(paused, date(2024, 9, 13)) is None


def test_local_holiday_moves_an_open_case() -> None:
    local = load_calendar([DayOverride(date(2024, 3, 15), False, "地方通知", scope="city:某市")])
    found = due(rule=clock("ogi.reply"), start=date(2024, 3, 1), calendar=local)
    assert found.due_date == CALENDAR.nth_working_day_after(date(2024, 3, 1), 21)
    (line,) = (line for line in found.trace if line.date == date(2024, 3, 15))
    assert line.why == "地方放假（地方通知）"


SPANS = st.builds(
    lambda first, days: Span(first, first + timedelta(days=days)),
    st.dates(date(2024, 1, 1), date(2024, 3, 1)),
    st.integers(0, 20),
)


@given(st.lists(SPANS, max_size=6))
def test_merged_spans_hold_the_same_days_and_do_not_touch(spans: list[Span]) -> None:
    merged = merge(spans)
    days = [date(2023, 12, 31) + timedelta(days=n) for n in range(120)]
    assert [any(s.holds(d) for s in spans) for d in days] == [any(s.holds(d) for s in merged) for d in days]
    for one, two in pairwise(merged):
        assert one.last is not None
        assert two.first > one.last + timedelta(days=1)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(-240, 240))
def test_corresponding_day_is_in_the_right_month(start: date, count: int) -> None:
    end = add_months(start, count)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == count
    assert end.day == start.day or (end + timedelta(days=1)).day == 1
