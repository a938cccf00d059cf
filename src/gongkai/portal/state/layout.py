"""Laying out the whole state anew from all cards, in order of first release: what `take` would have made one by one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from gongkai.portal.core.cards import list_keys, public_number, references
from gongkai.portal.core.values import Card

_TABLES = ("record", "listing", "list_total", "pointer", "numbered", "copied")


def lay_out(db: sqlite3.Connection, cards: Iterable[Card]) -> int:
    """Replace cards, lists, pointers and files (inside the caller's transaction). Returns the number of records."""
    for table in _TABLES:
        db.execute(f"DELETE FROM {table}")  # noqa: S608  (fixed names)
    members: dict[str, list[int]] = {}
    live: dict[str, int] = {}
    pointers: list[tuple[str, int]] = []
    files: list[tuple[str, int, str]] = []
    numbers: list[tuple[str, int]] = []

    def rows() -> Iterator[tuple[int, int, int, str, str, bool, str]]:
        for place, card in enumerate(cards):
            for key in list_keys(card):
                members.setdefault(key, []).append(card.record_id)
                live[key] = live.get(key, 0) + (not card.withdrawn)
            pointers.extend((target, card.record_id) for target in references(card))
            if number := public_number(card):
                numbers.append((number, card.record_id))
            files.extend((path, card.record_id, sha) for path, sha in card.files)
            yield (
                card.record_id,
                place,
                card.release_id,
                card.index_number,
                card.path,
                card.withdrawn,
                card.to_json(),
            )

    db.executemany("INSERT INTO record VALUES (?,?,?,?,?,?,?)", rows())
    for key in sorted(members):
        db.executemany(
            "INSERT INTO listing VALUES (?,?,?)", ((key, place, r) for place, r in enumerate(members[key]))
        )
        db.execute("INSERT INTO list_total VALUES (?,?,?)", (key, len(members[key]), live[key]))
    db.executemany("INSERT OR IGNORE INTO pointer VALUES (?,?)", sorted(pointers))
    db.executemany("INSERT INTO numbered VALUES (?,?)", sorted(numbers))
    db.executemany("INSERT OR IGNORE INTO copied VALUES (?,?,?)", sorted(files))
    return int(db.execute("SELECT count(*) FROM record").fetchone()[0])
