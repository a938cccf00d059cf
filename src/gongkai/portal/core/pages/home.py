"""The home page: search, fixed blocks, latest by column, what people ask for."""

from __future__ import annotations

import re

from gongkai.portal.core.press import Press
from gongkai.portal.core.shelf import Shelf
from gongkai.portal.core.values import Card, Column, Output

_ABOUT = re.compile(
    r"关于(?:开展|公布|印发|做好|加强|进一步|世界)*《?([\u4e00-\u9fff]{2,8}?)(?:》|的|情况|活动|工作|安排|设置)"
)
LATEST_COLUMNS = 8
ROWS = 5


def render(press: Press, shelf: Shelf, argument: str) -> list[Output]:
    """Return the home page; columns with content first, then empty ones that owe content."""
    latest: list[tuple[Column, tuple[Card, ...]]] = []
    owing: list[Column] = []
    for column in press.directory.front_columns:
        cards = shelf.newest(f"col:{column.code}", ROWS)
        if cards:
            latest.append((column, cards))
        elif column.cadence_days:
            owing.append(column)
    latest.sort(key=lambda pair: pair[1][0].published_at, reverse=True)
    pairs = list(shelf.newest("pairs", 3))
    topics = [(t, shelf.newest(f"topic:{t.code}", 3)) for t in press.directory.topics]
    events = [(t, shelf.newest(f"topic:{t.code}", 3)) for t in shelf.event_topics() if t.is_open]
    pinned = shelf.pinned()
    return press.both(
        "home", "index.html", org=press.directory.root.code,
        pinned=pinned, urgent=any(urgent for _, urgent in pinned), events=events, latest=latest[:LATEST_COLUMNS], owing=owing[:6], pairs=pairs,
        topics=[pair for pair in topics if pair[1]], examples=_examples(latest),
    )  # fmt: skip


def _examples(latest: list[tuple[Column, tuple[Card, ...]]]) -> list[str]:
    """Return up to three example queries that find something: a keyword or the matter in the newest title of a column, then a number."""
    found: list[str] = []
    for _, cards in latest:
        word = next((w for card in cards if (w := card.keyword or _matter(card.title))), "")
        if word and word not in found and len(found) < 2:
            found.append(word)
    number = next((card.document_number for _, cards in latest for card in cards if card.document_number), "")
    return [*found, number] if number else found


def _matter(title: str) -> str:
    """Return the few words a title is about, or an empty string."""
    match = _ABOUT.search(title)
    return match.group(1) if match else ""
