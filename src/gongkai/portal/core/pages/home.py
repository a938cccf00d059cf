"""The home page: search, fixed blocks, latest by column, what people ask for."""

from __future__ import annotations

from gongkai.portal.core.press import Press
from gongkai.portal.core.shelf import Shelf
from gongkai.portal.core.values import Output

LATEST_COLUMNS = 8
ROWS = 5


def render(press: Press, shelf: Shelf, argument: str) -> list[Output]:
    """Return the home page; columns with content first, then empty ones that owe content."""
    latest, owing = [], []
    for column in press.directory.front_columns:
        cards = shelf.newest(f"col:{column.code}", ROWS)
        if cards:
            latest.append((column, cards))
        elif column.cadence_days:
            owing.append(column)
    latest.sort(key=lambda pair: pair[1][0].published_at, reverse=True)
    pairs = list(shelf.newest("pairs", 3))
    topics = [(t, shelf.newest(f"topic:{t.code}", 3)) for t in press.directory.topics]
    return press.both(
        "home", "index.html", org=press.directory.root.code,
        latest=latest[:LATEST_COLUMNS], owing=owing[:6], pairs=pairs,
        topics=[pair for pair in topics if pair[1]], examples=_examples(latest),
    )  # fmt: skip


def _examples(latest: list) -> list[str]:  # type: ignore[type-arg]
    """Return up to three example queries that find something: first keywords (or numbers) of what was published last."""
    found: list[str] = []
    for _, cards in latest:
        for card in cards:
            word = next((w for w in (card.keyword, card.document_number) if w), "")
            if word and word not in found:
                found.append(word)
                break
        if len(found) == 3:
            break
    return found
