"""The report as a Word file in the layout of GB/T 9704 (年报 Word 稿): title, headings, body, tables, signature, page numbers."""

from __future__ import annotations

import re
from typing import Any

from docx.enum.table import WD_TABLE_ALIGNMENT

from gongkai.annual_report.core.document import ReportDocument, Section
from gongkai.annual_report.core.grids import Grid, merged
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
)
from gongkai.kernel.official_paper import layout

_SECOND = re.compile(r"^（[一二三四五六七八九十]+）")
WIDE_COLUMNS = 8


def report_docx(document: ReportDocument, *, work: bool = False) -> bytes:
    """Return the annual report, or with `work` the work report, as a Word file."""
    rule = layout()
    title = document.work_title if work else document.title
    word = new_paper(title=title, author=document.agency)
    add_paragraph(word, title, font=rule.fonts.title[0], size_pt=rule.title_pt, align=CENTRE, tight=False)
    if not work:
        _body(word, document.lead, before=1)
    for section in document.work_sections if work else document.sections:
        _section(word, section)
    add_signature(word, document.agency, document.date)
    return as_bytes(word)


def _body(word: Any, text: str, *, before: float = 0) -> None:
    rule = layout()
    head = _SECOND.match(text)
    paragraph = add_paragraph(
        word, "" if head else text, indent_chars=2, before_lines=before, align=JUSTIFIED
    )
    if head is None:
        return
    # The second level runs on into its paragraph: its first sentence is the heading.
    lead, stop, rest = text.partition("。")
    for words, font in ((lead + stop, rule.fonts.kai[0]), (rest, rule.fonts.body[0])):
        add_run(paragraph, words, font=font, size_pt=rule.body_pt, tight=True)


def _section(word: Any, section: Section) -> None:
    heading = add_paragraph(word, section.heading, font=layout().fonts.heading[0], indent_chars=2)
    heading.paragraph_format.keep_with_next = True
    for paragraph in section.paragraphs:
        _body(word, "".join(piece.text for piece in paragraph))
    for grid in section.grids:
        _table(word, grid)


def _table(word: Any, grid: Grid) -> None:
    rule = layout()
    width = len(grid.rows[0])
    size = rule.small_table_pt if width > WIDE_COLUMNS else rule.table_pt
    caption = add_paragraph(word, grid.caption, align=CENTRE, size_pt=rule.table_pt)
    caption.paragraph_format.keep_with_next = True
    table = word.add_table(rows=len(grid.rows), cols=width)
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    set_widths(table, [rule.type_area_mm * share for share in _shares(grid)])
    for line in merged(grid):
        for one in line:
            cell = table.cell(one.row, one.column)
            if one.rows > 1 or one.columns > 1:
                cell = cell.merge(table.cell(one.row + one.rows - 1, one.column + one.columns - 1))
            paragraph = cell.paragraphs[0]
            paragraph.alignment = LEFT if _is_label(grid, one.row, one.column) else CENTRE
            add_run(paragraph, one.text, font=rule.fonts.body[0], size_pt=size)
    keep_rows_whole(table, heads=grid.head_rows)


def _is_label(grid: Grid, row: int, column: int) -> bool:
    return row >= grid.head_rows and column < grid.head_columns


def _shares(grid: Grid) -> list[float]:
    """Return the share of the width for each column: label columns as wide as two, the last label wider."""
    width, labels = len(grid.rows[0]), grid.head_columns
    if labels == 0:
        return [1 / width] * width
    if labels == 1:
        return [0.4, *([0.6 / (width - 1)] * (width - 1))]
    lead = [0.08, 0.12, 0.24]
    return [*lead, *([(1 - sum(lead)) / (width - 3)] * (width - 3))]
