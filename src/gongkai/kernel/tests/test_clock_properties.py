"""What must hold for every limit, whatever the dates."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gongkai.kernel.calendar import DayOverride, load_calendar
from gongkai.kernel.clocks import (
    ClockRule,
    Deadline,
    Event,
    Extend,
    ExtensionNotAllowed,
    Pause,
    Restart,
    clock,
    due,
    load_clocks,
)

CALENDAR = load_calendar()
ONE_DAY = timedelta(days=1)
REPLY = clock("ogi.reply")
STARTS = st.dates(date(2019, 6, 1), date(2026, 6, 30))
DAY_RULES = st.sampled_from(
    [clock(i) for i in ("ogi.reply", "ogi.correction_notice", "permit.decision", "review.decide")]
)


def work_out(
    start: date, *events: Event, rule: ClockRule = REPLY, overrides: list[DayOverride] | None = None
) -> Deadline:
    return due(rule=rule, start=start, events=events, calendar=load_calendar(overrides or []))


def last_day(start: date, *events: Event, rule: ClockRule = REPLY) -> date:
    found = work_out(start, *events, rule=rule).due_date
    assert found is not None
    return found


@st.composite
def pauses_after(draw: st.DrawFn, start: date) -> Pause:
    first = start + timedelta(days=draw(st.integers(0, 25)))
    return Pause(first, first + timedelta(days=draw(st.integers(0, 30))))


@given(STARTS, st.integers(0, 60), DAY_RULES)
def test_adding_a_holiday_never_shortens_a_limit(start: date, offset: int, rule: ClockRule) -> None:
    holiday = DayOverride(start + timedelta(days=offset), False, "临时放假")
    before, after = (
        work_out(start, rule=rule).due_date,
        work_out(start, rule=rule, overrides=[holiday]).due_date,
    )
    assert before is not None
    assert after is not None
    assert after >= before


@given(STARTS, st.integers(0, 60), DAY_RULES)
def test_adding_a_make_up_day_never_lengthens_a_limit(start: date, offset: int, rule: ClockRule) -> None:
    worked = DayOverride(start + timedelta(days=offset), True, "调休")
    before, after = (
        work_out(start, rule=rule).due_date,
        work_out(start, rule=rule, overrides=[worked]).due_date,
    )
    assert before is not None
    assert after is not None
    assert after <= before


@given(STARTS, st.integers(0, 40), DAY_RULES)
def test_pause_and_resume_on_the_same_day_changes_nothing(start: date, offset: int, rule: ClockRule) -> None:
    moment = start + timedelta(days=offset)
    paused, plain = work_out(start, Pause(moment, moment), rule=rule), work_out(start, rule=rule)
    assert (paused.due_date, paused.trace) == (plain.due_date, plain.trace)


@given(st.data(), STARTS, DAY_RULES)
def test_splitting_a_pause_gives_the_same_end(data: st.DataObject, start: date, rule: ClockRule) -> None:
    whole = data.draw(pauses_after(start))
    assert whole.end is not None
    middle = data.draw(st.dates(whole.start, whole.end))
    parts = (Pause(middle, whole.end), Pause(whole.start, middle))
    assert last_day(start, *parts, rule=rule) == last_day(start, whole, rule=rule)


@given(st.data(), STARTS, DAY_RULES)
def test_overlapping_pauses_count_once(data: st.DataObject, start: date, rule: ClockRule) -> None:
    one, two = data.draw(pauses_after(start)), data.draw(pauses_after(start))
    assert one.end is not None
    assert two.end is not None
    assume(one.start <= two.end and two.start <= one.end)
    union = Pause(min(one.start, two.start), max(one.end, two.end))
    assert last_day(start, one, two, rule=rule) == last_day(start, union, rule=rule)
    assert last_day(start, one, one, rule=rule) == last_day(start, one, rule=rule)


@given(st.data(), STARTS)
def test_pause_moves_the_end_by_the_working_days_it_leaves_out(data: st.DataObject, start: date) -> None:
    pause = data.draw(pauses_after(start))
    assert pause.end is not None
    plain = last_day(start)
    assume(pause.start <= plain)
    paused = last_day(start, pause)
    counted = CALENDAR.working_days_between(start, paused) - CALENDAR.working_days_between(
        pause.start, min(pause.end, paused)
    )
    assert counted == 20


def test_make_up_day_counts_like_a_weekday() -> None:
    saturday = date(2025, 6, 14)
    assert not CALENDAR.is_working_day(saturday)
    plain = work_out(date(2025, 6, 3))
    worked = work_out(date(2025, 6, 3), overrides=[DayOverride(saturday, True, "调休")])
    assert plain.due_date == date(2025, 7, 1)
    assert worked.due_date == date(2025, 6, 30)
    (line,) = (line for line in worked.trace if line.date == saturday)
    assert (line.counted, line.number, line.why) == (True, 9, "调休上班（调休）")


@given(st.data(), STARTS, DAY_RULES)
def test_trace_is_complete_and_ends_on_the_due_date(
    data: st.DataObject, start: date, rule: ClockRule
) -> None:
    events: list[Event] = [data.draw(pauses_after(start)) for _ in range(data.draw(st.integers(0, 3)))]
    if data.draw(st.booleans()) and rule.extension:
        events.append(Extend(start, data.draw(st.integers(1, rule.extension.max))))
    found = work_out(start, *events, rule=rule)
    numbers = [line.number for line in found.trace if line.counted]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(line.number is None for line in found.trace if not line.counted)
    assert [line.date for line in found.trace] == [
        start + timedelta(days=n + 1) for n in range(len(found.trace))
    ]
    assert found.trace[-1].date == found.due_date
    assert all(line.why for line in found.trace)
    added = sum(event.length for event in events if isinstance(event, Extend))
    assert len(numbers) == (rule.length or 0) + added


@given(st.data(), STARTS)
def test_order_of_events_does_not_matter(data: st.DataObject, start: date) -> None:
    events: list[Event] = [
        data.draw(pauses_after(start)),
        data.draw(pauses_after(start)),
        Extend(start + ONE_DAY, 5),
    ]
    if data.draw(st.booleans()):
        events.append(Restart(start + timedelta(days=data.draw(st.integers(0, 30)))))
    shuffled = data.draw(st.permutations(events))
    assert work_out(start, *events) == work_out(start, *shuffled)


@given(STARTS, st.integers(0, 30))
def test_restart_equals_a_new_start(start: date, offset: int) -> None:
    anew = start + timedelta(days=offset)
    assert replace(work_out(start, Restart(anew)), warnings=()) == work_out(anew)


@given(STARTS, st.integers(1, 25), st.integers(-5, 5))
def test_extension_is_the_longer_count_or_refused(start: date, length: int, shift: int) -> None:
    first = last_day(start)
    told = first + timedelta(days=shift)
    if length > 20 or shift > 0:
        with pytest.raises(ExtensionNotAllowed):
            work_out(start, Extend(told, length))
    else:
        assert work_out(start, Extend(told, length)).due_date == CALENDAR.nth_working_day_after(
            start, 20 + length
        )


@given(STARTS, st.integers(0, 20))
def test_open_pause_has_no_due_date_until_it_ends(start: date, offset: int) -> None:
    first = start + timedelta(days=offset)
    plain = last_day(start)
    assume(first < plain)
    found = work_out(start, Pause(first))
    assert found.due_date is None
    assert not found.trace[-1].counted
    assert "中止" in found.trace[-1].why


@given(st.dates(date(2026, 10, 1), date(2027, 6, 1)))
def test_provisional_exactly_when_the_trace_reaches_a_year_without_notice(start: date) -> None:
    found = work_out(start)
    assert found.provisional is any(CALENDAR.is_provisional(line.date) for line in found.trace)


@settings(max_examples=30)
@given(st.dates(date(2005, 1, 1), date(2030, 12, 31)))
def test_every_rule_gives_a_date_and_a_trace_that_ends_there(start: date) -> None:
    for versions in load_clocks().values():
        for rule in versions:
            found = due(rule=rule, start=start, calendar=CALENDAR)
            assert found.due_date is not None, rule.id
            assert found.trace[-1].date == found.due_date, rule.id
            assert found.basis == rule.basis


def test_two_thousand_due_dates_with_trace_in_a_second() -> None:
    pause = Pause(date(2024, 5, 6), date(2024, 5, 24))
    begun = time.process_time()
    for n in range(1000):
        work = due(
            rule=REPLY, start=date(2024, 4, 1) + timedelta(days=n % 30), events=(pause,), calendar=CALENDAR
        )
        assert work.trace
    assert time.process_time() - begun < 0.5
