"""Forecast of the column rules (栏目检查预测): the first day on which an inspector would count a column, if nothing happens until then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from gongkai.catalogue.core.column_rules import ColumnRule
from gongkai.catalogue.core.lights import Light
from gongkai.kernel.calendar import WorkCalendar
from gongkai.kernel.clocks import clock, due

HOME_CODE = "-home"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ColumnStand:
    """What is known of a column today: how much stands in it and when something last came; rhythm in calendar days."""

    code: str
    name: str
    block: str
    keywords: tuple[str, ...]
    cadence_days: int | None
    records: int
    last_update: date | None
    owners: tuple[str, ...] = ()

    @property
    def must_have_content(self) -> bool:
        """Tell whether an empty column would be a fault; topic columns come and go."""
        return self.block != "topic"


@dataclass(frozen=True, slots=True)
class ColumnForecast:
    """A column with the rule that looks at it and the first day on which it would be counted; None: never by time.

    `act_by` is the last working day on which an update still helps, `warn_from` the day from which it is shown as due.
    """

    stand: ColumnStand
    rule: ColumnRule | None
    fires_on: date | None
    light: Light
    act_by: date | None = None
    warn_from: date | None = None
    provisional: bool = False
    soon_empty: bool = False
    days_left: int | None = None


@dataclass(frozen=True, slots=True)
class GroupForecast:
    """Rules that are counted together: how many columns count today, at how many the site fails, and on which day."""

    group: str
    rules: tuple[ColumnRule, ...]
    counted: int
    veto_at: int
    fails_on: date | None

    @property
    def names(self) -> str:
        """Return the names of the rules."""
        return "＋".join(rule.name for rule in self.rules)


def rule_for(stand: ColumnStand, rules: Sequence[ColumnRule]) -> ColumnRule | None:
    """Return the rule that looks at a column: emptiness first, then keywords, then its own promise."""
    if stand.last_update is None or not stand.records:
        empty = next((rule for rule in rules if rule.applies == "empty"), None)
        return empty if stand.must_have_content else None
    for rule in rules:
        if rule.applies == "keywords" and set(rule.keywords) & set(stand.keywords):
            return rule
        if rule.applies == "rhythm" and stand.cadence_days:
            return rule
    return None


def first_counted_day(
    *, rule: ColumnRule, last_update: date, cadence_days: int | None, calendar: WorkCalendar
) -> date | None:
    """Return the first day on which the rule counts a place last updated on that day.

    Clocks of the law count from the day after the update and fire on their last day (监测两周无更新 = the fourteenth day);
    a promise of our own is broken on the day after its period.
    """
    if rule.applies == "rhythm":
        return last_update + timedelta(days=cadence_days + 1) if cadence_days else None
    if rule.applies == "empty":
        return None
    return due(rule=clock(rule.clock), start=last_update, calendar=calendar).due_date


def forecast_column(
    stand: ColumnStand, *, rules: Sequence[ColumnRule], today: date, calendar: WorkCalendar,
    lead_working_days: int, soon_empty_at: int,
) -> ColumnForecast:  # fmt: skip
    """Forecast one column. An empty column that must not be empty counts already today."""
    rule, last = rule_for(stand, rules), stand.last_update
    soon = stand.must_have_content and 0 < stand.records <= soon_empty_at
    if rule is None:
        idle = Light.FINE if stand.records else Light.NOT_APPLICABLE
        return ColumnForecast(stand, None, None, idle, soon_empty=soon)
    if last is None or rule.applies == "empty":
        return ColumnForecast(stand, rule, today, Light.EMPTY, days_left=0)
    fires = first_counted_day(rule=rule, last_update=last, cadence_days=stand.cadence_days, calendar=calendar)
    return _dated(
        ColumnForecast(stand, rule, fires, Light.FINE, soon_empty=soon), today, calendar, lead_working_days
    )


def _dated(
    found: ColumnForecast, today: date, calendar: WorkCalendar, lead_working_days: int
) -> ColumnForecast:
    if found.fires_on is None:
        return found
    left = (found.fires_on - today).days
    if left <= 0:
        return replace(found, light=Light.STALE, days_left=left)
    act_by = calendar.previous_working_day(found.fires_on - ONE_DAY)
    warn_from = act_by
    for _ in range(lead_working_days):
        warn_from = calendar.previous_working_day(warn_from - ONE_DAY)
    light = Light.DUE if today >= warn_from else Light.FINE
    provisional = calendar.is_provisional(act_by)
    return replace(
        found,
        light=light,
        act_by=act_by,
        warn_from=warn_from,
        provisional=provisional,
        days_left=left,
    )


def forecast_home(
    stands: Sequence[ColumnStand], *, rules: Sequence[ColumnRule], today: date, calendar: WorkCalendar,
    lead_working_days: int,
) -> ColumnForecast | None:  # fmt: skip
    """Forecast the home page: everything that moves on it, looked at together; None where no rule looks at it."""
    rule = next((rule for rule in rules if rule.applies == "home"), None)
    if rule is None:
        return None
    moving = [stand for stand in stands if stand.block == "home"]
    last = max((stand.last_update for stand in moving if stand.last_update), default=None)
    home = ColumnStand(
        HOME_CODE, "首页", "home", (), None, sum(stand.records for stand in moving), last,
        tuple(dict.fromkeys(owner for stand in moving for owner in stand.owners)),
    )  # fmt: skip
    if last is None:
        return ColumnForecast(home, rule, today, Light.EMPTY, days_left=0)
    fires = first_counted_day(rule=rule, last_update=last, cadence_days=None, calendar=calendar)
    return _dated(ColumnForecast(home, rule, fires, Light.FINE), today, calendar, lead_working_days)


def forecast_groups(
    forecasts: Sequence[ColumnForecast], *, rules: Sequence[ColumnRule], today: date
) -> list[GroupForecast]:
    """Count the columns of each group of rules, and name the first day on which the group fails the site."""
    groups = []
    for group in dict.fromkeys(rule.group for rule in rules):
        members = tuple(rule for rule in rules if rule.group == group)
        days = sorted(row.fires_on for row in forecasts if row.rule in members and row.fires_on is not None)
        veto_at = min(rule.veto_at for rule in members)
        fails_on = max(days[veto_at - 1], today) if len(days) >= veto_at else None
        counted = sum(1 for day in days if day <= today)
        groups.append(GroupForecast(group, members, counted, veto_at, fails_on))
    return groups
