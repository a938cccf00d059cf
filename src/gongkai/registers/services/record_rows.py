"""Enter many rows at once (批量填报): by rooms that stand above and by imports; only what changed is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Protocol

from django.db import connection, models, transaction

from gongkai.journal.api import Actor, record_facts
from gongkai.registers.core.rows import CellProblem, RowRefused, check_row
from gongkai.registers.core.schema import Register, register
from gongkai.registers.models import RegisterRow, RowChange
from gongkai.registers.services.record_row import row_fact, stored_values

CHUNK = 2000


class PreparedRow(Protocol):
    """A checked row as it is kept: a `StagedRow`, or what `record_rows` makes of a raw row."""

    key: str
    counted_on: date
    values: dict[str, object]
    digest: str


@dataclass(frozen=True, slots=True)
class _Prepared:
    key: str
    counted_on: date
    values: dict[str, object]
    digest: str


@transaction.atomic
def record_rows(
    *, register_id: str, org_code: str, raw_rows: Iterable[Mapping[str, object]], actor: Actor, today: date,
    now: datetime, reason: str = "",
) -> int:  # fmt: skip
    """Enter rows, or change those whose key is there already; return how many were written. All or nothing.

    Rows that say the same as what stands are left alone. Raises RowRefused with the cells of the first wrong row (its number in
    the order given, from 1) or a key given twice; RegisterUnknown.
    """
    rule = register(register_id, on=today)
    seen: set[str] = set()
    written = 0
    numbered = enumerate(raw_rows, start=1)
    while chunk := list(islice(numbered, CHUNK)):
        prepared = []
        for number, raw in chunk:
            row = check_row(rule, raw, line=number, today=today)
            if row.key in seen:
                names = "、".join(rule.field(k).name for k in rule.key)
                raise RowRefused([CellProblem(number, names, f"“{row.key}”重复；请合并或改正主键")])
            seen.add(row.key)
            prepared.append(_Prepared(row.key, row.counted_on, stored_values(row), row.digest))
        written += write_rows(rule, org_code, prepared, actor=actor, now=now, reason=reason)
    return written


def write_rows(
    rule: Register,
    org_code: str,
    prepared: Sequence[PreparedRow],
    *,
    actor: Actor,
    now: datetime,
    reason: str,
) -> int:
    """Store checked rows with their changes and facts; rows that say the same are left alone. Inside a transaction."""
    rows = RegisterRow.objects.select_for_update().filter(register=rule.id, org_code=org_code)
    have = {row.key: row for row in rows.filter(key__in=[p.key for p in prepared])}
    new, changed, changes = [], [], []
    for one in prepared:
        target = have.get(one.key)
        if target is not None and not target.is_removed and target.digest == one.digest:
            continue
        before = dict(target.values) if target is not None and not target.is_removed else None
        row = target or RegisterRow(register=rule.id, org_code=org_code, key=one.key, version=0)
        row.register_version, row.counted_on, row.values = rule.version, one.counted_on, one.values
        row.digest, row.is_removed, row.version, row.changed_at = one.digest, False, row.version + 1, now
        (changed if target is not None else new).append(row)
        changes.append((row, before))
    at = connection.ops.adapt_datetimefield_value(now)
    _insert(new, at)
    RegisterRow.objects.bulk_update(
        changed,
        ["register_version", "counted_on", "values", "digest", "is_removed", "version", "changed_at"],
        batch_size=200,
    )
    written = (
        (row.pk, row.version, _json(before), _json(row.values), reason[:300], actor.user_id, at)
        for row, before in changes
    )
    insert_many(RowChange, ("row_id", "version", "before", "after", "reason", "user_id", "at"), written)
    record_facts([row_fact(rule, row) for row, _ in changes], actor=actor, now=now)
    return len(changes)


def _insert(new: Sequence[RegisterRow], at: str | datetime) -> None:
    """Insert new rows of one register and give them their numbers."""
    columns = (
        "register", "register_version", "org_code", "key", "counted_on", "values", "digest", "version", "is_removed", "changed_at",
    )  # fmt: skip
    insert_many(
        RegisterRow,
        columns,
        (
            (r.register, r.register_version, r.org_code, r.key, r.counted_on.isoformat(), _json(r.values), r.digest,
             r.version, r.is_removed, at)
            for r in new
        ),
    )  # fmt: skip
    if new:
        rows = RegisterRow.objects.filter(register=new[0].register, org_code=new[0].org_code)
        numbers = dict(rows.filter(key__in=[r.key for r in new]).values_list("key", "pk"))
        for row in new:
            row.pk = numbers[row.key]


def _json(values: object) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False)


def insert_many(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[tuple[object, ...]]
) -> None:
    """Insert rows of plain values (JSON and days as text) whose numbers nobody needs; far cheaper than making objects."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(model._meta.get_field(name).column) for name in columns)
    places = ", ".join(["%s"] * len(columns))
    # Only names of our own models stand in the statement; every value is a parameter.
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608
    listed = list(rows)
    if listed:
        # One transaction: outside one, the embedded database would write each row to disk by itself.
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(statement, listed)
