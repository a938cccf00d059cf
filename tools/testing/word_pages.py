"""Word files as LibreOffice prints them: pages, and where every sign stands, in millimetres."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pypdfium2

from gongkai.kernel.official_paper import layout
from tools.testing.programs import office_convert

MM = 72 / 25.4


@dataclass(frozen=True, slots=True)
class Sign:
    """One printed sign: the box of its cell, from the upper left corner of the page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def print_pages(docx: bytes, folder: Path) -> list[list[Sign]]:
    """Return the signs of every page; without LibreOffice a failure where CI says so, else skipped."""
    (folder / "paper.docx").write_bytes(docx)
    office_convert([folder / "paper.docx"], folder)
    path = folder / "paper.pdf"
    document = pypdfium2.PdfDocument(path)
    assert {(round(p.get_width() / MM), round(p.get_height() / MM)) for p in document} == {layout().page_mm}
    return [_signs(page) for page in document]


def _signs(page: pypdfium2.PdfPage) -> list[Sign]:
    height, text, found = page.get_height(), page.get_textpage(), []
    for index in range(text.count_chars()):
        letter = text.get_text_range(index, 1)
        if letter.strip():
            left, bottom, right, top = text.get_charbox(index, loose=True)
            place = (left / MM, (height - top) / MM, right / MM, (height - bottom) / MM)
            found.append(Sign(letter, *place))
    return found


def check_type_area(pages: list[list[Sign]]) -> None:
    """Everything stands inside the type area; below it the page number alone, outside right or left."""
    rule = layout()
    width, height = rule.page_mm
    for number, page in enumerate(pages, 1):
        below = [s for s in page if s.top > height - rule.margin_bottom_mm + 1]
        inside = [s for s in page if s not in below]
        assert min(s.left for s in inside) >= rule.margin_left_mm - 1
        assert max(s.right for s in inside) <= width - rule.margin_right_mm + 1.5
        assert min(s.top for s in inside) >= rule.margin_top_mm - 1.5
        assert max(s.bottom for s in inside) <= height - rule.margin_bottom_mm + 0.5
        assert "".join(s.text for s in below) == f"—{number}—"
        assert (below[0].left > width / 2) == (number % 2 == 1), number


def check_grid(pages: list[list[Sign]], *, sign: str) -> None:
    """The page fullest of this sign has 22 lines, and most of its lines 28 signs."""
    rule = layout()
    lines = max(
        (Counter(round(s.bottom) for s in page if s.text == sign) for page in pages), key=lambda c: c.total()
    )
    assert len(lines) == rule.lines
    assert Counter(lines.values()).most_common(1)[0][0] == rule.characters
