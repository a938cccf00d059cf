"""The Word file of a report as a word processor lays it out: page, type area, fonts, lines to a page, page numbers."""

from __future__ import annotations

import io

import docx
import pytest
from docx.oxml.ns import qn

from gongkai.annual_report.core.bound_text import Piece
from gongkai.annual_report.core.document import ReportDocument, Section
from gongkai.annual_report.core.formats import format_named
from gongkai.annual_report.core.grids import official_grids
from gongkai.annual_report.core.report import addresses
from gongkai.annual_report.printing.docx_report import report_docx
from gongkai.kernel.official_paper import layout
from tools.testing.word_pages import Sign, check_grid, check_type_area, print_pages

SENTENCE = "本机关按照规定主动公开政府信息，并逐条写明依据、时限和责任科室，方便公众查阅。"


def document(form: str) -> ReportDocument:
    """Return a report of several pages with all official tables."""
    grids = official_grids(format_named(form), dict.fromkeys(addresses(format_named(form)), "12"))
    text = tuple((Piece(f"（{'一二三四五'[n]}）事项{n}。" + SENTENCE * 8),) for n in range(5))
    full = (Piece("一" * 28 * 44),)
    sections = [Section("s1", "一、总体情况", (*text, full))]
    sections += [
        Section(name, heading, (), tuple(grids[name]))
        for name, heading in (
            ("t2", "二、主动公开情况"),
            ("t3", "三、申请情况"),
            ("t4", "四、复议、诉讼情况"),
        )
    ]
    return ReportDocument(
        title="虚构县卫生健康局2021年政府信息公开工作年度报告", agency="虚构县卫生健康局", year=2021, date="2022年1月12日",
        lead="本报告依据条例编制。", sections=tuple(sections), work_title="工作报告", work_sections=(), sources=(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def word_file() -> bytes:
    return report_docx(document("2021"))


@pytest.fixture(scope="module")
def pages(word_file: bytes, tmp_path_factory: pytest.TempPathFactory) -> list[list[Sign]]:
    return print_pages(word_file, tmp_path_factory.mktemp("word"))


def test_paper_is_a4_and_words_stay_inside_the_type_area(pages: list[list[Sign]]) -> None:
    assert len(pages) >= 4
    check_type_area(pages)


def test_a_full_page_has_22_lines_of_28_signs(pages: list[list[Sign]]) -> None:
    check_grid(pages, sign="一")


def test_fonts_are_those_of_the_standard_by_name(word_file: bytes) -> None:
    fonts, rule = {}, layout().fonts
    for paragraph in docx.Document(io.BytesIO(word_file)).paragraphs:
        for run in paragraph.runs:
            fonts[run.text[:3]] = (run._r.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")), run.font.size.pt)
    assert fonts["虚构县"] == (rule.body[0], 16)  # the signature stands last
    assert fonts["一、总"] == (rule.heading[0], 16)
    assert fonts["（一）"] == (rule.kai[0], 16)
    assert fonts["本机关"] == (rule.body[0], 16)
    title = docx.Document(io.BytesIO(word_file)).paragraphs[0].runs[0]
    assert (title._r.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")), title.font.size.pt) == (
        rule.title[0],
        22,
    )


def test_tables_are_printed_whole_with_their_merged_heads(pages: list[list[Sign]]) -> None:
    flat = "".join(sign.text for page in pages for sign in page)
    for words in ("第二十条第（八）项", "法人或其他组织", "三、本年度办理结果", "复议后起诉", "尚未审结"):
        assert words in flat, words
    assert flat.count("12") >= 10 + 175 + 15
