"""Tables of web pages: merged cells laid out on a grid; tables that only place things told apart."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml.html import HtmlElement

from gongkai.importing.blocks import Limits, Rows, too_many_cells

MAX_SPAN = 500
MANY_PARAGRAPHS = 8
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)

Cells = list[list[HtmlElement]]


def table_cells(table: HtmlElement) -> Cells:
    """This function will give the visible cells of a table row by row, those of inner tables left aside."""
    rows = (
        row for row in table.iter("tr") if next(row.iterancestors("table")) is table and not _is_hidden(row)
    )
    return [[cell for cell in row if cell.tag in ("td", "th") and not _is_hidden(cell)] for row in rows]


def has_hidden_cells(table: HtmlElement) -> bool:
    """True if rows or cells with words are hidden."""
    return any(_is_hidden(part) and part.text_content().strip() for part in table.iter("tr", "td", "th"))


def _is_hidden(element: HtmlElement) -> bool:
    return element.get("hidden") is not None or bool(HIDDEN.search(element.get("style", "")))


def is_layout(cells: Cells) -> bool:
    """True for a table that only places things: one cell, an inner table, or many paragraphs in one cell."""
    flat = [cell for row in cells for cell in row]
    if len(flat) <= 1:
        return True
    return any(
        cell.find(".//table") is not None or len(cell.findall(".//p")) > MANY_PARAGRAPHS for cell in flat
    )


def place_cells(cells: Cells, text_of: Callable[[HtmlElement], str]) -> Rows:
    """This function will lay the cells on a grid: a merged cell stands in its first field, the others are empty."""
    taken: dict[tuple[int, int], str] = {}
    for y, row in enumerate(cells):
        x = 0
        for cell in row:
            while (y, x) in taken:
                x += 1
            wide, high = _span(cell, "colspan"), min(_span(cell, "rowspan"), len(cells) - y)
            if len(taken) + wide * high > Limits.table_cells:
                raise too_many_cells("网页")
            for down in range(high):
                for right in range(wide):
                    taken.setdefault((y + down, x + right), "")
            taken[(y, x)] = text_of(cell)
            x += wide
    width = max((x for _, x in taken), default=-1) + 1
    if width * len(cells) > Limits.table_cells:
        raise too_many_cells("网页")
    return tuple(tuple(taken.get((y, x), "") for x in range(width)) for y in range(len(cells)))


def _span(cell: HtmlElement, name: str) -> int:
    value = cell.get(name, "1").strip()
    return max(1, min(int(value), MAX_SPAN)) if re.fullmatch(r"[0-9]{1,6}", value) else 1
