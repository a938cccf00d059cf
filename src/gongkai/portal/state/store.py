"""Answers to a page's questions out of the state file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from gongkai.portal.core.values import Board, Card
from gongkai.portal.state.schema import get_meta

PayloadOf = Callable[[int, int], dict[str, Any]]


class SqliteStore:
    """`core.shelf.Store` over the state file. `payload_of(record_id, release_id)` fetches the payload of a record's newest release."""

    def __init__(self, connection: sqlite3.Connection, payload_of: PayloadOf, *, remember: int = 0) -> None:
        """Make the store; `remember` keeps so many cards read from lists, for builds during which nothing changes."""
        self._db = connection
        self._payload_of = payload_of
        self._read = lru_cache(maxsize=remember)(Card.from_json) if remember else Card.from_json

    def card_by_id(self, record_id: int) -> Card | None:
        """Return the card of a record."""
        return self._card("SELECT card FROM record WHERE record_id=?", record_id)

    def card_by_index(self, index_number: str) -> Card | None:
        """Return the card with this index number."""
        return self._card(
            "SELECT card FROM record WHERE index_number=? ORDER BY place DESC LIMIT 1", index_number
        )

    def card_by_number(self, number: str) -> Card | None:
        """Return the published record that bears this document number, the first released when there are several."""
        return self._card(
            "SELECT r.card FROM numbered n JOIN record r USING (record_id) WHERE n.number=? ORDER BY r.place LIMIT 1",
            number,
        )

    def card_by_path(self, path: str) -> Card | None:
        """Return the card whose page stands at path."""
        return self._card("SELECT card FROM record WHERE path=?", path)

    def _card(self, sql: str, value: Any) -> Card | None:
        row = self._db.execute(sql, (value,)).fetchone()
        return Card.from_json(row[0]) if row else None

    def cards_between(self, key: str, first: int, end: int) -> list[Card]:
        """Return the cards at places first..end-1 of a list."""
        rows = self._db.execute(
            "SELECT r.card FROM listing l JOIN record r USING (record_id) WHERE l.list=? AND l.place>=? AND l.place<? ORDER BY l.place",
            (key, first, end),
        )
        return [self._read(row[0]) for row in rows]

    def list_total(self, key: str) -> tuple[int, int]:
        """Return (places, places not withdrawn)."""
        row = self._db.execute("SELECT places, live FROM list_total WHERE list=?", (key,)).fetchone()
        return (row[0], row[1]) if row else (0, 0)

    def list_keys(self, prefix: str) -> list[str]:
        """Return the lists under a prefix that hold something, sorted."""
        rows = self._db.execute(
            "SELECT list FROM list_total WHERE list>=? AND list<? AND places>0 ORDER BY list",
            (prefix, prefix + "\uffff"),
        )
        return [row[0] for row in rows]

    def pointing_at(self, index_number: str) -> list[Card]:
        """Return the records that point at this one, by first release."""
        rows = self._db.execute(
            "SELECT r.card FROM pointer p JOIN record r USING (record_id) WHERE p.target=? ORDER BY r.place",
            (index_number,),
        )
        return [self._read(row[0]) for row in rows]

    def board(self) -> Board:
        """Return the pins and event topics."""
        return Board.from_json(get_meta(self._db, "board"))

    def payload(self, record_id: int) -> dict[str, Any]:
        """Return the payload of the newest release of a record."""
        row = self._db.execute("SELECT release_id FROM record WHERE record_id=?", (record_id,)).fetchone()
        if row is None:
            raise LookupError(f"公开站点里没有第 {record_id} 号信息")
        return self._payload_of(record_id, row[0])
