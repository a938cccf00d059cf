"""The one module of the journal that knows which database it talks to (SQLite or PostgreSQL)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

_CHAIN_LOCK = 0x676F6E67  # any fixed number; "gong"
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,59}(\.[A-Za-z0-9_:/-]{1,60})?")


def lock_chain() -> None:
    """Let one sealer in at a time; SQLite's writers wait for each other anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])


class DecimalSum:
    """Exact sum of numbers written as text, for SQLite, whose own SUM turns them into floating point."""

    def __init__(self) -> None:
        self.total = Decimal(0)

    def step(self, text: Any) -> None:
        """Add one number; NULL adds nothing."""
        if text is not None:
            self.total += Decimal(str(text))

    def finalize(self) -> str:
        """Return the sum as text without exponent."""
        return format(self.total, "f")


def register_functions(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Give a new SQLite connection the exact sum (a receiver of `connection_created`)."""
    if connection.vendor == "sqlite":
        connection.connection.create_aggregate("gongkai_sum", 1, DecimalSum)


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL with its parameters."""

    text: str
    params: tuple[Any, ...] = ()


def body_text(field: str, *, alias: str = "e") -> Sql:
    """Return the expression of a body field as text: numbers as digits, true and false as words, absent or null as NULL.

    `field` is a field name, or `field.key` for one entry of a mapping. Raises ValueError for anything else.
    """
    if not _FIELD.fullmatch(field):
        raise ValueError(f"事实字段名「{field}」不合规则")
    name, _, key = field.partition(".")
    if connection.vendor == "postgresql":
        return Sql(f"({alias}.body::jsonb #>> %s::text[])", ([name, key] if key else [name],))
    path = f'$."{name}"."{key}"' if key else f'$."{name}"'
    return Sql(
        f"(CASE json_type({alias}.body, %s) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false'"
        f" ELSE CAST(json_extract({alias}.body, %s) AS TEXT) END)",
        (path, path),
    )


def as_number(expression: Sql) -> Sql:
    """Return the expression as a number that compares rightly."""
    kind = "numeric" if connection.vendor == "postgresql" else "REAL"
    return Sql(f"CAST({expression.text} AS {kind})", expression.params)


def bytewise(expression: Sql) -> Sql:
    """Return the text expression so that `<` compares code points on both databases."""
    return Sql(
        f'{expression.text} COLLATE "C"' if connection.vendor == "postgresql" else expression.text,
        expression.params,
    )


def exact_sum(expression: Sql) -> Sql:
    """Return the exact sum of a text expression holding numbers; NULL adds nothing."""
    if connection.vendor == "postgresql":
        return Sql(f"COALESCE(SUM(({expression.text})::numeric), 0)", expression.params)
    return Sql(f"COALESCE(gongkai_sum({expression.text}), '0')", expression.params)


def one_of(expression: Sql, values: Sequence[str]) -> Sql:
    """Return the condition that the expression is one of the values."""
    marks = ", ".join(["%s"] * len(values))
    return Sql(
        f"{expression.text} IN ({marks})" if values else "1 = 0",
        (*expression.params, *values) if values else (),
    )


def moment_value(moment: datetime) -> Any:
    """Return a moment as a query parameter that compares with stored moments."""
    return connection.ops.adapt_datetimefield_value(moment)


def stream(query: Sql) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query without holding them all."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(query.text, query.params)
            while rows := cursor.fetchmany(2000):
                yield from rows
        return
    with connection.chunked_cursor() as cursor:
        cursor.execute(query.text, query.params)
        while rows := cursor.fetchmany(2000):
            yield from rows


def day_value(day: date) -> Any:
    """Return a day as a query parameter that compares with stored days."""
    return connection.ops.adapt_datefield_value(day)


def number_value(number: int | Decimal) -> Any:
    """Return a number as a query parameter that compares with `as_number`."""
    return float(number) if connection.vendor == "sqlite" else number


def fresh_statistics() -> None:
    """Let PostgreSQL look at the journal again when it has more than doubled since the last look; SQLite plans without.

    Right after a large import, before the server's own housekeeping has run, a fold would else be planned for a handful of entries.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE((SELECT MAX(id) FROM journal_entry), 0) > 2 * GREATEST(reltuples, 1000)"
            " FROM pg_class WHERE oid = 'journal_entry'::regclass"
        )
        if cursor.fetchone()[0]:
            cursor.execute("ANALYZE journal_entry")
