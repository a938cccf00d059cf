"""A preview: the page of a payload that is not released, over what is already public."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from typing import Any

from gongkai.portal.core.cards import card_of
from gongkai.portal.core.pages.record import record_context
from gongkai.portal.core.press import Press
from gongkai.portal.core.shelf import Shelf, Store
from gongkai.portal.core.values import Board, Card, Release, Site
from gongkai.portal.places import Places
from gongkai.portal.state.schema import get_meta, open_for_reading
from gongkai.portal.state.store import SqliteStore

UNNUMBERED = "（发布时编号）"


class EmptyStore:
    """A store of a site on which nothing is public yet."""

    def card_by_id(self, record_id: int) -> Card | None:
        """Return nothing."""
        return None

    def card_by_index(self, index_number: str) -> Card | None:
        """Return nothing."""
        return None

    def card_by_number(self, number: str) -> Card | None:
        """Return nothing."""
        return None

    def cards_between(self, key: str, first: int, end: int) -> list[Card]:
        """Return nothing."""
        return []

    def list_total(self, key: str) -> tuple[int, int]:
        """Return nothing."""
        return 0, 0

    def list_keys(self, prefix: str) -> list[str]:
        """Return nothing."""
        return []

    def pointing_at(self, index_number: str) -> list[Card]:
        """Return nothing."""
        return []

    def payload(self, record_id: int) -> dict[str, Any]:
        """Return nothing."""
        return {}

    def board(self) -> Board:
        """Return an empty board."""
        return Board()


def complete(payload: dict[str, Any], today: date) -> dict[str, Any]:
    """Return the payload with what only publication gives filled in for show: index number, path, moments."""
    shown = dict(payload)
    shown["index_number"] = payload.get("index_number") or UNNUMBERED
    shown["path"] = payload.get("path") or f"doc/{payload['org']['code']}/{today.year}/preview.html"
    for name in ("published_at", "first_published_at"):
        shown[name] = payload.get(name) or today.isoformat()
    return shown


def preview(site: Site, store: Store, payload: dict[str, Any], *, today: date) -> str:
    """Return the ordinary page of a payload."""
    shown = complete(payload, today)
    card = card_of(Release(0, 0, "publish", "", shown["published_at"], shown))
    press = Press(site)
    context = record_context(press, Shelf(store, today), card, shown)
    return press.both("record", card.path, **context)[0].body.decode()


def preview_over(places: Places, site: Site, payload: dict[str, Any], *, today: date) -> str:
    """Return the page over what is public at these places; nothing public yet is fine."""
    try:
        db = open_for_reading(places.state)
    except sqlite3.OperationalError:
        return preview(site, EmptyStore(), payload, today=today)
    with closing(db):
        built = get_meta(db, "site")
        return preview(
            Site.from_json(built) if built else site, SqliteStore(db, _no_payload), payload, today=today
        )


def _no_payload(record_id: int, release_id: int) -> dict[str, Any]:
    raise LookupError(record_id)
