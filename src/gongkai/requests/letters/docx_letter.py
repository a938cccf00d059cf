"""A letter as an editable Word file (docx) in the layout of GB/T 9704-2012."""

from __future__ import annotations

import re
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, RGBColor

from gongkai.kernel.official_docx import (
    CENTRE,
    JUSTIFIED,
    add_paragraph,
    add_run,
    add_signature,
    as_bytes,
    new_paper,
)
from gongkai.kernel.official_paper import layout
from gongkai.requests.letters.content import LetterContent

RED = RGBColor(0xD0, 0x10, 0x10)
_LEVELS = (
    (re.compile(r"^[一二三四五六七八九十]+、"), "heading"),
    (re.compile(r"^（[一二三四五六七八九十]+）"), "kai"),
)


def letter_docx(content: LetterContent) -> bytes:
    """Return the letter, or the internal form, as a docx file."""
    document = new_paper()
    if content.rows:
        _write_form(document, content)
    else:
        _write_letter(document, content)
    return as_bytes(document)


def _red_line(paragraph: Any) -> None:
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "12"), ("space", "11"), ("color", "D01010")):
        bottom.set(qn(f"w:{key}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def _write_letter(document: Any, content: LetterContent) -> None:
    rule = layout()
    mark = add_paragraph(
        document, content.agency, font=rule.fonts.title[0], size_pt=rule.mark_pt, align=CENTRE, tight=False
    )
    mark.runs[0].font.color.rgb = RED
    mark.paragraph_format.space_before = Mm(35)
    _red_line(add_paragraph(document, content.number, align=CENTRE, before_lines=2))
    _title(document, content.title, before_lines=2)
    add_paragraph(document, f"{content.addressee}：", before_lines=1)
    for text in (*content.paragraphs, content.remedy):
        if text:
            add_paragraph(document, text, font=_level_font(text), indent_chars=2, align=JUSTIFIED)
    _attachment_note(document, content)
    add_signature(document, content.agency, content.date)


def _title(document: Any, title: str, *, before_lines: float = 0) -> None:
    rule = layout()
    add_paragraph(
        document, title, font=rule.fonts.title[0], size_pt=rule.title_pt, align=CENTRE,
        before_lines=before_lines, tight=False,
    )  # fmt: skip


def _level_font(text: str) -> str:
    fonts = layout().fonts
    for pattern, use in _LEVELS:
        if pattern.match(text) and len(text) <= 28:
            return str(getattr(fonts, use)[0])
    return fonts.body[0]


def _attachment_note(document: Any, content: LetterContent) -> None:
    names = content.attachments
    for number, name in enumerate(names, start=1):
        label = ("附件：" if number == 1 else "　　　") + (f"{number}. " if len(names) > 1 else "")
        add_paragraph(document, f"{label}{name}", indent_chars=2, before_lines=1 if number == 1 else 0)


def _write_form(document: Any, content: LetterContent) -> None:
    fonts = layout().fonts
    add_paragraph(document, content.agency, align=CENTRE)
    _title(document, content.title)
    table = document.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    table.autofit = False
    for label, value in content.rows:
        cells = table.add_row().cells
        cells[0].width, cells[1].width = Mm(40), Mm(116)
        add_run(cells[0].paragraphs[0], label, font=fonts.heading[0], size_pt=14)
        add_run(cells[1].paragraphs[0], value or "—", font=fonts.body[0], size_pt=14)
