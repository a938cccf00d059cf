"""The report as a Word file in the layout of GB/T 9704 (年报 Word 稿): title, headings, body, tables, signature, page numbers."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from gongkai.annual_report.core.document import ReportDocument, Section
from gongkai.annual_report.core.grids import Grid, merged
from gongkai.kernel.rules import Confidence, load_rules

_SECOND = re.compile(r"^（[一二三四五六七八九十]+）")
WIDE_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class DocumentLayout:
    """Measures of the printed report; lengths in the unit of their name. Fonts are those a reader's machine should have."""

    id: str
    page_mm: tuple[int, int]
    margins_mm: tuple[int, int, int, int]
    line_pitch_pt: float
    body_pt: int
    title_pt: int
    table_pt: float
    small_table_pt: float
    page_number_pt: int
    font_body: str
    font_title: str
    font_heading: str
    font_second: str
    font_number: str
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str


@lru_cache(maxsize=1)
def layout() -> DocumentLayout:
    """Return the measures (margins: top, right, bottom, left)."""
    return load_rules("annual_report/layout", DocumentLayout)[0]


def report_docx(document: ReportDocument, *, work: bool = False) -> bytes:
    """Return the annual report, or with `work` the work report, as a Word file."""
    rule, word = layout(), docx.Document()
    style = word.styles["Normal"]
    style.font.size = Pt(rule.body_pt)
    _font(style.element.get_or_add_rPr(), rule.font_body)
    word.settings.odd_and_even_pages_header_footer = True
    _page(word.sections[0])
    title = document.work_title if work else document.title
    word.core_properties.title, word.core_properties.author = title, document.agency
    _paragraph(word, title, font=rule.font_title, size=rule.title_pt, align=WD_ALIGN_PARAGRAPH.CENTER)
    if not work:
        _body(word, document.lead, before=1)
    for section in document.work_sections if work else document.sections:
        _section(word, section)
    _paragraph(word, document.agency, align=WD_ALIGN_PARAGRAPH.RIGHT, right=4 + _shift(document), before=2)
    _paragraph(word, document.date, align=WD_ALIGN_PARAGRAPH.RIGHT, right=4)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _shift(document: ReportDocument) -> float:
    """Return by how many characters the agency moves left so that it is centred on the date; never to the right of it."""
    date_width = sum(0.5 if c.isdigit() else 1 for c in document.date)
    return max(-4.0, (date_width - len(document.agency)) / 2)


def _page(section: Any) -> None:
    rule = layout()
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(rule.page_mm[0]), Mm(rule.page_mm[1])
    top, right, bottom, left = (Mm(length) for length in rule.margins_mm)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = (
        top,
        right,
        bottom,
        left,
    )
    section.footer_distance = Mm(rule.margins_mm[2] - 12)
    _number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)


def _number(paragraph: Any, align: Any) -> None:
    rule = layout()
    paragraph.alignment = align
    side = "left_indent" if align == WD_ALIGN_PARAGRAPH.LEFT else "right_indent"
    setattr(paragraph.paragraph_format, side, Pt(rule.page_number_pt))
    for text in ("— ", None, " —"):
        run = paragraph.add_run(text or "")
        run.font.size = Pt(rule.page_number_pt)
        _font(run._r.get_or_add_rPr(), rule.font_number)
        if text is None:
            for kind in ("begin", "PAGE", "end"):
                element = OxmlElement("w:instrText" if kind == "PAGE" else "w:fldChar")
                if kind == "PAGE":
                    element.text = kind
                else:
                    element.set(qn("w:fldCharType"), kind)
                run._r.append(element)


def _font(properties: Any, name: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for key in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(key), name)


def _paragraph(
    word: Any, text: str, *, font: str | None = None, size: float | None = None, align: Any = None, indent: float = 0,
    right: float = 0, before: float = 0,
) -> Any:  # fmt: skip
    rule = layout()
    paragraph = word.add_paragraph()
    shape = paragraph.paragraph_format
    shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    shape.line_spacing = Pt(rule.line_pitch_pt if (size or 0) <= rule.title_pt else (size or 0) * 1.4)
    shape.space_before, shape.space_after = Pt(rule.line_pitch_pt * before), Pt(0)
    if indent:
        shape.first_line_indent = Pt(rule.body_pt * indent)
    if right:
        shape.right_indent = Pt(rule.body_pt * right)
    if align is not None:
        paragraph.alignment = align
    run = paragraph.add_run(text)
    run.font.size = Pt(size or rule.body_pt)
    _font(run._r.get_or_add_rPr(), font or rule.font_body)
    return paragraph


def _body(word: Any, text: str, *, before: float = 0) -> None:
    head = _SECOND.match(text)
    paragraph = _paragraph(
        word, "" if head else text, indent=2, before=before, align=WD_ALIGN_PARAGRAPH.JUSTIFY
    )
    if head is None:
        return
    # The second level runs on into its paragraph: its first sentence is the heading.
    lead, stop, rest = text.partition("。")
    for words, font in ((lead + stop, layout().font_second), (rest, layout().font_body)):
        run = paragraph.add_run(words)
        run.font.size = Pt(layout().body_pt)
        _font(run._r.get_or_add_rPr(), font)


def _section(word: Any, section: Section) -> None:
    _paragraph(
        word, section.heading, font=layout().font_heading, indent=2
    ).paragraph_format.keep_with_next = True
    for paragraph in section.paragraphs:
        _body(word, "".join(piece.text for piece in paragraph))
    for grid in section.grids:
        _table(word, grid)


def _table(word: Any, grid: Grid) -> None:
    rule = layout()
    width = len(grid.rows[0])
    size = rule.small_table_pt if width > WIDE_COLUMNS else rule.table_pt
    caption = _paragraph(word, grid.caption, align=WD_ALIGN_PARAGRAPH.CENTER, size=rule.table_pt)
    caption.paragraph_format.keep_with_next = True
    table = word.add_table(rows=len(grid.rows), cols=width)
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    block = rule.page_mm[0] - rule.margins_mm[1] - rule.margins_mm[3]
    for column, share in enumerate(_shares(grid)):
        for cell in table.columns[column].cells:
            cell.width = Mm(block * share)
    for line in merged(grid):
        for one in line:
            cell = table.cell(one.row, one.column)
            if one.rows > 1 or one.columns > 1:
                cell = cell.merge(table.cell(one.row + one.rows - 1, one.column + one.columns - 1))
            paragraph = cell.paragraphs[0]
            paragraph.alignment = (
                WD_ALIGN_PARAGRAPH.LEFT if _is_label(grid, one.row, one.column) else WD_ALIGN_PARAGRAPH.CENTER
            )
            run = paragraph.add_run(one.text)
            run.font.size = Pt(size)
            _font(run._r.get_or_add_rPr(), rule.font_body)
    for row in table.rows[: grid.head_rows]:
        repeat = OxmlElement("w:tblHeader")
        repeat.set(qn("w:val"), "true")
        row._tr.get_or_add_trPr().append(repeat)


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
