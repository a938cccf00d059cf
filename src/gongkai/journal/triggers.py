"""Append-only tables (只增不改): one list of triggers for both databases.

A table refuses UPDATE and DELETE. On SQLite `INSERT OR REPLACE` would walk past the delete trigger, so an insert onto
an existing key is refused too; on PostgreSQL TRUNCATE is refused. SQLite drops triggers silently when a migration
rebuilds a table, so they are installed again after every migration, and `missing_triggers` tells what is not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

_TABLES: dict[str, tuple[str, ...]] = {}
_FUNCTION = (
    "CREATE OR REPLACE FUNCTION gongkai_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$BEGIN RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END$$"
)


@dataclass(frozen=True, slots=True)
class Trigger:
    """One trigger: its table, its name, and the statement that makes it."""

    table: str
    name: str
    sql: str


def append_only(table: str, *, unique: tuple[str, ...] = ("id",)) -> None:
    """Make `table` append-only on both databases from the next migration on; call it when the app is ready.

    `unique` names every column (or, joined by `+`, group of columns) that an insert must not collide on.
    """
    _TABLES[table] = unique


def append_only_tables() -> tuple[str, ...]:
    """Return the names of all append-only tables, sorted."""
    return tuple(sorted(_TABLES))


def _sqlite(table: str, unique: tuple[str, ...]) -> Iterator[Trigger]:
    def stop(name: str, head: str) -> Trigger:
        full = f"{table}_{name}"
        return Trigger(
            table,
            full,
            f"CREATE TRIGGER \"{full}\" {head} BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END",
        )

    yield stop("no_update", f'BEFORE UPDATE ON "{table}"')
    yield stop("no_delete", f'BEFORE DELETE ON "{table}"')
    same = " OR ".join(
        "(" + " AND ".join(f'"{c}" = NEW."{c}"' for c in group.split("+")) + ")" for group in unique
    )
    yield stop("no_replace", f'BEFORE INSERT ON "{table}" WHEN EXISTS (SELECT 1 FROM "{table}" WHERE {same})')  # noqa: S608  (names of our own tables)


def _postgresql(table: str) -> Iterator[Trigger]:
    for name, head in (("no_update", "BEFORE UPDATE OR DELETE"), ("no_truncate", "BEFORE TRUNCATE")):
        each = "ROW" if name == "no_update" else "STATEMENT"
        full = f"{table}_{name}"
        yield Trigger(
            table,
            full,
            f'CREATE TRIGGER "{full}" {head} ON "{table}" FOR EACH {each} EXECUTE FUNCTION gongkai_append_only()',
        )


def expected_triggers(vendor: str) -> list[Trigger]:
    """Return every trigger that this kind of database ("sqlite" or "postgresql") must have."""
    found: list[Trigger] = []
    for table, unique in sorted(_TABLES.items()):
        found.extend(_sqlite(table, unique) if vendor == "sqlite" else _postgresql(table))
    return found


def _present(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Map the name of each trigger in force to its definition; a switched-off trigger is not in force."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            return dict(cursor.fetchall())
        cursor.execute(
            "SELECT t.tgname, pg_get_triggerdef(t.oid) || p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND c.relnamespace = current_schema()::regnamespace"
        )
        return dict(cursor.fetchall())


def _is_in_force(trigger: Trigger, present: dict[str, str], vendor: str) -> bool:
    definition = present.get(trigger.name)
    if definition is None:
        return False
    if vendor == "sqlite":
        return definition == trigger.sql
    kind = "DELETE OR UPDATE" if trigger.name.endswith("no_update") else "TRUNCATE"
    each = "ROW" if trigger.name.endswith("no_update") else "STATEMENT"
    call = f"FOR EACH {each} EXECUTE FUNCTION gongkai_append_only()"
    return f" BEFORE {kind} ON " in definition and definition.endswith(call + _FUNCTION.split("$$")[1])


def missing_triggers(*, using: str = "default") -> list[Trigger]:
    """Return the triggers that are dropped, switched off or altered; tables not yet migrated are left out."""
    connection = connections[using]
    present = _present(connection)
    tables = set(connection.introspection.table_names())
    return [
        t
        for t in expected_triggers(connection.vendor)
        if t.table in tables and not _is_in_force(t, present, connection.vendor)
    ]


def _drop(cursor: Any, vendor: str, trigger: Trigger) -> None:
    where = "" if vendor == "sqlite" else f' ON "{trigger.table}"'
    cursor.execute(f'DROP TRIGGER IF EXISTS "{trigger.name}"{where}')


def install_triggers(*, using: str = "default", **_: Any) -> list[str]:
    """Install what is missing (a receiver of `post_migrate`, too); return the names of the triggers installed."""
    connection = connections[using]
    missing = missing_triggers(using=using)
    with connection.cursor() as cursor:
        if missing and connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for trigger in missing:
            _drop(cursor, connection.vendor, trigger)
            cursor.execute(trigger.sql)
    return [trigger.name for trigger in missing]


@contextmanager
def lifted_triggers(*, using: str = "default") -> Iterator[None]:
    """Lift all append-only triggers inside the block: for erasing a test database or restoring a backup, nothing else."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for trigger in expected_triggers(connection.vendor):
            if connection.vendor == "sqlite" or trigger.table in connection.introspection.table_names(cursor):
                _drop(cursor, connection.vendor, trigger)
    try:
        yield
    finally:
        install_triggers(using=using)
