"""What an export needs of the database itself: one moment for all tables, counters, and rows put in below the triggers.

With `database_copy` the only module of the room that knows which database it talks to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def one_moment() -> Iterator[None]:
    """Let everything read inside come from one moment, without holding up those who write."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def _sequence(cursor: Any, table: str, column: str) -> str | None:
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table}"', column])
    found = cursor.fetchone()[0]
    return str(found) if found else None


def counters(keys: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return the last number given in each table (table, key column), so that numbers of removed rows stay used up."""
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, seq FROM sqlite_sequence")
            known = dict(cursor.fetchall())
            return {table: int(known[table]) for table, _ in keys if known.get(table)}
        for table, column in keys:
            if sequence := _sequence(cursor, table, column):
                cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")  # noqa: S608
                if last := cursor.fetchone()[0]:
                    found[table] = int(last)
    return found


def set_counters(keys: Sequence[tuple[str, str]], last: dict[str, int]) -> None:
    """Set the last number given in each table; never below the highest that a row has."""
    with connection.cursor() as cursor:
        for table, column in keys:
            if connection.vendor == "sqlite":
                cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")
                if cursor.fetchone() and table in last:
                    cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                    cursor.execute(
                        "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last[table]]
                    )
            elif sequence := _sequence(cursor, table, column):
                cursor.execute(f'SELECT COALESCE(MAX("{column}"), 0) FROM "{table}"')  # noqa: S608
                number = max(int(cursor.fetchone()[0]), last.get(table, 0))
                cursor.execute("SELECT setval(%s, %s, %s)", [sequence, max(number, 1), number > 0])


def raise_counters(keys: Sequence[tuple[str, str]], least: dict[str, int]) -> None:
    """Let no number up to `least` be given in these tables any more; counters that are higher stay as they are."""
    now = counters(keys)
    set_counters(keys, {table: max(number, now.get(table, 0)) for table, number in least.items()})


@contextmanager
def below_triggers(tables: Sequence[str]) -> Iterator[None]:
    """Put rows in one transaction while no trigger of these tables acts; all are back, and every reference holds, at its end."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(tables))
            cursor.execute(
                f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ({marks})",  # noqa: S608
                list(tables),
            )
            lifted = cursor.fetchall()
            for name, _ in lifted:
                cursor.execute(f'DROP TRIGGER "{name}"')
            yield
            connection.check_constraints()
            for _, statement in lifted:
                cursor.execute(statement)
            return
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def empty_tables(tables: Sequence[str]) -> None:
    """Take out what setting up a database put into these tables; meant for inside `below_triggers`."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608


def applied_migrations() -> dict[str, str]:
    """Return the newest migration of each app, which fixes the shape of every table."""
    from django.db.migrations.recorder import MigrationRecorder

    newest: dict[str, str] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        newest[app] = name
    return newest
