"""A paper as a Word file in the layout of GB/T 9704 (公文 Word 稿): title, body, table, signature, page numbers."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from gongkai.supervision.core.practice import print_layout

_HEADING = re.compile(r"^[一二三四五六七八九十]+、")


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
    rule, word = print_layout(), docx.Document()
    style = word.styles["Normal"]
    style.font.size = Pt(rule.body_pt)
    _font(style.element.get_or_add_rPr(), rule.font_body)
    word.core_properties.title, word.core_properties.author = paper.title, paper.signature
    _page(word.sections[0])
    _paragraph(word, paper.title, font=rule.font_title, size=rule.title_pt, align=WD_ALIGN_PARAGRAPH.CENTER)
    for place, text in enumerate(paper.paragraphs):
        font = rule.font_heading if _HEADING.match(text) and len(text) < 30 else rule.font_body
        made = _paragraph(word, text, font=font, indent=2, before=0 if place else 1)
        made.paragraph_format.keep_with_next = font == rule.font_heading
    if paper.table:
        _table(word, paper)
    _paragraph(word, paper.signature, align=WD_ALIGN_PARAGRAPH.RIGHT, right=4, before=2)
    _paragraph(word, paper.date, align=WD_ALIGN_PARAGRAPH.RIGHT, right=4)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _page(section: Any) -> None:
    rule = print_layout()
    section.page_width, section.page_height = Mm(rule.page_mm[0]), Mm(rule.page_mm[1])
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = (
        Mm(length) for length in rule.margins_mm
    )
    section.footer_distance = Mm(rule.margins_mm[2] - 12)
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
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
    word: Any, text: str, *, font: str = "", size: float = 0, align: Any = None, indent: float = 0, right: float = 0,
    before: float = 0,
) -> Any:  # fmt: skip
    rule = print_layout()
    paragraph = word.add_paragraph()
    shape = paragraph.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(rule.line_pitch_pt)
    shape.space_before, shape.space_after = Pt(rule.line_pitch_pt * before), Pt(0)
    if indent:
        shape.first_line_indent = Pt(rule.body_pt * indent)
    if right:
        shape.right_indent = Pt(rule.body_pt * right)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if align is None else align
    run = paragraph.add_run(text)
    run.font.size = Pt(size or rule.body_pt)
    _font(run._r.get_or_add_rPr(), font or rule.font_body)
    return paragraph


def _table(word: Any, paper: Paper) -> None:
    rule = print_layout()
    caption = _paragraph(word, paper.caption, align=WD_ALIGN_PARAGRAPH.CENTER, size=rule.table_pt, before=1)
    caption.paragraph_format.keep_with_next = True
    table = word.add_table(rows=len(paper.table), cols=len(paper.table[0]))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    for row, line in zip(table.rows, paper.table, strict=True):
        for cell, text in zip(row.cells, line, strict=True):
            run = cell.paragraphs[0].add_run(text)
            run.font.size = Pt(rule.table_pt)
            _font(run._r.get_or_add_rPr(), rule.font_body)
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
