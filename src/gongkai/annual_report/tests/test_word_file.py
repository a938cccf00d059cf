"""The Word file of a report as a word processor lays it out: page, type area, fonts, lines to a page, page numbers."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest

from gongkai.annual_report.core.bound_text import Piece
from gongkai.annual_report.core.document import ReportDocument, Section
from gongkai.annual_report.core.formats import format_named
from gongkai.annual_report.core.grids import official_grids
from gongkai.annual_report.core.report import addresses
from gongkai.annual_report.printing.docx_report import layout, report_docx

MM = 72 / 25.4
SENTENCE = "本机关按照规定主动公开政府信息，并逐条写明依据、时限和责任科室，方便公众查阅。"


def document(form: str) -> ReportDocument:
    """Return a report of several pages with all official tables."""
    grids = official_grids(format_named(form), dict.fromkeys(addresses(format_named(form)), "12"))
    text = tuple((Piece(f"（{'一二三四五'[n]}）事项{n}。" + SENTENCE * 8),) for n in range(5))
    sections = [Section("s1", "一、总体情况", text)]
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
def pages(tmp_path_factory: pytest.TempPathFactory) -> pypdfium2.PdfDocument:
    """Return the file as LibreOffice prints it; without LibreOffice a failure where CI says so, else skipped."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI 上必须安装 LibreOffice", pytrace=False)
        pytest.skip("没有安装 LibreOffice")
    folder = tmp_path_factory.mktemp("word")
    (folder / "report.docx").write_bytes(report_docx(document("2021")))
    command = [
        office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf", "--outdir",
        str(folder), str(folder / "report.docx"),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    path = Path(folder) / "report.pdf"
    assert path.exists(), done.stderr
    return pypdfium2.PdfDocument(path)


def boxes(page: pypdfium2.PdfPage) -> list[tuple[float, float, float, float, str]]:
    """Return left, top, right, bottom in mm from the upper left corner, and the character, of all that is printed."""
    height, text = page.get_height(), page.get_textpage()
    found = []
    for index in range(text.count_chars()):
        letter = text.get_text_range(index, 1)
        if letter.strip():
            left, bottom, right, top = text.get_charbox(index)
            found.append((left / MM, (height - top) / MM, right / MM, (height - bottom) / MM, letter))
    return found


def test_paper_is_a4_and_words_stay_inside_the_type_area(pages: pypdfium2.PdfDocument) -> None:
    rule = layout()
    top, right, bottom, left = rule.margins_mm
    assert len(pages) >= 3
    for page in pages:
        width, height = page.get_width() / MM, page.get_height() / MM
        assert (round(width), round(height)) == rule.page_mm
        inside = [b for b in boxes(page) if b[3] < height - bottom + 0.5]
        assert min(b[0] for b in inside) >= left - 1
        assert max(b[2] for b in inside) <= width - right + 1.5
        assert min(b[1] for b in inside) >= top - 1.5
        below = "".join(b[4] for b in boxes(page) if b[1] > height - bottom + 1)
        assert re.fullmatch(r"—\d+—", below), "below the type area stands the page number alone"


def test_body_has_the_line_pitch_and_letter_size_of_the_standard(pages: pypdfium2.PdfDocument) -> None:
    rule = layout()
    words = [b for b in boxes(pages[0]) if b[4] in "依据时限责任科室"]
    lines = sorted({round(b[3], 1) for b in words})
    rows = [lines[0]]
    for line in lines[1:]:
        if line - rows[-1] > 3:
            rows.append(line)
    pitches = [(two - one) * MM for one, two in itertools.pairwise(rows)]
    normal = [p for p in pitches if p < 2 * rule.line_pitch_pt - 1]
    assert normal
    assert all(abs(p - rule.line_pitch_pt) < 1 for p in normal)
    tops = sorted(b for b in boxes(pages[0]) if b[4] == "据")
    same_line = sorted(b[0] for b in boxes(pages[0]) if abs(b[3] - tops[0][3]) < 0.6)
    steps = [(two - one) * MM for one, two in itertools.pairwise(same_line)]
    assert abs(sorted(steps)[len(steps) // 2] - rule.body_pt) < 1.5, "letters of 三号, 28 to a line"


def test_page_numbers_stand_outside_right_on_odd_and_left_on_even_pages(pages: pypdfium2.PdfDocument) -> None:
    middle = layout().page_mm[0] / 2
    for number, page in enumerate(pages, 1):
        marks = [b for b in boxes(page) if b[1] > page.get_height() / MM - layout().margins_mm[2] + 1]
        assert "".join(b[4] for b in marks) == f"—{number}—"
        assert (marks[0][0] > middle) == (number % 2 == 1), number


def test_tables_are_printed_whole_with_their_merged_heads(pages: pypdfium2.PdfDocument) -> None:
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    flat = re.sub(r"\s", "", text)
    for words in ("第二十条第（八）项", "法人或其他组织", "三、本年度办理结果", "复议后起诉", "尚未审结"):
        assert words in flat, words
    assert flat.count("12") >= 10 + 175 + 15
