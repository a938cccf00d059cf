"""Attachments that are tables (表格附件): their text as pages of rows, so that a long list is read without a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

PAGE_ROWS = 250
_SUFFIXES = (".csv", ".xlsx", ".xls", ".ods", ".et")


@dataclass(frozen=True, slots=True)
class TablePage:
    """Some rows of one table attachment. `number` counts from 1 within `attachment` (also from 1); `first` is the number of its
    first row below the heads."""

    path: str
    attachment: int
    number: int
    first: int
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def table_of(name: str, text: str) -> list[tuple[str, ...]]:
    """Return the rows of a table attachment, the first are the heads; nothing when the text is no plain table.

    The text holds a line for each row and a tab between cells.
    """
    if not name.lower().endswith(_SUFFIXES):
        return []
    rows = [tuple(cell.strip() for cell in line.split("\t")) for line in text.splitlines() if line.strip()]
    width = len(rows[0]) if rows else 0
    if width < 2 or len(rows) < 2 or not all(rows[0]) or any(not 2 <= len(row) <= width for row in rows):
        return []
    return [row + ("",) * (width - len(row)) for row in rows]


def pages_of(attachment: int, folder: str, rows: Sequence[tuple[str, ...]]) -> Iterator[TablePage]:
    """Yield the pages of one table; the first stands where the text of any attachment stands."""
    heads, body = rows[0], iter(rows[1:])
    number = 0
    while chunk := tuple(islice(body, PAGE_ROWS)):
        number += 1
        tail = f"-{number}" if number > 1 else ""
        path = f"{folder}fujian-{attachment}{tail}.html"
        yield TablePage(path, attachment, number, (number - 1) * PAGE_ROWS + 1, heads, chunk)


def table_pages(payload: dict[str, Any], folder: str) -> list[TablePage]:
    """Return the pages of every table attachment of a record, in order; parts of one long table follow each other."""
    found: list[TablePage] = []
    for i, row in enumerate(payload.get("attachments") or (), 1):
        rows = table_of(str(row.get("name") or ""), str(row.get("text") or ""))
        if rows:
            found += pages_of(i, folder, rows)
    return found
