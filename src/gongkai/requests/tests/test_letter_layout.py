"""Letters measured: opened by LibreOffice, 22 lines of 28 signs inside the margins, fonts by name, no box instead of a sign."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from docx import Document
from docx.oxml.ns import qn

from gongkai.kernel.official_paper import layout
from gongkai.requests.letters.content import LetterContent
from gongkai.requests.letters.docx_letter import letter_docx
from gongkai.requests.letters.glyphs import unprintable
from gongkai.requests.letters.pdf_letter import CannotPrint, letter_pdf
from tools.testing.programs import office_convert

MM = 72 / 25.4


def letter(paragraph: str = "一" * 28 * 40, **changes: Any) -> LetterContent:
    values: dict[str, Any] = {
        "kind": "L12_deny", "agency": "示范区卫生健康局", "number": "示范区卫健公开〔2024〕3号", "title": "政府信息不予公开告知书",
        "addressee": "测试某甲", "paragraphs": (paragraph, "二、这是一级标题", "（一）这是二级标题"), "rows": (),
        "remedy": "如对本答复不服，可以先申请行政复议。", "attachments": ("材料甲", "材料乙"), "date": "2024年3月12日",
    }  # fmt: skip
    return LetterContent(**{**values, **changes})


def measure(pdf: bytes, sign: str = "一") -> tuple[list[Counter[int]], tuple[float, float, float, float]]:
    """Return signs by line for each page, and the outermost places in millimetres (left, right margin, top, bottom)."""
    pages, places = [], []
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        text, lines = page.get_textpage(), Counter[int]()
        for index in range(text.count_chars()):
            if text.get_text_range(index, 1) == sign:
                left, bottom, right, top = text.get_charbox(index, loose=True)
                lines[round(bottom)] += 1
                places.append((left / MM, 210 - right / MM, 297 - top / MM, bottom / MM))
        pages.append(lines)
    left, right, top, bottom = (min(place[n] for place in places) for n in range(4))
    return pages, (left, right, top, bottom)


def check_grid(pdf: bytes) -> None:
    pages, (left, right, top, bottom) = measure(pdf)
    rule = layout()
    full = max(pages, key=lambda lines: sum(lines.values()))
    assert len(full) == rule.lines
    assert Counter(full.values()).most_common(1)[0][0] == rule.characters
    assert abs(left - rule.margin_left_mm) <= 1
    assert -0.1 <= right - rule.margin_right_mm <= 1.5
    assert top >= rule.margin_top_mm - 1
    assert bottom >= rule.margin_bottom_mm - 1


@pytest.mark.slow
def test_libreoffice_shows_22_lines_of_28_signs(tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_bytes(letter_docx(letter()))
    office_convert([tmp_path / "letter.docx"], tmp_path)
    check_grid((tmp_path / "letter.pdf").read_bytes())


def test_pdf_shows_22_lines_of_28_signs() -> None:
    check_grid(letter_pdf(letter()))


def test_docx_has_the_measures_and_fonts_by_name() -> None:
    document = Document(io.BytesIO(letter_docx(letter())))
    section, rule = document.sections[0], layout()
    margins = [
        round(x.mm)
        for x in (section.top_margin, section.left_margin, section.right_margin, section.bottom_margin)
    ]
    assert margins == [37, 28, 26, 35]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    fonts = {}
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            fonts[run.text[:4]] = (run._r.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")), run.font.size.pt)
    assert fonts["示范区卫"][0] == rule.fonts.title[0] or fonts["示范区卫"][0] == rule.fonts.body[0]
    assert fonts["政府信息"] == ("方正小标宋_GBK", 22)
    assert fonts["一一一一"] == ("仿宋_GB2312", 16)
    assert fonts["二、这是"] == ("黑体", 16)
    assert fonts["（一）这"] == ("楷体_GB2312", 16)
    for footer in (section.footer, section.even_page_footer):
        pieces = footer.paragraphs[0]._p.xpath(".//w:t/text() | .//w:instrText/text()")
        assert [str(piece) for piece in pieces] == ["— ", "PAGE", " —"]


def test_rare_signs_print_and_unknown_ones_are_refused() -> None:
    assert unprintable("𠮷䶮") == []
    with pytest.raises(CannotPrint, match="U\\+1F600"):
        letter_pdf(letter("表情😀"))


def test_text_of_a_letter_is_never_markup() -> None:
    pdf = letter_pdf(letter("<script>alert(1)</script><img src='file:///etc/passwd'>"))
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    assert "<script>" in text


def test_forms_are_tables() -> None:
    made = letter_docx(letter(rows=(("登记编号", "DEMO-2024-00001"), ("申请人", "")), paragraphs=()))
    table = Document(io.BytesIO(made)).tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["登记编号", "DEMO-2024-00001"],
        ["申请人", "—"],
    ]
