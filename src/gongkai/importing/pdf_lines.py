"""Lines of a PDF page with their places, cut where a wide gap shows columns; runs of such lines are tables."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from gongkai.importing.sniffing import broken

_HYPHENS = {0x2: "-", 0xFFFE: "-", 0xAD: ""}
#: a gap of this many character widths parts two columns
COLUMN_GAP = 1.2
#: rows below each other are a table from this many columns, or from this many rows
TABLE_COLUMNS, TABLE_ROWS = 3, 3


@dataclass
class Cell:
    """A stretch of a line without a wide gap."""

    text: str
    left: float
    right: float


@dataclass
class Line:
    """One line of a page; places in points from the lower left corner, `size` = font size."""

    cells: list[Cell]
    top: float
    bottom: float
    page: int
    size: float
    text: str = field(init=False)

    def __post_init__(self) -> None:
        self.text = " ".join(cell.text for cell in self.cells)

    @property
    def left(self) -> float:
        return self.cells[0].left

    @property
    def right(self) -> float:
        return self.cells[-1].right


def page_lines(document: Any, number: int, name: str) -> list[Line]:
    """This function will give the lines of page `number` (from 0) in the order of the file."""
    try:
        page = document[number]
        text = page.get_textpage()
    except pdfium.PdfiumError as error:
        raise broken(name) from error
    lines: list[Line] = []
    codes: list[tuple[int, int]] = []
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, index)
        if code in (10, 13):
            _close_line(lines, text, codes, number)
            codes = []
        else:
            codes.append((index, code))
    _close_line(lines, text, codes, number)
    text.close()
    page.close()
    return lines


def _close_line(lines: list[Line], text: Any, codes: list[tuple[int, int]], number: int) -> None:
    shown = [index for index, code in codes if code and not chr(code).isspace()]
    if not shown:
        return
    _, bottom, _, top = text.get_charbox(shown[0], loose=True)
    _, low, _, high = text.get_charbox(shown[-1], loose=True)
    size = _font_size(text, shown[0]) or (top - bottom)
    line = Line(_cells(text, codes, size), max(top, high), min(bottom, low), number, round(size, 1))
    last = lines[-1] if lines else None
    if last is None or abs(last.bottom - line.bottom) >= 0.3 * size or line.left < last.right - 1:
        lines.append(line)
        return
    cells = list(last.cells)
    if line.left - last.right >= COLUMN_GAP * size:
        cells += line.cells
    else:
        gap = "" if line.left - last.right < 0.5 * size else " "
        joined = Cell(f"{cells[-1].text}{gap}{line.cells[0].text}", cells[-1].left, line.cells[0].right)
        cells = [*cells[:-1], joined, *line.cells[1:]]
    lines[-1] = Line(cells, max(last.top, line.top), min(last.bottom, line.bottom), number, last.size)


def _font_size(text: Any, index: int) -> float:
    size = float(raw.FPDFText_GetFontSize(text, index))
    matrix = raw.FS_MATRIX()
    if raw.FPDFText_GetMatrix(text, index, ctypes.byref(matrix)):
        size *= max(abs(matrix.d), abs(matrix.b)) or 1.0
    return size


def _cells(text: Any, codes: list[tuple[int, int]], size: float) -> list[Cell]:
    """Cut a line at wide gaps; a blank the library invented between Chinese and Latin letters is dropped."""
    cells: list[Cell] = []
    words = ""
    blank = invented = False
    end: float | None = None
    for index, code in codes:
        if chr(code).isspace():
            invented = raw.FPDFText_IsGenerated(text, index) == 1 and (invented or not blank)
            blank = True
            continue
        character = _HYPHENS.get(code, chr(code) if code else "")
        if not character:
            continue
        box = text.get_charbox(index, loose=True)
        gap = box[0] - end if end is not None and blank else 0.0
        if cells and blank and gap >= COLUMN_GAP * size:
            cells[-1].text = _whole(words)
            words = ""
            cells.append(Cell("", box[0], box[2]))
        elif not cells:
            cells.append(Cell("", box[0], box[2]))
        elif blank and not (invented and _meets_chinese(words, character) and gap < 0.8 * size):
            words += " "
        words += character
        cells[-1].right = end = box[2]
        blank = invented = False
    cells[-1].text = _whole(words)
    return cells


def _meets_chinese(before: str, after: str) -> bool:
    return before[-1:] > "\u2e80" or after > "\u2e80"


def _whole(words: str) -> str:
    """Characters beyond the basic plane may come as two halves."""
    return words.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()


def table_length(lines: list[Line], start: int) -> int:
    """This function will say how many lines from `start` are rows of one table; 0 if none are."""
    columns = len(lines[start].cells)
    if columns < 2:
        return 0
    end = start + 1
    while end < len(lines) and _is_next_row(lines[end - 1], lines[end]):
        end += 1
    rows = end - start
    return rows if rows >= 2 and (columns >= TABLE_COLUMNS or rows >= TABLE_ROWS) else 0


def _is_next_row(above: Line, below: Line) -> bool:
    if len(above.cells) != len(below.cells) or above.page != below.page:
        return False
    return all(
        one.left < other.right and other.left < one.right
        for one, other in zip(above.cells, below.cells, strict=True)
    )
