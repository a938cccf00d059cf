"""A Word file in the layout of official papers (公文 Word 稿): page, page numbers, paragraphs and tables that LibreOffice and Word print alike."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from gongkai.kernel.official_paper import layout

CENTRE, RIGHT, LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT
JUSTIFIED = WD_ALIGN_PARAGRAPH.JUSTIFY
TWIPS_A_POINT = 20
TIGHTEN_TWIPS = -5  # 28 signs of 16 pt fill 442.2 pt only when each gives way a quarter of a point


def new_paper(*, title: str = "", author: str = "") -> Any:
    """Return an empty document with the page of the standard: margins, line grid, body font, page numbers outside."""
    rule, document = layout(), Document()
    document.core_properties.title, document.core_properties.author = title, author
    section = document.sections[0]
    section.page_width, section.page_height = Mm(rule.page_mm[0]), Mm(rule.page_mm[1])
    section.top_margin, section.bottom_margin = Mm(rule.margin_top_mm), Mm(rule.margin_bottom_mm)
    section.left_margin, section.right_margin = Mm(rule.margin_left_mm), Mm(rule.margin_right_mm)
    section.header_distance, section.footer_distance = Mm(15), Mm(rule.margin_bottom_mm - 12)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:linePitch"), str(round(rule.line_pitch_pt * TWIPS_A_POINT)))
    section._sectPr.append(grid)
    style = document.styles["Normal"]
    style.font.size = Pt(rule.body_pt)
    set_font(style.element.get_or_add_rPr(), rule.fonts.body[0])
    document.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer.paragraphs[0], RIGHT)
    _page_number(section.even_page_footer.paragraphs[0], LEFT)
    return document


def as_bytes(document: Any) -> bytes:
    """Return the document as a docx file."""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def set_font(properties: Any, name: str) -> None:
    """Name the font of a run or style for every script; theme fonts would win and are taken away."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for key in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(key), name)
    for key in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        if fonts.get(qn(key)) is not None:
            del fonts.attrib[qn(key)]


def add_run(paragraph: Any, text: str, *, font: str, size_pt: float, tight: bool = False) -> Any:
    """Add a run; `tight` lets 28 signs of the body size stand on a line."""
    run = paragraph.add_run(text)
    run.font.size = Pt(size_pt)
    set_font(run._r.get_or_add_rPr(), font)
    if tight:
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), str(TIGHTEN_TWIPS))
        run._r.get_or_add_rPr().append(spacing)
    return run


def add_paragraph(
    document: Any,
    text: str,
    *,
    font: str = "",
    size_pt: float | None = None,
    align: Any = None,
    indent_chars: float = 0,
    right_chars: float = 0,
    before_lines: float = 0,
    tight: bool = True,
) -> Any:
    """Add a paragraph on the line grid; indents in signs of the body size, the space before in lines."""
    rule = layout()
    paragraph = document.add_paragraph()
    shape, size = paragraph.paragraph_format, size_pt or rule.body_pt
    shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    shape.line_spacing = Pt(rule.line_pitch_pt if size <= rule.title_pt else size * 1.5)
    shape.space_before, shape.space_after = Pt(rule.line_pitch_pt * before_lines), Pt(0)
    shape.widow_control = False
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        off = OxmlElement(name)
        off.set(qn("w:val"), "0")
        paragraph._p.get_or_add_pPr().append(off)
    if align is not None:
        paragraph.alignment = align
    if indent_chars:
        shape.first_line_indent = Pt(rule.body_pt * indent_chars)
    if right_chars:
        shape.right_indent = Pt(rule.body_pt * right_chars)
    if text:
        add_run(paragraph, text, font=font or rule.fonts.body[0], size_pt=size, tight=tight)
    return paragraph


def add_signature(document: Any, agency: str, day: str) -> None:
    """Add the agency, centred over the date, and the date four signs from the right (署名和成文日期)."""
    right = max(0.0, 4 + (width_chars(day) - width_chars(agency)) / 2)
    add_paragraph(document, agency, align=RIGHT, right_chars=right, before_lines=2)
    add_paragraph(document, day, align=RIGHT, right_chars=4)


def set_widths(table: Any, widths_mm: Sequence[float]) -> None:
    """Fix the width of each column, in the grid and in the cells: LibreOffice goes by the first, Word by the second."""
    table.autofit = False
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def keep_rows_whole(table: Any, *, heads: int) -> None:
    """Break no row over two pages; the first `heads` rows stand again on every page the table runs on to."""
    for row in table.rows:
        _mark(row, "w:cantSplit")
    repeat_heads(table.rows[:heads])


def repeat_heads(rows: Any) -> None:
    """Let these rows of a table stand again on every page it runs on to."""
    for row in rows:
        _mark(row, "w:tblHeader")


def _mark(row: Any, name: str) -> None:
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def width_chars(text: str) -> float:
    """Return the width of a text in Chinese signs: half for what is half-width."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def _page_number(paragraph: Any, alignment: Any) -> None:
    rule = layout()
    paragraph.alignment = alignment
    side = "left_indent" if alignment == LEFT else "right_indent"
    setattr(paragraph.paragraph_format, side, Pt(rule.page_number_pt))
    for piece in ("— ", None, " —"):
        run = add_run(paragraph, piece or "", font=rule.fonts.number[0], size_pt=rule.page_number_pt)
        if piece is None:
            for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
                element = OxmlElement("w:fldChar" if kind else "w:instrText")
                if kind:
                    element.set(qn("w:fldCharType"), kind)
                else:
                    element.text = text
                run._r.append(element)
