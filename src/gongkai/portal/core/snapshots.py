"""From the snapshots of organisations and catalogue (plain dictionaries) to the portal's own values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from gongkai.portal.core.values import Catalogue, Column, Item, Organisation, Settings, Site, SiteInfo


def site_from_snapshots(
    settings: Settings,
    organisations: Iterable[Mapping[str, Any]],
    catalogues: Mapping[str, Mapping[str, Any]],
    type_names: Mapping[str, str],
) -> Site:
    """Return the site; `catalogues` is one snapshot an organisation code, `type_names` the words for institution types.

    Columns are those of all authorities, each code once: authorities under one portal share their columns.
    """
    columns: dict[str, Column] = {}
    books = []
    for code, snapshot in catalogues.items():
        for row in snapshot.get("columns") or ():
            columns.setdefault(row["code"], Column(**_known(Column, row)))
        if snapshot.get("items"):
            items = tuple(Item(**_known(Item, row)) for row in snapshot["items"])
            books.append(Catalogue(code, _text(snapshot.get("version")), items))
    return Site(
        settings,
        tuple(_organisation(row, type_names) for row in organisations),
        tuple(columns.values()),
        tuple(books),
    )


def _organisation(row: Mapping[str, Any], type_names: Mapping[str, str]) -> Organisation:
    info = row.get("site")
    return Organisation(
        code=row["code"],
        name=row["name"],
        short_name=_text(row.get("short_name")),
        kind=row["kind"],
        institution_type=type_names.get(row.get("institution_type") or "", row.get("institution_type") or "")
        or None,
        parent_code=row.get("parent_code"),
        site=SiteInfo(**{f.name: _text(info.get(f.name)) for f in fields(SiteInfo)}) if info else None,
        closed_date=_text(row.get("closed_date")),
        end_basis=_text(row.get("end_basis")),
        heir=_text(row.get("merged_into")),
        successors=tuple(row.get("successors") or ()),
        names=tuple(
            (_text(name.get("name")), _text(name.get("from")), _text(name.get("to")))
            for name in row.get("names") or ()
        ),
    )


def _known(kind: type, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a row that the value has, lists joined to text."""
    values: dict[str, Any] = {}
    for field in fields(kind):
        value = row.get(field.name)
        if field.name == "cadence_days":
            values[field.name] = value
        elif value is not None:
            values[field.name] = _text(value)
    return values


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return "、".join(str(v) for v in value)
    return str(value)
