"""The forecast of the column rules: the day it names is the first on which an inspector, looking back, would count the column."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalogue.core.column_rules import all_column_rules, column_rules, practice
from gongkai.catalogue.core.forecast import (
    ColumnStand,
    first_counted_day,
    forecast_column,
    forecast_groups,
    forecast_home,
    rule_for,
)
from gongkai.catalogue.core.lights import Light
from gongkai.catalogue.core.timeline import CHART_WIDTH, LABEL_WIDTH, draw
from gongkai.kernel.calendar import load_calendar

CALENDAR, TODAY = load_calendar(), date(2026, 3, 18)
RULES = {rule.id: rule for rule in all_column_rules()}
days = st.dates(date(2024, 1, 1), date(2027, 6, 30))


def stand(code="x", *, keywords=(), cadence=None, records=3, last=TODAY, block="fdzdgknr"):
    return ColumnStand(code, code, block, tuple(keywords), cadence, records, last)


def forecast(one, today=TODAY, lead=5):
    return forecast_column(
        one, rules=column_rules(on=today), today=today, calendar=CALENDAR, lead_working_days=lead, soon_empty_at=1
    )  # fmt: skip


def months_gone(last: date, day: date) -> int:
    """Count whole months by hand: a month is over on its corresponding day, or on the last day of a shorter month."""
    whole = (day.year - last.year) * 12 + day.month - last.month
    return whole if day.day >= min(last.day, monthrange(day.year, day.month)[1]) else whole - 1


def is_counted(rule_id: str, last: date, day: date, cadence: int | None) -> bool:
    """Count as an inspector does on that day, looking back; written apart from the forecast."""
    if rule_id in ("news", "home"):
        return not any(last == day - timedelta(days=back) for back in range(14)) and last < day
    if rule_id == "notice":
        return months_gone(last, day) >= 6
    return cadence is not None and (day - last).days > cadence


@given(st.sampled_from(["home", "news", "notice", "promised"]), days, st.integers(1, 400))
def test_forecast_day_is_the_first_on_which_the_rule_fires(rule_id, last, cadence):
    fires = first_counted_day(rule=RULES[rule_id], last_update=last, cadence_days=cadence, calendar=CALENDAR)
    assert fires is not None
    assert is_counted(rule_id, last, fires, cadence)
    for earlier in range(1, (fires - last).days + 1):
        assert not is_counted(rule_id, last, fires - timedelta(days=earlier), cadence)


@given(days, days, st.integers(0, 15))
def test_last_day_to_act_is_a_working_day_before_the_count_and_the_warning_is_not_after_it(last, today, lead):
    row = forecast(stand(keywords=["动态"], last=min(last, today)), today=today, lead=lead)
    if row.act_by is None:
        assert row.light is Light.STALE
        assert row.fires_on <= today
        return
    assert CALENDAR.is_working_day(row.act_by)
    assert row.warn_from <= row.act_by < row.fires_on
    assert row.light is (Light.DUE if today >= row.warn_from else Light.FINE)


@given(days, days)
def test_waiting_never_makes_a_column_better(last, today):
    order = [Light.FINE, Light.DUE, Light.STALE]
    one = stand(keywords=["通知"], last=min(last, today))
    now, later = forecast(one, today).light, forecast(one, today + timedelta(days=1)).light
    assert order.index(later) >= order.index(now)


def test_rules_look_at_a_column_in_their_order():
    rules = column_rules(on=TODAY)
    assert rule_for(stand(keywords=["动态"], cadence=3), rules).id == "news"
    assert rule_for(stand(keywords=["政策"]), rules).id == "notice"
    assert rule_for(stand(cadence=95), rules).id == "promised"
    assert rule_for(stand(), rules) is None
    assert rule_for(stand(keywords=["动态"], records=0, last=None), rules).id == "empty"
    assert rule_for(stand(block="topic", records=0, last=None), rules) is None


def test_empty_column_counts_today_and_a_single_record_is_soon_empty():
    assert forecast(stand(records=0, last=None)).light is Light.EMPTY
    assert forecast(stand(records=1)).soon_empty
    assert not forecast(stand(records=2)).soon_empty


def test_groups_fail_the_site_on_the_day_of_the_last_column_needed():
    rules = column_rules(on=TODAY)
    rows = [forecast(stand(f"n{n}", keywords=["动态"], last=TODAY - timedelta(days=n))) for n in range(4)] + [
        forecast(stand("t", keywords=["通知"], last=TODAY))
    ]
    named = next(g for g in forecast_groups(rows, rules=rules, today=TODAY) if g.group == "named")
    assert (named.counted, named.veto_at, named.fails_on) == (0, 5, date(2026, 9, 18))
    fewer = next(g for g in forecast_groups(rows[:4], rules=rules, today=TODAY) if g.group == "named")
    assert fewer.fails_on is None


def test_home_page_takes_the_newest_of_its_moving_columns():
    rows = [stand("a", block="home", last=date(2026, 3, 1)), stand("b", block="home", last=date(2026, 3, 10))]
    home = forecast_home(
        rows, rules=column_rules(on=TODAY), today=TODAY, calendar=CALENDAR, lead_working_days=5
    )
    assert home.fires_on == date(2026, 3, 24)
    bare = forecast_home(
        [], rules=column_rules(on=TODAY), today=TODAY, calendar=CALENDAR, lead_working_days=5
    )
    assert bare.light is Light.EMPTY


def test_every_rule_says_where_it_stands_and_how_sure_we_are():
    for rule in all_column_rules():
        assert rule.basis, rule.id
        assert rule.confidence, rule.id
    assert practice().told_roles["section"]


@pytest.mark.parametrize("last", [date(2024, 1, 1), TODAY])
def test_timeline_stays_inside_its_frame(last):
    rows = [forecast(stand("a", keywords=["动态"], last=last)), forecast(stand("b", cadence=900, last=last))]
    for row in draw(rows, today=TODAY).rows:
        assert row.bar_x >= LABEL_WIDTH
        assert row.bar_x + row.bar_width <= LABEL_WIDTH + CHART_WIDTH + 2
