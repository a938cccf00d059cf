"""The text with its findings marked in place (文中标注), made on the server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from gongkai.records.core.reading import FIELD_LABELS, body_lines
from gongkai.records.staff.findings_panel import FindingRow

SHOWN_ROWS = 30
MOST_ROWS = 300
_FIELDS = ("document_number", "summary", "author", "source")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `rows` are the findings over it, `starts` those that begin here, `ends` those that end here."""

    text: str
    rows: tuple[FindingRow, ...] = ()
    starts: tuple[FindingRow, ...] = ()
    ends: tuple[FindingRow, ...] = ()

    @property
    def severity(self) -> str:
        """Return the gravest severity over this stretch; rows come gravest first."""
        return self.rows[0].severity if self.rows else ""


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """One line or table of a text; `left_out` counts the rows of a table that have no finding and are not shown."""

    label: str
    pieces: tuple[Piece, ...] = ()
    table: tuple[tuple[tuple[Piece, ...], ...], ...] | None = None
    left_out: int = 0

    @property
    def is_marked(self) -> bool:
        """Tell whether a finding stands in this line."""
        cells: Iterable[tuple[Piece, ...]] = (
            (cell for row in self.table for cell in row) if self.table is not None else (self.pieces,)
        )
        return any(piece.rows for cell in cells for piece in cell)


def marked_lines(payload: Mapping[str, Any], rows: Sequence[FindingRow]) -> list[MarkedLine]:
    """Return title, checked metadata and body of a payload with the findings laid over them."""
    by_part: dict[str, list[FindingRow]] = {}
    for row in rows:
        if row.span is not None:
            by_part.setdefault(row.part, []).append(row)
    lines = []
    if payload["title"]:
        lines.append(MarkedLine("标题", _pieces(payload["title"], by_part.get("title", ()), 0)))
    for name in _FIELDS:
        if payload[name] and f"field:{name}" in by_part:
            lines.append(MarkedLine(FIELD_LABELS[name], _pieces(payload[name], by_part[f"field:{name}"], 0)))
    for line in body_lines(payload):
        found = by_part.get(line.part, ())
        if line.rows is not None:
            lines.append(_table(line.label, line.rows, found))
        elif line.text:
            lines.append(MarkedLine(line.label, _pieces(line.text, found, 0)))
    return lines


def _table(label: str, rows: Sequence[Sequence[str]], found: Sequence[FindingRow]) -> MarkedLine:
    shown = []
    begins = 0
    for number, row in enumerate(rows):
        ends = begins + sum(len(cell) + 1 for cell in row)
        here = [f for f in found if f.span and f.span[0] < ends and f.span[1] > begins] if found else []
        if number < SHOWN_ROWS or (here and len(shown) < MOST_ROWS):
            shown.append(tuple(_cells(row, here, begins)))
        begins = ends
    return MarkedLine(label, table=tuple(shown), left_out=len(rows) - len(shown))


def _cells(row: Sequence[str], found: Sequence[FindingRow], begins: int) -> Iterator[tuple[Piece, ...]]:
    for cell in row:
        yield _pieces(cell, found, begins)
        begins += len(cell) + 1


def _pieces(text: str, found: Iterable[FindingRow], begins: int) -> tuple[Piece, ...]:
    """Cut a text, which stands at `begins` of its part, wherever a finding starts or ends."""
    spans = []
    for row in found:
        start, end = (place - begins for place in row.span or (0, 0))
        if start < len(text) and end > 0:
            spans.append((max(start, 0), min(end, len(text)), start >= 0, end <= len(text), row))
    cuts = sorted({0, len(text), *(s[0] for s in spans), *(s[1] for s in spans)})
    return tuple(
        Piece(
            text[left:right],
            tuple(row for start, end, _, _, row in spans if start <= left < end),
            tuple(row for start, _, first, _, row in spans if start == left and first),
            tuple(row for _, end, _, last, row in spans if end == right and last),
        )
        for left, right in pairwise(cuts)
    )
