"""Reads of the catalogue: items, columns, lights, what the portal shows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Min

from gongkai.catalogue.core.defaults import item_classes
from gongkai.catalogue.core.lights import Light, LightReading, read_light
from gongkai.catalogue.duty_limits import deadline_of
from gongkai.catalogue.models import CatalogueItem, CatalogueVersion, Column, Obligation, Placement
from gongkai.kernel.calendar import load_calendar
from gongkai.organisations import api as organisations


@dataclass(frozen=True, slots=True)
class CatalogueItemInfo:
    """One item of the edition in force; limits in working days, rhythm in calendar days."""

    code: str
    version: int
    official_code: str
    class_code: str
    class_name: str
    level1: str
    level2: str
    elements: tuple[str, ...]
    result_fields: tuple[str, ...]
    basis: str
    limit_text: str
    limit_working_days: int | None
    result_limit_text: str
    result_limit_working_days: int | None
    discloser: str
    channels: tuple[str, ...]
    audience: str
    mode: str
    tier: str
    openings: tuple[str, ...]
    column: str
    cadence_days: int | None
    owner_code: str
    not_applicable_reason: str
    confidence: str
    elements_confidence: str


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """One enabled column of the public site."""

    code: str
    name: str
    description: str
    column_type: str
    keywords: tuple[str, ...]
    cadence_days: int | None
    block: str


@dataclass(frozen=True, slots=True)
class ItemLight:
    """An item with its light, how many records stand under it and the newest of their dates."""

    item: CatalogueItemInfo
    reading: LightReading
    records: int
    last_published: date | None
    open_obligations: int

    @property
    def light(self) -> Light:
        """Return the light itself."""
        return self.reading.light


@dataclass(frozen=True, slots=True)
class ColumnLight:
    """A column with its light and its content count."""

    column: ColumnInfo
    reading: LightReading
    records: int
    last_published: date | None

    @property
    def light(self) -> Light:
        """Return the light itself."""
        return self.reading.light


def _info(item: CatalogueItem, version: int) -> CatalogueItemInfo:
    return CatalogueItemInfo(
        code=item.code, version=version, official_code=item.official_code, class_code=item.class_code,
        class_name=item_classes()[item.class_code].name, level1=item.level1, level2=item.level2,
        elements=tuple(item.elements), result_fields=tuple(item.result_fields), basis=item.basis,
        limit_text=item.limit_text, limit_working_days=item.limit_working_days,
        result_limit_text=item.result_limit_text, result_limit_working_days=item.result_limit_working_days,
        discloser=item.discloser, channels=tuple(item.channels), audience=item.audience, mode=item.mode, tier=item.tier,
        openings=tuple(item.openings), column=item.column, cadence_days=item.cadence_days, owner_code=item.owner_code,
        not_applicable_reason=item.not_applicable_reason, confidence=item.confidence,
        elements_confidence=item.elements_confidence,
    )  # fmt: skip


def get_version(*, org_code: str) -> CatalogueVersion | None:
    """Return the edition in force of an authority."""
    return CatalogueVersion.objects.filter(org_code=org_code, in_force_to__isnull=True).first()


def list_items(*, org_code: str) -> list[CatalogueItemInfo]:
    """List the items of the edition in force, in catalogue order; empty when none was imported."""
    version = get_version(org_code=org_code)
    return [_info(item, version.number) for item in version.items.all()] if version else []


def get_item(*, org_code: str, code: str) -> CatalogueItemInfo | None:
    """Return one item of the edition in force."""
    item = (
        CatalogueItem.objects.filter(version__org_code=org_code, version__in_force_to__isnull=True, code=code)
        .select_related("version")
        .first()
    )
    return _info(item, item.version.number) if item else None


def list_columns(*, org_code: str) -> list[ColumnInfo]:
    """List the enabled columns of an authority in their order."""
    return [
        ColumnInfo(c.code, c.name, c.description, c.column_type, tuple(c.keywords), c.cadence_days, c.block)
        for c in Column.objects.filter(org_code=org_code, enabled=True)
    ]


def counts_by_class(*, org_code: str) -> dict[str, int]:
    """Count the items of the edition in force by class code."""
    rows = CatalogueItem.objects.filter(version__org_code=org_code, version__in_force_to__isnull=True)
    counted = rows.order_by().values("class_code").annotate(n=Count("pk"))
    return {row["class_code"]: row["n"] for row in counted.order_by("class_code")}


def placed_under(*org_codes: str, place: str) -> dict[str, tuple[int, date]]:
    """Return by code how many records of these bodies stand there and the newest of their days."""
    rows = Placement.objects.filter(org_code__in=org_codes, place=place, is_current=True).values("code")
    return {
        row["code"]: (row["n"], row["last"])
        for row in rows.annotate(
            n=Count("pk"), last=Max("last_published_date"), first=Min("first_published_date")
        )
    }


def has_ended(org_code: str, today: date) -> bool:
    """Tell whether a body ended before today: it owes what was open then, and nothing new."""
    return organisations.responsible_code(code=org_code, on=today) != org_code


def item_lights(*, org_code: str, today: date) -> list[ItemLight]:
    """Read the light of every item: four queries however many items there are."""
    version = get_version(org_code=org_code)
    if version is None:
        return []
    rows = {item.code: item for item in version.items.all()}
    placed = placed_under(org_code, place=Placement.ITEM)
    open_dates: dict[str, list[date]] = defaultdict(list)
    for duty in Obligation.objects.filter(org_code=org_code, met_date__isnull=True, closed_reason=""):
        due_date = deadline_of(duty, rows[duty.item_code]).due_date if duty.item_code in rows else None
        if due_date:
            open_dates[duty.item_code].append(due_date)
    calendar, ended = load_calendar(), has_ended(org_code, today)
    lights = []
    for code, item in rows.items():
        records, last = placed.get(code, (0, None))
        reading = read_light(
            open_due_dates=tuple(open_dates[code]), last_published=last,
            cadence_days=None if ended else item.cadence_days,
            must_have_content=not ended, today=today, calendar=calendar,
            applicable=bool(open_dates[code]) if ended else not item.not_applicable_reason,
        )  # fmt: skip
        lights.append(ItemLight(_info(item, version.number), reading, records, last, len(open_dates[code])))
    return lights


def column_lights(*, org_code: str, today: date) -> list[ColumnLight]:
    """Read the light of every enabled column: an empty column is a fault, so is a broken rhythm."""
    placed, calendar = placed_under(org_code, place=Placement.COLUMN), load_calendar()
    lights = []
    for column in list_columns(org_code=org_code):
        records, last = placed.get(column.code, (0, None))
        reading = read_light(
            open_due_dates=(), last_published=last, cadence_days=column.cadence_days,
            must_have_content=column.block != "topic", applicable=True, today=today, calendar=calendar,
        )  # fmt: skip
        lights.append(ColumnLight(column, reading, records, last))
    return lights


def portal_snapshot(*, org_code: str) -> dict[str, Any]:
    """Return what the public site shows of the catalogue: plain values, stable order, nothing personal.

    Shape: {"version", "name", "in_force_from", "classes": [{"code", "name", "count"}], "items": [CatalogueItemInfo
    fields], "columns": [ColumnInfo fields]}; the first three are None without an edition.
    """
    version = get_version(org_code=org_code)
    items = list_items(org_code=org_code)
    counts = counts_by_class(org_code=org_code)
    return {
        "version": version.number if version else None,
        "name": version.name if version else None,
        "in_force_from": version.in_force_from.isoformat() if version else None,
        "classes": [{"code": c, "name": item_classes()[c].name, "count": n} for c, n in counts.items()],
        "items": [
            {name: _plain(getattr(item, name)) for name in CatalogueItemInfo.__slots__} for item in items
        ],
        "columns": [
            {name: _plain(getattr(column, name)) for name in ColumnInfo.__slots__}
            for column in list_columns(org_code=org_code)
        ],
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
