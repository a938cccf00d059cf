"""The monthly circular's Word file as LibreOffice prints it: type area, lines and signs to a page, fonts, table."""

from __future__ import annotations

import io

import docx
import pytest
from docx.oxml.ns import qn

from gongkai.kernel.official_paper import layout
from gongkai.supervision.core.circular import COUNTS, circular_paragraphs, problem_table
from gongkai.supervision.printing.official_docx import Paper, official_docx
from tools.testing.word_pages import Sign, check_grid, check_type_area, print_pages

UNITS = ("虚构区第一人民医院", "虚构区妇幼保健院", "规划信息科")
PROBLEMS = 40


def circular() -> Paper:
    """Return a circular of several pages with a table that runs over a page."""
    problems = [
        {
            "unit": UNITS[n % 3],
            "problem": f"督办〔2024〕{n}号：重点任务没有按期办结，应于2024年5月{n % 28 + 1}日办结",
        }
        for n in range(PROBLEMS)
    ]
    content = {
        "counts": [{"id": c.id, "name": c.name, "value": 12, "facts": []} for c in COUNTS], "problems": problems,
        "rectify_by": "2024-06-17", "until": "2024-05-31", "names": {},
    }  # fmt: skip
    text = (*circular_paragraphs(content), "一" * 28 * 46)
    return Paper(
        "虚构区卫生健康局2024年5月政务公开工作情况通报", text, "虚构区卫生健康局", "2024年6月3日",
        tuple(problem_table(content)), "需要整改的问题",
    )  # fmt: skip


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[list[Sign]]:
    return print_pages(official_docx(circular()), tmp_path_factory.mktemp("circular"))


def test_words_stay_inside_the_type_area_and_page_numbers_outside(pages: list[list[Sign]]) -> None:
    assert len(pages) >= 4
    check_type_area(pages)


def test_a_full_page_has_22_lines_of_28_signs(pages: list[list[Sign]]) -> None:
    check_grid(pages, sign="一")


def test_every_problem_is_printed_and_the_head_of_the_table_repeats(pages: list[list[Sign]]) -> None:
    flat = ["".join(sign.text for sign in page) for page in pages]
    assert all(f"督办〔2024〕{n}号" in "".join(flat) for n in range(PROBLEMS))
    with_rows = [text for text in flat if "没有按期办结" in text]
    assert len(with_rows) >= 2
    assert all("责任单位" in text and "整改期限" in text for text in with_rows)


def test_signature_is_centred_over_the_date(pages: list[list[Sign]]) -> None:
    last = [s for s in pages[-1] if s.top < layout().page_mm[1] - layout().margin_bottom_mm]
    agency, day = (
        last[-len("虚构区卫生健康局2024年6月3日") : -len("2024年6月3日")],
        last[-len("2024年6月3日") :],
    )
    assert "".join(s.text for s in (*agency, *day)) == "虚构区卫生健康局2024年6月3日"
    assert min(s.top for s in day) > max(s.top for s in agency)
    paragraphs = docx.Document(io.BytesIO(official_docx(circular()))).paragraphs[-2:]
    # Eight signs over six (digits are half as wide): the agency begins and ends one sign further out.
    assert [p.paragraph_format.right_indent.pt for p in paragraphs] == [3 * 16, 4 * 16]


def test_columns_are_as_wide_as_what_stands_in_them(pages: list[list[Sign]]) -> None:
    flat = "".join(sign.text for sign in pages[-1])
    start = flat.index("督办〔2024〕39号")
    words = pages[-1][start : flat.index("办结", flat.index("应于", start))]
    assert max(s.right for s in words) - min(s.left for s in words) > layout().type_area_mm / 2


def test_fonts_are_those_of_the_standard_by_name() -> None:
    word, rule = docx.Document(io.BytesIO(official_docx(circular()))), layout().fonts
    named = [
        (run.text[:4], run._r.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")), run.font.size.pt)
        for paragraph in word.paragraphs
        for run in paragraph.runs
    ]
    assert named[0] == ("虚构区卫", rule.title[0], 22)
    assert ("一、总体", rule.heading[0], 16) in named
    assert ("一一一一", rule.body[0], 16) in named
    head = word.tables[0].rows[0].cells[2].paragraphs[0].runs[0]
    assert head._r.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")) == rule.heading[0]
