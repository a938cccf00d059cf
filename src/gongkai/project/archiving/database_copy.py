"""Copying the database, consistent while others write: SQLite's backup interface, or pg_dump and pg_restore."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, connections, transaction

from gongkai.project.failure import CommandFailed

SQLITE_NAME, DUMP_NAME = "database.sqlite3", "database.dump"


def kind() -> str:
    """Return sqlite or postgresql."""
    return str(connection.vendor)


def copy_out(folder: Path) -> Path:
    """Write a copy of the database into the folder and return its path."""
    if kind() == "sqlite":
        target = folder / SQLITE_NAME
        connection.ensure_connection()
        try:
            with closing(sqlite3.connect(target)) as copy:
                connection.connection.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            raise OSError(errno.ENOSPC if "full" in str(error) else errno.EIO, str(error)) from error
        return target
    target = folder / DUMP_NAME
    _postgres("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    return target


def copy_in(folder: Path, *, database: str) -> None:
    """Put a copy back; the database must be empty. A copy of one kind cannot go into the other."""
    if database != kind():
        raise CommandFailed(
            "other_database",
            f"备份来自 {database}，当前数据库是 {kind()}",
            where="DATABASE_URL",
            remedy="请在同类数据库上恢复",
        )
    if connection.introspection.table_names():
        raise CommandFailed(
            "not_empty",
            "目标数据库不是空的",
            where="DATABASE_URL",
            remedy="请恢复到一个空的运行目录和空数据库",
        )
    connections.close_all()
    if database == "sqlite":
        target = Path(connection.settings_dict["NAME"])
        for suffix in ("-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(folder / SQLITE_NAME, target)
        return
    _postgres(
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        "--exit-on-error",
        str(folder / DUMP_NAME),
    )


def has_tables() -> bool:
    """Say whether the database holds anything yet."""
    return bool(connection.introspection.table_names())


def size_bytes() -> int:
    """Return how large the database is."""
    if kind() == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        files = (path, path.with_name(path.name + "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def lay_aside(*, now: datetime) -> str:
    """Move everything out of the database so that a copy can come in; nothing is deleted. Returns where it is now.

    SQLite: the file gets another name. PostgreSQL: the schema gets another name, which needs the owner of the database.
    """
    stamp = f"{now:%Y%m%dT%H%M%S}"
    if kind() == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connections.close_all()
        aside = path.with_name(f"{path.name}.aside-{stamp}")
        path.rename(aside)
        for suffix in ("-wal", "-shm"):
            rest = path.with_name(path.name + suffix)
            if rest.exists():
                rest.rename(aside.with_name(aside.name + suffix))
        return str(aside)
    name = f"aside_{stamp.lower()}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = cursor.fetchone()[0]
        cursor.execute(f'ALTER SCHEMA "{schema}" RENAME TO "{name}"')
        cursor.execute(f'CREATE SCHEMA "{schema}"')
    return name


def _program(name: str) -> str:
    """Return the path of a PostgreSQL program; the newest installed one must not be older than the server."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name, reverse=True
    )
    for folder in folders:
        if (folder / name).is_file():
            return str(folder / name)
    if found := shutil.which(name):
        return found
    raise CommandFailed("no_program", f"找不到 {name}", remedy="请安装 postgresql-client 后重试")


def _postgres(name: str, *arguments: str) -> None:
    """Run a PostgreSQL program on this database; the password goes through the environment only."""
    settings: dict[str, Any] = connection.settings_dict
    environ = dict(os.environ)
    for key, variable in (
        ("HOST", "PGHOST"),
        ("PORT", "PGPORT"),
        ("USER", "PGUSER"),
        ("PASSWORD", "PGPASSWORD"),
    ):
        if settings.get(key):
            environ[variable] = str(settings[key])
    command = [_program(name), *arguments]
    command[1:1] = [f"--dbname={settings['NAME']}"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise CommandFailed(
            "database_copy", f"{name} 失败：{done.stderr.strip()[-300:]}", where="DATABASE_URL"
        )
