"""Tables (表格) with the place of every cell in the text of their part, read from rows or from delimited lines."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gongkai.guard.parts import Part

_DELIMITED = re.compile(r"^[^\n]*[\t|｜][^\n]*$", re.MULTILINE)
_SPLIT = re.compile(r"[\t|｜]")
_COMMA_LINE = re.compile(r"^[^\n,，。；：\t|｜]{1,24}(?:,[^\n,，。；：\t|｜]{0,60}){2,}$", re.MULTILINE)
_COMMA = re.compile(",")
_BLANK_LINE = re.compile(
    r"^[ ]*[^\s，。；,\t|｜]{1,24}(?: +[^\s，。；,\t|｜]{1,40}){1,11}[ ]*$", re.MULTILINE
)
_BLANK = re.compile(r"(?<=\S) +(?=\S)")
# how the cells of a line may be set off: the lines that qualify, the mark between cells, what must occur at all
_FORMS = (
    (_DELIMITED, _SPLIT, ("\t", "|", "｜")),
    (_COMMA_LINE, _COMMA, (",",)),
    (_BLANK_LINE, _BLANK, (" ",)),
)
_ROWS_LOOKED_AT = 40
_NUMERIC = re.compile(r"^[\s\d.,%+\-—－/:()（）Xx*×]*$")


class Cell(NamedTuple):
    """One cell: its column, its text without outer blanks, its half-open span in the part."""

    column: int
    text: str
    start: int
    end: int


@dataclass(slots=True)
class Table:
    """Rows of cells; `header` is the first row that names columns, or None."""

    rows: list[list[Cell]]
    caption: str = ""
    header: list[Cell] | None = None
    _starts: list[int] = field(default_factory=list)
    _flat: list[tuple[int, Cell]] = field(default_factory=list)
    _columns: dict[int, list[Cell]] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        candidates = self.rows[:4] if len(self.rows) > 1 else []
        self.header = next((row for row in candidates if _looks_like_header(row)), None)

    @property
    def span(self) -> tuple[int, int]:
        """Return the half-open span of the whole table in its part."""
        return self.rows[0][0].start, self.rows[-1][-1].end

    @property
    def body(self) -> list[list[Cell]]:
        """Return the rows below the header, or all rows when there is none."""
        if self.header is None:
            return self.rows
        return self.rows[self.rows.index(self.header) + 1 :]

    def rows_span(self) -> tuple[int, int]:
        """Return the half-open span from the header to the end of the last row."""
        first = self.header if self.header is not None else self.rows[0]
        return first[0].start, self.rows[-1][-1].end

    def column(self, number: int) -> list[Cell]:
        """Return the filled cells of a column in the first rows below the header."""
        if not self._columns:
            for row in self.body[:_ROWS_LOOKED_AT]:
                for cell in row:
                    if cell.text:
                        self._columns.setdefault(cell.column, []).append(cell)
        return self._columns.get(number, [])

    def heading_at(self, position: int) -> str:
        """Return the column heading above the cell that holds `position`, or the text of the cell to its left."""
        if not self._flat:
            self._flat = [(number, cell) for number, row in enumerate(self.rows) for cell in row]
            self._starts = [cell.start for _, cell in self._flat]
        place = bisect_right(self._starts, position) - 1
        if place < 0:
            return ""
        number, cell = self._flat[place]
        if position > cell.end:
            return ""
        if self.header is not None and self.rows[number] is not self.header:
            return next((head.text for head in self.header if head.column == cell.column), "")
        left = [other for other in self.rows[number] if other.column == cell.column - 1]
        return left[0].text if left and not _NUMERIC.match(left[0].text) else ""


def _looks_like_header(row: list[Cell]) -> bool:
    texts = [cell.text for cell in row if cell.text]
    if len(texts) < 2 or not {"男", "女"}.isdisjoint(texts):
        return False
    return all(len(text) <= 24 and not _NUMERIC.match(text) for text in texts) and not any(
        sum(char.isdigit() for char in text) >= 5 for text in texts
    )


def find_tables(part: Part, plain: str) -> list[Table]:
    """Return the tables of a part: the one given as rows, or runs of lines delimited by tabs or upright bars.

    `plain` is the folded text of the part; cell spans count in it.
    """
    if part.table is not None:
        table = _read_block(plain, 0, len(plain), re.compile(r"\t"), part.caption)
        return [table] if table else []
    found: list[Table] = []
    for line, split, marks in _FORMS:
        if any(mark in plain for mark in marks):
            for start, end, caption in _blocks(plain, line):
                table = _read_block(plain, start, end, split, caption)
                if table and (split is _SPLIT or _is_regular(table)):
                    found.append(table)
    return found


def _is_regular(table: Table) -> bool:
    """Tell whether rows set off by commas or blanks are a table: a header, and as many cells in every row."""
    return (
        len(table.rows) > 1 and table.header is table.rows[0] and len({len(row) for row in table.rows}) == 1
    )


def _blocks(plain: str, line: re.Pattern[str]) -> list[tuple[int, int, str]]:
    blocks: list[tuple[int, int, str]] = []
    for match in line.finditer(plain):
        if blocks and match.start() - blocks[-1][1] <= 2 and not plain[blocks[-1][1] : match.start()].strip():
            blocks[-1] = (blocks[-1][0], match.end(), blocks[-1][2])
            continue
        above = plain[max(0, match.start() - 200) : match.start()].rstrip().rsplit("\n", 1)[-1]
        blocks.append((match.start(), match.end(), above.strip()))
    return blocks


def _read_block(plain: str, start: int, end: int, delimiter: re.Pattern[str], caption: str) -> Table | None:
    rows: list[list[Cell]] = []
    line_start = start
    while line_start <= end and line_start < len(plain):
        line_end = plain.find("\n", line_start, end)
        line_end = end if line_end < 0 else line_end
        cells = _cells(plain, line_start, line_end, delimiter)
        if cells and not all(set(cell.text) <= set("-: ") for cell in cells):
            rows.append(cells)
        line_start = line_end + 1
    return Table(rows, caption) if rows else None


def _cells(plain: str, start: int, end: int, delimiter: re.Pattern[str]) -> list[Cell]:
    cells: list[Cell] = []
    position = start
    line = plain[start:end]
    if delimiter.pattern == "\t" and " " not in line and "\r" not in line:
        for column, text in enumerate(line.split("\t")):
            length = len(text)
            cells.append(Cell(column, text, position, position + length))
            position += length + 1
        return cells
    pieces = delimiter.split(line)
    gaps = [len(gap) for gap in delimiter.findall(line)] if delimiter is _BLANK else [1] * len(pieces)
    for column, (raw, gap) in enumerate(zip(pieces, [*gaps, 0], strict=False)):
        length = len(raw)
        if raw and (raw[0] <= " " or raw[-1] <= " "):
            text = raw.strip()
            left = position + length - len(raw.lstrip())
            cells.append(Cell(column, text, left, left + len(text)))
        else:
            cells.append(Cell(column, raw, position, position + length))
        position += length + gap
    return cells
