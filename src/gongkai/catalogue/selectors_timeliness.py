"""What is due, late, empty and soon empty, by item and column (时效): read for the desk page and for the monthly lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gongkai.catalogue.core.column_rules import column_rules, practice
from gongkai.catalogue.core.forecast import (
    ColumnForecast,
    ColumnStand,
    GroupForecast,
    forecast_column,
    forecast_groups,
    forecast_home,
)
from gongkai.catalogue.core.lights import LIGHT_WORDS, Light
from gongkai.catalogue.models import CatalogueItem, Column, Placement, TimelinessSetting
from gongkai.catalogue.selectors import ItemLight, has_ended, item_lights, placed_under
from gongkai.kernel.calendar import load_calendar
from gongkai.organisations import api as organisations

SOON_EMPTY = "soon_empty"
STATE_WORDS: Mapping[str, str] = {
    **{str(light): words for light, words in LIGHT_WORDS.items()},
    SOON_EMPTY: "将要空白",
}
TOLD = (Light.LATE, Light.STALE, Light.EMPTY, Light.DUE)


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecast of a site: the home page, its columns (soonest first), and the groups that can fail it."""

    home: ColumnForecast | None
    columns: tuple[ColumnForecast, ...]
    groups: tuple[GroupForecast, ...]
    lead_working_days: int


@dataclass(frozen=True, slots=True)
class ItemStand:
    """An item that needs somebody: its light, or that only little is left under it."""

    light: ItemLight
    state: str
    owner_code: str

    @property
    def words(self) -> str:
        """Return the state in words."""
        return STATE_WORDS[self.state]


def lead_working_days(org_code: str) -> int:
    """Return how many working days before a day it is shown as due: as set, else by the rule file."""
    row = TimelinessSetting.objects.filter(org_code=org_code).first()
    return (
        practice().lead_working_days
        if row is None or row.lead_working_days is None
        else row.lead_working_days
    )


def mails_monthly(org_code: str) -> bool:
    """Tell whether the body switched the mailing of monthly lists on."""
    return TimelinessSetting.objects.filter(org_code=org_code, monthly_mail=True).exists()


def column_forecast(*, org_code: str, today: date) -> Forecast:
    """Forecast every enabled column of a body, with what its institutions placed there; a few queries however many columns.

    A body without columns of its own has no forecast.
    """
    calendar, rules, lead = load_calendar(), column_rules(on=today), lead_working_days(org_code)
    stands = _stands(org_code, today)
    rows = [
        forecast_column(
            stand, rules=rules, today=today, calendar=calendar, lead_working_days=lead,
            soon_empty_at=practice().soon_empty_at,
        )
        for stand in stands
    ]  # fmt: skip
    home = None
    if stands:
        home = forecast_home(stands, rules=rules, today=today, calendar=calendar, lead_working_days=lead)
    groups = (
        [] if not stands else forecast_groups([*rows, *([home] if home else [])], rules=rules, today=today)
    )
    rows.sort(key=lambda row: (row.fires_on or date.max, row.stand.name))
    return Forecast(home, tuple(rows), tuple(groups), lead)


def answering(code: str, today: date) -> str:
    """Return who answers today for what this organisation answered for: itself, or who took over."""
    return organisations.responsible_code(code=code, on=today)


def _stands(org_code: str, today: date) -> list[ColumnStand]:
    placed = placed_under(*organisations.subtree_codes(code=org_code), place=Placement.COLUMN)
    owners: dict[str, list[str]] = defaultdict(list)
    items = CatalogueItem.objects.filter(version__org_code=org_code, version__in_force_to__isnull=True)
    for column, owner in (
        items.exclude(owner_code="").order_by("position").values_list("column", "owner_code")
    ):
        if answering(owner, today) not in owners[column]:
            owners[column].append(answering(owner, today))
    stands = []
    for column in Column.objects.filter(org_code=org_code, enabled=True):
        records, last = placed.get(column.code, (0, None))
        named = (answering(column.owner_code, today),) if column.owner_code else tuple(owners[column.code])
        responsible = named or (answering(org_code, today),)
        stands.append(
            ColumnStand(
                column.code, column.name, column.block, tuple(column.keywords), column.cadence_days, records, last,
                responsible,
            )
        )  # fmt: skip
    return stands


def item_stands(*, org_code: str, today: date) -> list[ItemStand]:
    """List the items that somebody must do something about, most urgent first."""
    order, found = {state: n for n, state in enumerate([*map(str, TOLD), SOON_EMPTY])}, []
    for row in item_lights(org_code=org_code, today=today):
        soon = row.item.cadence_days is not None and 0 < row.records <= practice().soon_empty_at
        state = str(row.light) if row.light in TOLD else SOON_EMPTY if soon else ""
        if state and row.light is not Light.NOT_APPLICABLE:
            found.append(ItemStand(row, state, answering(row.item.owner_code or org_code, today)))
    return sorted(found, key=lambda one: (order[one.state], one.light.reading.due_date or date.max))


def section_lines(*, org_code: str, today: date) -> dict[str, list[dict[str, Any]]]:
    """Return, by responsible organisation, the lines of its list: items and columns by name, nothing of any record."""
    lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in item_stands(org_code=org_code, today=today):
        item, due_date = one.light.item, one.light.reading.due_date
        lines[one.owner_code].append(
            {
                "place": "item", "code": item.code, "name": item.level2, "state": one.state,
                "date": due_date.isoformat() if due_date else None, "duties": one.light.open_obligations,
            }
        )  # fmt: skip
    for row in () if has_ended(org_code, today) else column_forecast(org_code=org_code, today=today).columns:
        state = str(row.light) if row.light in TOLD else SOON_EMPTY if row.soon_empty else ""
        for owner in row.stand.owners if state else ():
            day = row.fires_on if row.light is not Light.EMPTY else None
            lines[owner].append(
                {
                    "place": "column", "code": row.stand.code, "name": row.stand.name, "state": state,
                    "date": day.isoformat() if day else None, "duties": 0,
                }
            )  # fmt: skip
    return dict(lines)
