"""What a page may ask for while it is rendered. Every question is remembered as a dependency key.

Keys: `index:<index number>` the card of a record; `back:<index number>` who points at it; `number:<document number>` which record bears it; `list:<list>:<page>` the places of one page
(0 = front) with the total; `lists:<prefix>` which lists exist; `day:<date>` the page changes on that day; `board:pins`, `board:topics`,
`board:topic:<code>` what stands on the board of pins and event topics.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from gongkai.portal.core import lists
from gongkai.portal.core.public_dates import LIST as DATED
from gongkai.portal.core.values import PAGE_SIZE, Board, Card, EventTopic


class Store(Protocol):
    """The stored cards and lists; questions only, no dependency keeping."""

    def card_by_id(self, record_id: int) -> Card | None:
        """Return the card of a record."""

    def card_by_index(self, index_number: str) -> Card | None:
        """Return the card with this index number (索引号)."""

    def card_by_number(self, number: str) -> Card | None:
        """Return the published record that bears this document number, the first released when there are several."""

    def cards_between(self, key: str, first: int, end: int) -> list[Card]:
        """Return the cards at places first..end-1 of a list, oldest first."""

    def list_total(self, key: str) -> tuple[int, int]:
        """Return (places, places not withdrawn) of a list."""

    def list_keys(self, prefix: str) -> list[str]:
        """Return the lists whose key starts with prefix, sorted."""

    def pointing_at(self, index_number: str) -> list[Card]:
        """Return the records that point at this index number, by first release."""

    def payload(self, record_id: int) -> dict[str, Any]:
        """Return the payload of the newest release of a record."""

    def board(self) -> Board:
        """Return the pins and event topics."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list, newest first. `number` 0 is the front; totals are known on the front only."""

    key: str
    number: int
    cards: tuple[Card, ...]
    total: int
    newer: int | None
    older: int | None
    exists: bool


class Shelf:
    """Answers a page's questions and remembers them in `keys`."""

    def __init__(self, store: Store, today: date) -> None:
        self._store = store
        self._today = today
        self.keys: set[str] = set()

    def card(self, record_id: int) -> Card | None:
        """Return the card of the record the page is about (no key: the page is written whenever it changes)."""
        return self._store.card_by_id(record_id)

    def payload(self, record_id: int) -> dict[str, Any]:
        """Return the payload of the record the page is about."""
        return self._store.payload(record_id)

    def find(self, index_number: str) -> Card | None:
        """Return another record by index number; None when unknown."""
        self.keys.add(f"index:{index_number}")
        return self._store.card_by_index(index_number)

    def numbered(self, number: str) -> Card | None:
        """Return the published record that bears a document number (发文字号, as `citations.normal_number` writes it)."""
        self.keys.add(f"number:{number}")
        return self._store.card_by_number(number)

    def whole(self, card: Card) -> dict[str, Any]:
        """Return the payload of another record, shown inside this page."""
        self.keys.add(f"index:{card.index_number}")
        return self._store.payload(card.record_id)

    def pointing_at(self, index_number: str) -> list[Card]:
        """Return the published records that point at this one."""
        self.keys.add(f"back:{index_number}")
        return [c for c in self._store.pointing_at(index_number) if not c.withdrawn]

    def count(self, key: str) -> int:
        """Return how many published records a list has."""
        self.keys.add(f"list:{key}:0")
        return self._store.list_total(key)[1]

    def list_names(self, prefix: str) -> list[str]:
        """Return which lists exist under a prefix."""
        self.keys.add(f"lists:{prefix}")
        return self._store.list_keys(prefix)

    def newest(self, key: str, limit: int) -> tuple[Card, ...]:
        """Return up to `limit` of the newest published records of a list's front page, newest first."""
        return self.page(key, 0).cards[:limit]

    def page(self, key: str, number: int, size: int = PAGE_SIZE) -> ListPage:
        """Return one page of a list; withdrawn places are left out."""
        self.keys.add(f"list:{key}:{number}")
        places, live = self._store.list_total(key)
        pages = lists.numbered_pages(places, size)
        first = lists.front_start(places, size) if number == 0 else (number - 1) * size
        end = places if number == 0 else number * size
        cards = [c for c in self._store.cards_between(key, first, end) if not c.withdrawn]
        cards.reverse()
        if number == 0:
            newer, older = None, (pages or None)
        else:
            newer, older = (number + 1 if number < pages else 0), (number - 1 or None)
        exists = places > 0 if number == 0 else number <= pages
        return ListPage(key, number, tuple(cards), live if number == 0 else 0, newer, older, exists)

    def dated(self) -> list[Card]:
        """Return the published records that name a day of this month or later, each once, by month and first release."""
        found = {}
        for key in self.list_names(DATED):
            if key.removeprefix(DATED) < self._today.isoformat()[:7]:
                continue
            places = self._store.list_total(key)[0]
            self.keys.update(f"list:{key}:{n}" for n in range(lists.numbered_pages(places) + 1))
            found.update({card.record_id: card for card in self._store.cards_between(key, 0, places)})
        return [card for card in found.values() if not card.withdrawn]

    def is_over(self, day: date) -> bool:
        """Return whether a day is past; while it is not, the page is written again on the day after."""
        return self.has_come((day + timedelta(days=1)).isoformat())

    def pinned(self) -> tuple[tuple[Card, bool], ...]:
        """Return the records that are pinned today, each with whether it tells of an emergency."""
        self.keys.add("board:pins")
        found = []
        for pin in self._store.board().pins:
            card = self.find(pin.index_number)
            gone = self.is_over(date.fromisoformat(pin.until))
            if card is not None and not card.withdrawn and not gone:
                found.append((card, pin.urgent))
        return tuple(found)

    def event_topics(self) -> tuple[EventTopic, ...]:
        """Return the event topics under which something was published, the newest first."""
        self.keys.add("board:topics")
        topics = self._store.board().topics
        return tuple(topic for topic in reversed(topics) if self.count(f"topic:{topic.code}"))

    def event_topic(self, code: str) -> EventTopic | None:
        """Return one event topic by code."""
        self.keys.add(f"board:topic:{code}")
        return next((topic for topic in self._store.board().topics if topic.code == code), None)

    def chunk(self, number: int, size: int) -> tuple[Card, ...]:
        """Return places number*size.. of all records, oldest first (site map)."""
        self.keys.add(f"chunk:{number}")
        return tuple(
            c for c in self._store.cards_between("all", number * size, (number + 1) * size) if not c.withdrawn
        )

    def chunks(self, size: int) -> int:
        """Return how many site map chunks there are."""
        self.keys.add("chunks")
        return -(-self._store.list_total("all")[0] // size)

    def has_come(self, day: str) -> bool:
        """Return whether an ISO day is today or past; while it is not, the page is written again on that day."""
        try:
            target = date.fromisoformat(day[:10])
        except ValueError:
            return False
        if target > self._today:
            self.keys.add(f"day:{target.isoformat()}")
            return False
        return True
