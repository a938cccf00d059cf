"""Atom feeds of the newest records of a column, or of all."""

from __future__ import annotations

from xml.sax.saxutils import escape

from gongkai.portal.core.press import Press
from gongkai.portal.core.shelf import Shelf
from gongkai.portal.core.values import Output


def render(press: Press, shelf: Shelf, argument: str) -> list[Output]:
    """Return the feed of column `argument` (`all`: the whole site). It holds what the list's front page shows, 20 to 39 records."""
    key = "all" if argument == "all" else f"col:{argument}"
    name = press.directory.root.name if argument == "all" else press.column(argument).name
    view = shelf.page(key, 0)
    if not view.exists and key != "all" and key not in press.fixed_lists:
        return []
    cards = view.cards
    links = press.ordinary
    own = f"feed/{argument}.xml"
    updated = max((c.published_at for c in cards), default="1970-01-01T00:00:00+08:00")
    home = "index.html" if argument == "all" else f"col/{argument}/index.html"
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">',
        f"<title>{_text(name)}</title><id>{_text(links.absolute(own))}</id><updated>{_text(updated)}</updated>",
        f'<link rel="self" href="{_text(links.absolute(own))}"/><link href="{_text(links.absolute(home))}"/>',
        f"<author><name>{_text(press.directory.root.name)}</name></author>",
    ]
    for card in cards:
        address = _text(links.absolute(card.path))
        parts.append(
            f'<entry><title>{_text(card.title)}</title><id>{address}</id><link href="{address}"/>'
            f"<updated>{_text(card.published_at)}</updated><published>{_text(card.first_published_at)}</published>"
            f"<author><name>{_text(card.issuer or name)}</name></author><summary>{_text(card.summary or card.title)}</summary></entry>"
        )
    return [Output(own, "\n".join([*parts, "</feed>\n"]).encode())]


def _text(value: str) -> str:
    return escape(_printable(value), {'"': "&quot;"})


def _printable(value: str) -> str:
    return "".join(c for c in value if c >= " " or c in "\t\n")
