"""Compare tables with facts (账实核对): organisations, accounts and posts must be what the journal says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gongkai.journal.api import Difference, entries
from gongkai.organisations.models import Organisation, Post, User

_ORGANISATIONS = ("Created", "Moved", "Closed", "Renamed")
_USERS = ("UserCreated", "UserDisabled", "UserEnabled")


def _differ(table: str, key: Any, field: str, stored: Any, told: Any) -> Difference:
    kind = (
        "row_missing"
        if stored is None and field == ""
        else "row_unaccounted"
        if told is None and field == ""
        else "row_differs"
    )
    what = {"row_missing": "账本里有，表里没有", "row_unaccounted": "表里有，账本里没有"}.get(
        kind, f"「{field}」表里是 {stored}，按账本应为 {told}"
    )
    return Difference(
        kind=kind,
        where=f"{table}: {key}{f'.{field}' if field else ''}",
        message=f"数据表 {table} 的 {key}：{what}",
    )


def _compare(
    table: str, stored: dict[Any, dict[str, Any]], told: dict[Any, dict[str, Any]]
) -> Iterator[Difference]:
    for key in sorted(stored.keys() | told.keys()):
        if key not in told:
            yield _differ(table, key, "", True, None)
        elif key not in stored:
            yield _differ(table, key, "", None, True)
        else:
            for field, value in told[key].items():
                if stored[key][field] != value:
                    yield _differ(table, key, field, stored[key][field], value)


def check_organisations() -> Iterator[Difference]:
    """Yield where the tree disagrees with its facts: kind, type, parent, path, closing day, successors."""
    told: dict[Any, dict[str, Any]] = {}
    for entry in entries(names=[f"organisations.Organisation{verb}" for verb in _ORGANISATIONS]):
        verb, body = entry.name.removeprefix("organisations.Organisation"), entry.body
        if verb == "Created":
            told[entry.org] = {
                "kind": body["kind"],
                "institution_type": body["institution_type"] or "",
                "parent": body["parent"],
                "closed_date": None,
                "merged_into": None,
                "successors": [],
            }
        elif verb == "Moved" and entry.org in told:
            told[entry.org]["parent"] = body["parent"]
        elif verb == "Closed" and entry.org in told:
            heir, others = body["merged_into"], body.get("others") or ()
            told[entry.org] |= {
                "closed_date": entry.on,
                "merged_into": heir,
                "successors": sorted({*others, *([heir] if heir else [])}),
            }
    for code, values in told.items():
        path, above, steps = f"{code}/", values["parent"], 0
        while above is not None and above in told and steps < len(told):
            path, above, steps = f"{above}/{path}", told[above]["parent"], steps + 1
        values["path"] = f"/{path}"
    rows = Organisation.objects.select_related("parent", "merged_into").prefetch_related(
        "successions__successor"
    )
    stored = {
        row.code: {
            "kind": row.kind,
            "institution_type": row.institution_type,
            "parent": row.parent.code if row.parent else None,
            "closed_date": row.closed_date,
            "merged_into": row.merged_into.code if row.merged_into else None,
            "path": row.path,
            "successors": sorted(one.successor.code for one in row.successions.all()),
        }
        for row in rows
    }
    yield from _compare("organisations_organisation", stored, told)


def check_users() -> Iterator[Difference]:
    """Yield where accounts disagree with their facts: made by the service, open or closed, never a superuser by stealth."""
    told: dict[Any, dict[str, Any]] = {}
    for entry in entries(names=[f"organisations.{name}" for name in _USERS]):
        number = int(entry.subject.removeprefix("user:"))
        told[number] = {"is_active": not entry.name.endswith("Disabled"), "is_superuser": False}
    stored = {u["pk"]: u for u in User.objects.values("pk", "is_active", "is_superuser")}
    yield from _compare("organisations_user", stored, told)


def check_posts() -> Iterator[Difference]:
    """Yield where posts disagree with PostGiven and PostEnded: who, what, where, from when to when, in whose stead."""
    told: dict[Any, dict[str, Any]] = {}
    for entry in entries(names=["organisations.PostGiven", "organisations.PostEnded"]):
        number = entry.body["post"]
        if entry.name.endswith("PostGiven"):
            told[number] = {
                "user": entry.subject,
                "role": entry.body["role"],
                "org": entry.org,
                "from_date": entry.on.isoformat(),
                "to_date": entry.body["until"],
                "deputy_for": entry.body["deputy_for"],
            }
        elif number in told:
            told[number]["to_date"] = entry.on.isoformat()
    stored = {
        row.pk: {
            "user": f"user:{row.user_id}",
            "role": row.role,
            "org": row.organisation.code,
            "from_date": row.from_date.isoformat(),
            "to_date": row.to_date.isoformat() if row.to_date else None,
            "deputy_for": f"user:{row.deputy_for_id}" if row.deputy_for_id else None,
        }
        for row in Post.objects.select_related("organisation")
    }
    yield from _compare("organisations_post", stored, told)
