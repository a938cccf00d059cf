"""Atom feeds (RFC 4287) of the newest records of a column, of a topic column, or of all; also of what a question finds (`feed_of`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from xml.sax.saxutils import escape

from gongkai.portal.core.press import Press, machine_moment
from gongkai.portal.core.shelf import Shelf
from gongkai.portal.core.values import KIND_NAMES, Card, Output

TOPIC = "topic:"
_NOTHING_YET = "1970-01-01T00:00:00+08:00"


def feed_path(argument: str) -> str:
    """Return where a feed stands: `all`, a column code, or `topic:` and the code of a topic column."""
    if argument.startswith(TOPIC):
        return f"feed/topic/{argument.removeprefix(TOPIC)}.xml"
    return f"feed/{argument}.xml"


def render(press: Press, shelf: Shelf, argument: str) -> list[Output]:
    """Return the feed named by `argument`. It holds what the list's front page shows, 20 to 39 records."""
    topic = argument.removeprefix(TOPIC) if argument.startswith(TOPIC) else ""
    key = "all" if argument == "all" else argument if topic else f"col:{argument}"
    view = shelf.page(key, 0)
    if not view.exists and key != "all" and key not in press.fixed_lists:
        return []
    site_name = press.directory.root.name
    if argument == "all":
        title, home = f"{site_name}政府信息公开", "index.html"
    else:
        event = shelf.event_topic(topic) if topic else None
        title = f"{event.name if event else press.column(topic or argument).name} · {site_name}"
        home = f"topic/{topic}/index.html" if topic else f"col/{argument}/index.html"
    own = feed_path(argument)
    text = feed_of(
        press, view.cards, title=title, own=press.ordinary.absolute(own), home=press.ordinary.absolute(home)
    )
    return [Output(own, text.encode())]


def feed_of(press: Press, cards: Iterable[Card], *, title: str, own: str, home: str) -> str:
    """Return an Atom document; `own` is its full address and id, `home` the page that it follows."""
    cards = tuple(cards)
    author = press.directory.root.name
    updated = max((rfc3339(c.published_at) for c in cards), key=datetime.fromisoformat, default=_NOTHING_YET)
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">',
        f"<title>{_text(title)}</title><id>{_text(own)}</id><updated>{updated}</updated>",
        f'<link rel="self" type="application/atom+xml" href="{_text(own)}"/>'
        f'<link rel="alternate" type="text/html" href="{_text(home)}"/>',
        f"<author><name>{_text(author)}</name></author>",
        *(_entry(press, card, author) for card in cards),
    ]
    return "\n".join([*parts, "</feed>\n"])


def _entry(press: Press, card: Card, author: str) -> str:
    address = _text(press.ordinary.absolute(card.path))
    labels = [(code, press.directory.column_name(code)) for code in (*card.columns, *_known(press, card))]
    labels.append((card.kind, KIND_NAMES.get(card.kind, card.kind)))
    categories = "".join(f'<category term="{_text(t)}" label="{_text(n)}"/>' for t, n in labels)
    return (
        f'<entry><title>{_text(card.title)}</title><id>{address}</id><link rel="alternate" type="text/html" href="{address}"/>'
        f"<updated>{rfc3339(card.published_at)}</updated><published>{rfc3339(card.first_published_at)}</published>"
        f"<author><name>{_text(card.issuer or author)}</name></author>{categories}"
        f"<summary>{_text(card.summary or card.title)}</summary></entry>"
    )


def _known(press: Press, card: Card) -> Iterable[str]:
    """Return the topics of the site's own columns: those of events have their feed's title, not a label."""
    return (code for code in card.topics if code in press.directory.columns)


def rfc3339(text: str) -> str:
    """Return an ISO moment or day as RFC 3339 wants it; a bare day or a moment without a zone is the office's."""
    moment = datetime.fromisoformat(text) if len(text) > 10 else None
    if moment is None:
        return f"{date.fromisoformat(text)}T00:00:00+08:00" if text else _NOTHING_YET
    plain = machine_moment(text)
    return plain if moment.tzinfo else f"{plain.replace(' ', 'T')}+08:00"


def _text(value: str) -> str:
    return escape(_printable(value), {'"': "&quot;"})


def _printable(value: str) -> str:
    return "".join(c for c in value if (c >= " " or c in "\t\n") and c not in "\x7f\ufffe\uffff")
