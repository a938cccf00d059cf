"""Findings that need more than one sentence: jumps of magnitude, title against body, a paper without its attribute."""

from __future__ import annotations

import pytest

from gongkai.guard.api import Document, Part, check_text
from gongkai.guard.api import check as check_document
from gongkai.kernel.findings import Finding, Severity

PAPER = "青禾县卫生健康局文件\n青卫发〔2025〕12号\n关于开展爱国卫生月活动的通知\n各单位：\n请遵照执行。\n青禾县卫生健康局\n2025年4月1日"


def of(detector: str, text: str, title: str = "") -> list[Finding]:
    return [finding for finding in check_text(text, title=title) if finding.detector == detector]


@pytest.mark.parametrize(
    ("text", "jumps"),
    [
        ("财政拨款4521.37万元。其中财政拨款4521.37亿元用于基层。", True),
        ("财政拨款4521.37万元。其中财政拨款4521.37万元用于基层。", False),
        ("投入3200万元，比上年的3000亿元增长6.7%。", True),
        ("投入3200万元，比上年的3000万元增长6.7%。", False),
        ("投入3.2亿元，比上年的300万元增长10567%。", False),
        ("门诊12人次、住院12万人次。", False),
    ],
)
def test_magnitude_of_figures_in_prose(text: str, jumps: bool) -> None:
    assert bool(of("txt.unit_error", text)) is jumps


@pytest.mark.parametrize(("odd", "jumps"), [("452000", True), ("452.0", False)])
def test_one_cell_left_in_another_unit(odd: str, jumps: bool) -> None:
    rows = [
        ("乡镇", "金额（万元）"),
        ("东郭", "45.2"),
        ("西塘", "38.7"),
        ("河东", "41.0"),
        ("石桥", odd),
        ("前进", "39.5"),
    ]
    part = Part("sheet:1", "\n".join("\t".join(row) for row in rows), table=tuple(rows), kind="table")
    found = [item for item in check_document(Document((part,))) if item.detector == "txt.unit_error"]
    assert [item.matched for item in found] == ([odd] if jumps else [])


@pytest.mark.parametrize(
    ("title", "body", "differs"),
    [
        ("关于印发《工作要点》的通知", "现将《实施方案》印发给你们。", True),
        ("关于印发2025年工作要点的通知", "现将《2025年工作要点》印发给你们。", False),
        ("关于印发青禾县2025年工作要点的通知", "现将《2025年工作要点》印发给你们。", False),
        ("青禾县卫生健康局关于值班的通知", "请执行。\n沙河县卫生健康局\n2025年3月2日", True),
        ("青禾县卫生健康局关于值班的通知", "请执行。\n青禾县卫生健康局\n2025年3月2日", False),
        ("关于值班的通知", "请执行。\n特此公告。", True),
    ],
)
def test_title_against_body(title: str, body: str, differs: bool) -> None:
    assert bool(of("txt.title_body_mismatch", body, title)) is differs


def test_numbered_paper_without_attribute_is_warned_of() -> None:
    (finding,) = of("sec.attr_conflict", PAPER)
    assert finding.severity is Severity.WARN
    assert finding.matched == "2025年4月1日"
    assert of("sec.attr_conflict", f"{PAPER}\n（此件公开发布）") == []
    assert of("sec.attr_conflict", PAPER.replace("青卫发〔2025〕12号\n", "")) == []
    (conflict,) = of("sec.attr_conflict", f"{PAPER}\n（此件不公开）")
    assert conflict.severity is Severity.BLOCK
