"""Reads of registers: rows as typed values, counts, what is due."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from django.db.models import Count, Max, QuerySet

from gongkai.registers.core.public_rows import public_values
from gongkai.registers.core.schema import Register, all_registers
from gongkai.registers.core.values import Value, from_stored, shown
from gongkai.registers.models import RegisterRow


def counted_rows(*, org_code: str) -> dict[str, tuple[int, date | None]]:
    """Return how many rows stand in each register and the newest day they count for, in one query."""
    rows = (
        RegisterRow.objects.filter(org_code=org_code, is_removed=False)
        .values("register")
        .annotate(n=Count("pk"), newest=Max("counted_on"))
    )
    return {row["register"]: (row["n"], row["newest"]) for row in rows}


def rows_of(
    *, rule: Register, org_code: str, start: date | None = None, end: date | None = None
) -> QuerySet[RegisterRow]:
    """Return the rows that stand, newest first, optionally those that count in a span of days (both included)."""
    rows = RegisterRow.objects.filter(register=rule.id, org_code=org_code, is_removed=False)
    if start is not None:
        rows = rows.filter(counted_on__gte=start)
    if end is not None:
        rows = rows.filter(counted_on__lte=end)
    return rows.order_by("-counted_on", "id")


def typed(rule: Register, row: RegisterRow) -> dict[str, Value]:
    """Return the values of a row by field id, typed."""
    return {f.id: from_stored(f, row.values.get(f.id)) for f in rule.fields}


def iter_values(
    *, rule: Register, org_code: str, start: date | None = None, end: date | None = None
) -> Iterator[dict[str, Value]]:
    """Yield the typed values of the rows that stand, oldest first."""
    rows = rows_of(rule=rule, org_code=org_code, start=start, end=end).order_by("counted_on", "id")
    for row in rows.iterator(chunk_size=2000):
        yield typed(rule, row)


def public_rows(*, ids: Collection[int]) -> dict[int, tuple[str, tuple[tuple[str, str], ...]]]:
    """Return key and printed public values (name, value; empty ones left out) of rows by number, as they stand now."""
    found = {}
    for row in RegisterRow.objects.filter(pk__in=ids):
        rule = next(
            (r for r in all_registers() if (r.id, r.version) == (row.register, row.register_version)), None
        )
        if rule is not None:
            seen = public_values(rule, typed(rule, row))
            values = ((rule.field(name), value) for name, value in seen.items() if value is not None)
            found[int(row.pk)] = (row.key, tuple((f.name, shown(f, value)) for f, value in values))
    return found
