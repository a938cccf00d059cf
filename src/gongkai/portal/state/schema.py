"""Opening the state file. Plain sqlite3: the portal's memory is no part of the business database."""

from __future__ import annotations

import sqlite3
from pathlib import Path

VERSION = "4"
_TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record (
  record_id INTEGER PRIMARY KEY, place INTEGER NOT NULL, release_id INTEGER NOT NULL, index_number TEXT NOT NULL,
  path TEXT NOT NULL, withdrawn INTEGER NOT NULL, card TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS record_place ON record (place);
CREATE INDEX IF NOT EXISTS record_index ON record (index_number);
CREATE INDEX IF NOT EXISTS record_path ON record (path);
CREATE TABLE IF NOT EXISTS listing (list TEXT NOT NULL, place INTEGER NOT NULL, record_id INTEGER NOT NULL, PRIMARY KEY (list, place)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS listing_record ON listing (record_id);
CREATE TABLE IF NOT EXISTS list_total (list TEXT PRIMARY KEY, places INTEGER NOT NULL, live INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pointer (target TEXT NOT NULL, record_id INTEGER NOT NULL, PRIMARY KEY (target, record_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pointer_record ON pointer (record_id);
CREATE TABLE IF NOT EXISTS numbered (number TEXT NOT NULL, record_id INTEGER NOT NULL, PRIMARY KEY (number, record_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS numbered_record ON numbered (record_id);
CREATE TABLE IF NOT EXISTS copied (path TEXT NOT NULL, record_id INTEGER NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (path, record_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS copied_record ON copied (record_id);
CREATE TABLE IF NOT EXISTS output (path TEXT PRIMARY KEY, spec TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS output_spec ON output (spec);
CREATE TABLE IF NOT EXISTS depends (key TEXT NOT NULL, spec TEXT NOT NULL, PRIMARY KEY (key, spec)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS depends_spec ON depends (spec);
CREATE TABLE IF NOT EXISTS pending (spec TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending_search (record_id INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS fingerprint (release_id INTEGER PRIMARY KEY, record_id INTEGER NOT NULL, path TEXT NOT NULL, prints BLOB NOT NULL, files TEXT NOT NULL);
"""


class StateBusy(RuntimeError):
    """Another process is building."""


def open_state(path: Path) -> sqlite3.Connection:
    """Open (and make) the state file; a file of another version is emptied, which leads to a full build."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    connection.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-64000; PRAGMA temp_store=MEMORY;"
    )
    connection.executescript(_TABLES)
    if get_meta(connection, "version") != VERSION:
        tables = [
            row[0]
            for row in connection.execute(
                "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        for table in tables:
            connection.execute(f"DROP TABLE {table}")
        connection.executescript(_TABLES)
        set_meta(connection, "version", VERSION)
        set_meta(connection, "must_rebuild", "1")
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open an existing state file without the right to write."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=30)
    connection.execute("PRAGMA cache_size=-64000")
    return connection


def get_meta(connection: sqlite3.Connection, name: str) -> str:
    """Return a remembered value, or an empty string."""
    row = connection.execute("SELECT value FROM meta WHERE name=?", (name,)).fetchone()
    return row[0] if row else ""


def set_meta(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Remember a value."""
    connection.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value=excluded.value", (name, value)
    )
