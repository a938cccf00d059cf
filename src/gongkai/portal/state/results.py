"""Keeping what a rendering gave: hashes of files and dependency keys, a specification at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol


class Result(Protocol):
    """What a rendering gave."""

    @property
    def spec(self) -> str:
        """Return the specification."""

    @property
    def files(self) -> tuple[tuple[str, str, int], ...]:
        """Return (path, sha256, size) of each file."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the dependency keys."""


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Commit at the end, roll back on any error."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def vanished(db: sqlite3.Connection, results: Iterable[Result]) -> list[str]:
    """Return the files that these specifications gave before and do not give now."""
    gone: list[str] = []
    kept: set[str] = set()
    for result in results:
        now = {path for path, _, _ in result.files}
        kept |= now
        gone += [
            row[0]
            for row in db.execute("SELECT path FROM output WHERE spec=?", (result.spec,))
            if row[0] not in now
        ]
    return [path for path in gone if path not in kept]


def store_results(db: sqlite3.Connection, results: Iterable[Result]) -> None:
    """Replace what is known of these specifications (inside the caller's transaction)."""
    for result in results:
        db.execute("DELETE FROM output WHERE spec=?", (result.spec,))
        db.execute("DELETE FROM depends WHERE spec=?", (result.spec,))
    insert_results(db, results)


def insert_results(db: sqlite3.Connection, results: Iterable[Result]) -> None:
    """Add what is known of specifications that the state holds nothing of."""
    db.executemany(
        "INSERT OR REPLACE INTO output VALUES (?,?,?,?)",
        ((path, result.spec, sha, size) for result in results for path, sha, size in result.files),
    )
    db.executemany(
        "INSERT OR IGNORE INTO depends VALUES (?,?)",
        ((key, result.spec) for result in results for key in result.keys),
    )
