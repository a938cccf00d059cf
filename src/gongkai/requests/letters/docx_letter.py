"""A letter as an editable Word file (docx) in the layout of GB/T 9704-2012."""

from __future__ import annotations

import io
import re
import unicodedata
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from gongkai.requests.core.letter_rules import layout
from gongkai.requests.letters.content import LetterContent

RED = RGBColor(0xD0, 0x10, 0x10)
LINE_PITCH_TWIPS, TWIPS = 579, 20
TIGHTEN_TWIPS = -5  # 28 signs of 16 pt fill 442.2 pt only when each gives way a quarter of a point
_LEVELS = (
    (re.compile(r"^[一二三四五六七八九十]+、"), "heading"),
    (re.compile(r"^（[一二三四五六七八九十]+）"), "kai"),
)


def letter_docx(content: LetterContent) -> bytes:
    """Return the letter, or the internal form, as a docx file."""
    document = Document()
    _set_up_page(document)
    if content.rows:
        _write_form(document, content)
    else:
        _write_letter(document, content)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _set_up_page(document: Any) -> None:
    rule, section = layout(), document.sections[0]
    section.page_width, section.page_height = Mm(rule.page_mm[0]), Mm(rule.page_mm[1])
    section.top_margin, section.bottom_margin = Mm(rule.margin_top_mm), Mm(rule.margin_bottom_mm)
    section.left_margin, section.right_margin = Mm(rule.margin_left_mm), Mm(rule.margin_right_mm)
    section.header_distance, section.footer_distance = Mm(15), Mm(23)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:linePitch"), str(LINE_PITCH_TWIPS))
    section._sectPr.append(grid)
    style = document.styles["Normal"]
    style.font.size = Pt(rule.body_pt)
    _fonts(style.element.get_or_add_rPr(), rule.fonts.body[0])
    document.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)


def _fonts(properties: Any, name: str) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for key in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(key), name)
    for key in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        if fonts.get(qn(key)) is not None:
            del fonts.attrib[qn(key)]


def _page_number(paragraph: Any, alignment: Any) -> None:
    rule = layout()
    paragraph.alignment = alignment
    side = "left_indent" if alignment == WD_ALIGN_PARAGRAPH.LEFT else "right_indent"
    setattr(paragraph.paragraph_format, side, Pt(rule.page_number_pt))
    for piece in ("— ", None, " —"):
        run = paragraph.add_run(piece or "")
        run.font.size = Pt(rule.page_number_pt)
        _fonts(run._r.get_or_add_rPr(), rule.fonts.number[0])
        if piece is None:
            for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
                element = OxmlElement("w:fldChar" if kind else "w:instrText")
                if kind:
                    element.set(qn("w:fldCharType"), kind)
                else:
                    element.text = text
                run._r.append(element)


def _add(
    document: Any,
    text: str,
    *,
    font: str,
    size_pt: float | None = None,
    align: Any = None,
    indent_chars: float = 0,
    right_chars: float = 0,
    before_lines: float = 0,
    colour: RGBColor | None = None,
    hanging: bool = False,
    tight: bool = True,
) -> Any:
    rule = layout()
    paragraph = document.add_paragraph()
    shape = paragraph.paragraph_format
    size = size_pt or rule.body_pt
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
    if indent_chars and not hanging:
        shape.first_line_indent = Pt(rule.body_pt * indent_chars)
    if right_chars:
        shape.right_indent = Pt(rule.body_pt * right_chars)
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    _fonts(run._r.get_or_add_rPr(), font)
    if colour is not None:
        run.font.color.rgb = colour
    if tight:
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), str(TIGHTEN_TWIPS))
        run._r.get_or_add_rPr().append(spacing)
    return paragraph


def _red_line(paragraph: Any) -> None:
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "12"), ("space", "11"), ("color", "D01010")):
        bottom.set(qn(f"w:{key}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def _write_letter(document: Any, content: LetterContent) -> None:
    rule, fonts = layout(), layout().fonts
    centre = WD_ALIGN_PARAGRAPH.CENTER
    body = fonts.body[0]
    mark = _add(
        document,
        content.agency,
        font=fonts.title[0],
        size_pt=rule.mark_pt,
        align=centre,
        colour=RED,
        tight=False,
    )
    mark.paragraph_format.space_before = Mm(35)
    number = _add(document, content.number, font=body, align=centre, before_lines=2)
    _red_line(number)
    _add(
        document,
        content.title,
        font=fonts.title[0],
        size_pt=rule.title_pt,
        align=centre,
        before_lines=2,
        tight=False,
    )
    _add(document, f"{content.addressee}：", font=body, before_lines=1)
    for text in (*content.paragraphs, content.remedy):
        if text:
            _add(document, text, font=_level_font(text), indent_chars=2, align=WD_ALIGN_PARAGRAPH.JUSTIFY)
    _attachment_note(document, content)
    _signature(document, content)


def _level_font(text: str) -> str:
    fonts = layout().fonts
    for pattern, use in _LEVELS:
        if pattern.match(text) and len(text) <= 28:
            return str(getattr(fonts, use)[0])
    return fonts.body[0]


def _attachment_note(document: Any, content: LetterContent) -> None:
    body, names = layout().fonts.body[0], content.attachments
    for number, name in enumerate(names, start=1):
        label = ("附件：" if number == 1 else "　　　") + (f"{number}. " if len(names) > 1 else "")
        _add(document, f"{label}{name}", font=body, indent_chars=2, before_lines=1 if number == 1 else 0)


def width_chars(text: str) -> float:
    """Return the width of a text in Chinese signs: half for what is half-width."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def _signature(document: Any, content: LetterContent) -> None:
    body, right = layout().fonts.body[0], WD_ALIGN_PARAGRAPH.RIGHT
    date_width, agency_width = width_chars(content.date), width_chars(content.agency)
    agency_right = max(0.0, 4 + (date_width - agency_width) / 2)
    _add(document, content.agency, font=body, align=right, right_chars=agency_right, before_lines=2)
    _add(document, content.date, font=body, align=right, right_chars=4)


def _write_form(document: Any, content: LetterContent) -> None:
    rule, fonts = layout(), layout().fonts
    _add(document, content.agency, font=fonts.body[0], align=WD_ALIGN_PARAGRAPH.CENTER)
    _add(
        document,
        content.title,
        font=fonts.title[0],
        size_pt=rule.title_pt,
        align=WD_ALIGN_PARAGRAPH.CENTER,
        tight=False,
    )
    table = document.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    table.autofit = False
    for label, value in content.rows:
        cells = table.add_row().cells
        cells[0].width, cells[1].width = Mm(40), Mm(116)
        for cell, text, font in (
            (cells[0], label, fonts.heading[0]),
            (cells[1], value or "—", fonts.body[0]),
        ):
            run = cell.paragraphs[0].add_run(text)
            run.font.size = Pt(14)
            _fonts(run._r.get_or_add_rPr(), font)
