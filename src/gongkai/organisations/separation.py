"""Separation of duties in the database itself (三员分立): an account keeps one duty, whatever program writes the row."""

from __future__ import annotations

from typing import Any

from django.db import connections

_NAMES = ("organisations_post_duty", "organisations_post_duty_kept", "organisations_user_duty_kept")

_SQLITE = (
    'CREATE TRIGGER "organisations_post_duty" BEFORE INSERT ON organisations_post'
    " WHEN NEW.duty IS NOT (SELECT duty FROM organisations_user WHERE id = NEW.user_id)"
    " BEGIN SELECT RAISE(ABORT, 'separated duties'); END",
    'CREATE TRIGGER "organisations_post_duty_kept" BEFORE UPDATE OF duty, user_id ON organisations_post'
    " WHEN NEW.duty IS NOT (SELECT duty FROM organisations_user WHERE id = NEW.user_id)"
    " BEGIN SELECT RAISE(ABORT, 'separated duties'); END",
    'CREATE TRIGGER "organisations_user_duty_kept" BEFORE UPDATE OF duty ON organisations_user'
    " WHEN EXISTS (SELECT 1 FROM organisations_post WHERE user_id = NEW.id AND duty <> NEW.duty)"
    " BEGIN SELECT RAISE(ABORT, 'separated duties'); END",
)

_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION gongkai_post_duty() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN"
    " IF NEW.duty IS DISTINCT FROM (SELECT duty FROM organisations_user WHERE id = NEW.user_id FOR SHARE)"
    " THEN RAISE EXCEPTION 'separated duties' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
    " RETURN NEW; END$$",
    "CREATE OR REPLACE FUNCTION gongkai_user_duty() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN"
    " IF EXISTS (SELECT 1 FROM organisations_post WHERE user_id = NEW.id AND duty <> NEW.duty)"
    " THEN RAISE EXCEPTION 'separated duties' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
    " RETURN NEW; END$$",
    'CREATE TRIGGER "organisations_post_duty" BEFORE INSERT ON organisations_post'
    " FOR EACH ROW EXECUTE FUNCTION gongkai_post_duty()",
    'CREATE TRIGGER "organisations_post_duty_kept" BEFORE UPDATE OF duty, user_id ON organisations_post'
    " FOR EACH ROW EXECUTE FUNCTION gongkai_post_duty()",
    'CREATE TRIGGER "organisations_user_duty_kept" BEFORE UPDATE OF duty ON organisations_user'
    " FOR EACH ROW EXECUTE FUNCTION gongkai_user_duty()",
)


def missing_separation(*, using: str = "default") -> list[str]:
    """Return the names of the triggers that are dropped or switched off."""
    connection = connections[using]
    if "organisations_post" not in connection.introspection.table_names():
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgenabled IN ('O', 'A')"
                " AND c.relnamespace = current_schema()::regnamespace"
            )
        present = {row[0] for row in cursor.fetchall()}
    return [name for name in _NAMES if name not in present]


def install_separation(*, using: str = "default", **_: Any) -> None:
    """Install the triggers anew when one is missing (a receiver of `post_migrate`)."""
    if not missing_separation(using=using):
        return
    connection = connections[using]
    on_table = {name: "organisations_user" if "_user_" in name else "organisations_post" for name in _NAMES}
    with connection.cursor() as cursor:
        for name in _NAMES:
            tail = "" if connection.vendor == "sqlite" else f' ON "{on_table[name]}"'
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{tail}')
        for statement in _SQLITE if connection.vendor == "sqlite" else _POSTGRESQL:
            cursor.execute(statement)
