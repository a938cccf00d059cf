"""A paper as a Word file in the layout of GB/T 9704 (公文 Word 稿): title, body, table, signature, page numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.shared import Pt

from gongkai.kernel.official_docx import (
    CENTRE,
    JUSTIFIED,
    LEFT,
    add_paragraph,
    add_run,
    add_signature,
    as_bytes,
    keep_rows_whole,
    new_paper,
    set_widths,
    width_chars,
)
from gongkai.kernel.official_paper import layout

_HEADING = re.compile(r"^[一二三四五六七八九十]+、")
WIDEST_COLUMN, MARGIN = 30, 2


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper: paragraphs beginning with 一、 are headings; `table` has its head in the first row."""

    title: str
    paragraphs: tuple[str, ...]
    signature: str
    date: str
    table: tuple[tuple[str, ...], ...] = ()
    caption: str = ""


def official_docx(paper: Paper) -> bytes:
    """Return the paper as a Word file."""
    rule = layout()
    word = new_paper(title=paper.title, author=paper.signature)
    add_paragraph(
        word, paper.title, font=rule.fonts.title[0], size_pt=rule.title_pt, align=CENTRE, tight=False
    )
    for place, text in enumerate(paper.paragraphs):
        is_heading = _HEADING.match(text) is not None and len(text) < 30
        font = rule.fonts.heading[0] if is_heading else rule.fonts.body[0]
        made = add_paragraph(
            word, text, font=font, indent_chars=2, align=JUSTIFIED, before_lines=0 if place else 1
        )
        made.paragraph_format.keep_with_next = is_heading
    if paper.table:
        _table(word, paper)
    add_signature(word, paper.signature, paper.date)
    return as_bytes(word)


def _table(word: Any, paper: Paper) -> None:
    rule = layout()
    caption = add_paragraph(word, paper.caption, align=CENTRE, size_pt=rule.table_pt, before_lines=1)
    caption.paragraph_format.keep_with_next = True
    table = word.add_table(rows=len(paper.table), cols=len(paper.table[0]))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    set_widths(table, _widths(paper.table))
    for line_number, (row, line) in enumerate(zip(table.rows, paper.table, strict=True)):
        for cell, text in zip(row.cells, line, strict=True):
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            shape = cell.paragraphs[0].paragraph_format
            shape.space_before = shape.space_after = Pt(3)
            cell.paragraphs[0].alignment = CENTRE if line_number == 0 or width_chars(text) <= 9 else LEFT
            font = rule.fonts.body[0] if line_number else rule.fonts.heading[0]
            add_run(cell.paragraphs[0], text, font=font, size_pt=rule.table_pt)
    keep_rows_whole(table, heads=1)


def _widths(table: tuple[tuple[str, ...], ...]) -> list[float]:
    """Return the width of each column in mm: in proportion to its longest text, which counts `WIDEST_COLUMN` signs at most."""
    longest = [max(width_chars(line[column]) for line in table) for column in range(len(table[0]))]
    shares = [MARGIN + min(WIDEST_COLUMN, length) for length in longest]
    return [layout().type_area_mm * share / sum(shares) for share in shares]
