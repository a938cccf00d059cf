"""Database triggers of this room: a record is live exactly while its current release is a publication.

`records_record.live` mirrors the release: a change of the release moves it, any other change is refused. Counters of index
numbers never go down. The one module of the room that knows which database it talks to. SQLite loses triggers when a
migration rebuilds a table, and stumbles over those of other tables, so they are lifted before and installed after.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

_KIND = (
    "COALESCE((SELECT r.kind = 'publish' FROM records_recordstate s JOIN records_release r ON r.id = s.current_release_id"
    " WHERE s.record_id = NEW.id), {no})"
)
_OWN_KIND = (
    "COALESCE((SELECT r.kind = 'publish' FROM records_release r WHERE r.id = NEW.current_release_id), {no})"
)

_SQLITE: dict[str, str] = {
    "records_live_follows_release": (
        "CREATE TRIGGER records_live_follows_release AFTER UPDATE OF current_release_id ON records_recordstate BEGIN"  # noqa: S608
        " UPDATE records_record SET live = " + _OWN_KIND.format(no=0) + " WHERE id = NEW.record_id; END"
    ),
    "records_live_ends_with_state": (
        "CREATE TRIGGER records_live_ends_with_state AFTER DELETE ON records_recordstate BEGIN"
        " UPDATE records_record SET live = 0 WHERE id = OLD.record_id; END"
    ),
    "records_state_begins_unreleased": (
        "CREATE TRIGGER records_state_begins_unreleased BEFORE INSERT ON records_recordstate"
        " WHEN NEW.current_release_id IS NOT NULL BEGIN"
        " SELECT RAISE(ABORT, 'record state must begin without release'); END"
    ),
    "records_live_needs_release": (
        "CREATE TRIGGER records_live_needs_release BEFORE UPDATE OF live ON records_record"
        f" WHEN NEW.live <> {_KIND.format(no=0)} BEGIN"
        " SELECT RAISE(ABORT, 'record is live without a current release, or released without being live'); END"
    ),
    "records_born_unpublished": (
        "CREATE TRIGGER records_born_unpublished BEFORE INSERT ON records_record WHEN NEW.live BEGIN"
        " SELECT RAISE(ABORT, 'record cannot be live when made'); END"
    ),
    "records_counter_only_up": (
        "CREATE TRIGGER records_counter_only_up BEFORE UPDATE ON records_indexcounter"
        " WHEN NEW.last < OLD.last OR NEW.prefix <> OLD.prefix OR NEW.year <> OLD.year BEGIN"
        " SELECT RAISE(ABORT, 'index numbers are never given again'); END"
    ),
}

_FUNCTIONS = {
    "records_live_follows_release": (
        "UPDATE records_record SET live = "  # noqa: S608
        + _OWN_KIND.format(no="false")
        + " WHERE id = NEW.record_id; RETURN NULL;"
    ),
    "records_live_ends_with_state": (
        "UPDATE records_record SET live = false WHERE id = OLD.record_id; RETURN NULL;"
    ),
    "records_state_begins_unreleased": (
        "IF NEW.current_release_id IS NOT NULL THEN RAISE EXCEPTION 'record state must begin without release'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;"
    ),
    "records_live_needs_release": (
        f"IF NEW.live IS DISTINCT FROM {_KIND.format(no='false')} THEN"
        " RAISE EXCEPTION 'record is live without a current release, or released without being live'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;"
    ),
    "records_born_unpublished": (
        "IF NEW.live THEN RAISE EXCEPTION 'record cannot be live when made'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;"
    ),
    "records_counter_only_up": (
        "IF NEW.last < OLD.last OR NEW.prefix <> OLD.prefix OR NEW.year <> OLD.year THEN"
        " RAISE EXCEPTION 'index numbers are never given again'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;"
    ),
}
_HEADS = {
    "records_live_follows_release": "AFTER UPDATE OF current_release_id ON records_recordstate",
    "records_live_ends_with_state": "AFTER DELETE ON records_recordstate",
    "records_state_begins_unreleased": "BEFORE INSERT ON records_recordstate",
    "records_live_needs_release": "BEFORE UPDATE OF live ON records_record",
    "records_born_unpublished": "BEFORE INSERT ON records_record",
    "records_counter_only_up": "BEFORE UPDATE ON records_indexcounter",
}


def _table(name: str) -> str:
    return _HEADS[name].rsplit(" ", 1)[1]


def missing_record_triggers(*, using: str = "default") -> list[str]:
    """Return the names of triggers that are not there or differ; none before the tables are made."""
    connection = connections[using]
    if "records_recordstate" not in connection.introspection.table_names():
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            present = dict(cursor.fetchall())
            return [name for name, sql in _SQLITE.items() if present.get(name) != sql]
        cursor.execute(
            "SELECT t.tgname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND c.relnamespace = current_schema()::regnamespace"
        )
        present = dict(cursor.fetchall())
        return [name for name, body in _FUNCTIONS.items() if present.get(name) != f"BEGIN {body} END"]


def install_record_triggers(*, using: str = "default", **_: Any) -> list[str]:
    """Install what is missing (a receiver of `post_migrate`, too); return the names of the triggers installed."""
    connection = connections[using]
    missing = missing_record_triggers(using=using)
    with connection.cursor() as cursor:
        for name in missing:
            _drop(connection, cursor, name)
            if connection.vendor == "sqlite":
                cursor.execute(_SQLITE[name])
                continue
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {_FUNCTIONS[name]} END$$"
            )
            cursor.execute(f"CREATE TRIGGER {name} {_HEADS[name]} FOR EACH ROW EXECUTE FUNCTION {name}()")
    return missing


def lift_record_triggers(*, using: str = "default", **_: Any) -> None:
    """Lift the triggers before migrations (a receiver of `pre_migrate`)."""
    connection = connections[using]
    if "records_recordstate" in connection.introspection.table_names():
        with connection.cursor() as cursor:
            for name in _SQLITE:
                _drop(connection, cursor, name)


def _drop(connection: Any, cursor: Any, name: str) -> None:
    where = "" if connection.vendor == "sqlite" else f" ON {_table(name)}"
    cursor.execute(f"DROP TRIGGER IF EXISTS {name}{where}")
