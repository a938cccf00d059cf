"""Lights: late outranks a broken rhythm, which outranks emptiness; all computed from today."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalogue.core.lights import Light, read_light
from gongkai.kernel.calendar import load_calendar

CALENDAR = load_calendar()
TODAY = date(2026, 3, 18)


def reading(**changes):
    values = {
        "open_due_dates": (), "last_published": None, "cadence_days": None, "must_have_content": True,
        "applicable": True, "today": TODAY, "calendar": CALENDAR,
    }  # fmt: skip
    return read_light(**{**values, **changes})


def test_light_without_anything_is_empty():
    assert reading().light is Light.EMPTY


def test_light_not_applicable_wins():
    assert reading(applicable=False, open_due_dates=(date(2026, 1, 5),)).light is Light.NOT_APPLICABLE


def test_light_late_counts_working_days_over():
    late = reading(open_due_dates=(date(2026, 3, 13),), last_published=TODAY)
    assert (late.light, late.working_days_left) == (Light.LATE, -3)


def test_light_due_on_its_last_day_is_not_late():
    assert reading(open_due_dates=(TODAY,), last_published=TODAY).light is Light.DUE


def test_light_broken_rhythm_is_stale_and_kept_rhythm_is_fine():
    assert reading(last_published=TODAY - timedelta(days=15), cadence_days=14).light is Light.STALE
    assert reading(last_published=TODAY, cadence_days=180).light is Light.FINE
    assert reading(last_published=TODAY - timedelta(days=170), cadence_days=180).light is Light.DUE


dates = st.dates(date(2025, 1, 1), date(2026, 12, 31))


@given(st.lists(dates, max_size=4), st.none() | dates, st.none() | st.integers(1, 400), st.booleans(), dates)
def test_light_never_improves_by_waiting(due_dates, last, cadence, must, today):
    """With nothing done, tomorrow's light is at least as urgent as today's, except that nothing was late before."""
    order = [Light.FINE, Light.DUE, Light.EMPTY, Light.STALE, Light.LATE]
    values = {
        "open_due_dates": tuple(due_dates),
        "last_published": last,
        "cadence_days": cadence,
        "must_have_content": must,
    }
    now = reading(**values, today=today).light
    later = reading(**values, today=today + timedelta(days=1) if today < date(2026, 12, 31) else today).light
    urgent = {Light.LATE, Light.STALE}
    assert now not in urgent or order.index(later) >= order.index(now)


@given(st.lists(dates, min_size=1, max_size=4), dates)
def test_light_is_late_exactly_when_a_limit_has_passed(due_dates, today):
    assert (reading(open_due_dates=tuple(due_dates), today=today).light is Light.LATE) == (
        min(due_dates) < today
    )
