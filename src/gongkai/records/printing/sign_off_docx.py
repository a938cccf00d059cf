"""The sign-off sheet as a Word file (审签单 Word 稿), in the page and fonts of official papers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.shared import Mm, Pt, RGBColor

from gongkai.kernel.official_docx import (
    CENTRE,
    LEFT,
    add_paragraph,
    add_run,
    as_bytes,
    new_paper,
    repeat_heads,
)
from gongkai.kernel.official_paper import layout
from gongkai.records.core.differences import ChangedLine
from gongkai.records.core.office_time import office_time
from gongkai.records.selectors_sheet import Sheet, SheetLine

_HEAD = ("步骤", "签署人", "时间", "结论", "意见", "时限")
_SHARES = (16, 20, 19, 8, 23, 14)
_CELL_GAP_PT, _SMALL_LINE = 3, 1.5
_GREEN, _RED = RGBColor(0x0F, 0x4D, 0x27), RGBColor(0x8D, 0x12, 0x17)
_MARKS = {"added": "（新增）", "removed": "（删除）", "changed": "（有改动）", "same": ""}


def sheet_docx(sheet: Sheet, *, made_at: datetime) -> bytes:
    """Return the sheet as a Word file; what came is underlined, what went is struck through, readable without colour too."""
    rule = layout()
    word = new_paper(title="信息公开审签单", author=sheet.publisher)
    add_paragraph(
        word, "信息公开审签单", font=rule.fonts.title[0], size_pt=rule.title_pt, align=CENTRE, tight=False
    )
    _grid(word, _facts(sheet), shares=(22, 78), head=False)
    _heading(word, "审签")
    _grid(word, [_HEAD, *(_row(line) for line in sheet.lines)], shares=_SHARES, head=True)
    if sheet.interpretation:
        _heading(word, "一并签署的解读方案")
        _grid(word, list(sheet.interpretation), shares=(22, 78), head=False)
    _heading(word, "签署内容的校验值")
    _small(word, f"SHA-256：{sheet.sha256}")
    if sheet.waivers:
        _heading(word, "留痕放行")
        for text in sheet.waivers:
            _small(word, text)
    _heading(word, "与上次签署内容的差别")
    _small(word, _compared(sheet))
    for line in _changed(sheet):
        _change(word, line)
    _small(word, f"本单由系统于 {_moment(made_at)} 按审签记录生成。")
    return as_bytes(word)


def _compared(sheet: Sheet) -> str:
    if sheet.changes is None:
        return f"{sheet.compared_with}。"
    return f"与{sheet.compared_with}比较{'：' if _changed(sheet) else '，没有差别。'}"


def _changed(sheet: Sheet) -> list[ChangedLine]:
    return [line for line in sheet.changes or () if line.mark != "same"]


def _facts(sheet: Sheet) -> list[tuple[str, str]]:
    rows = [
        ("标题", sheet.title),
        ("索引号", sheet.index_number),
        ("发文字号", sheet.document_number),
        ("发布单位", sheet.publisher),
        ("责任单位", sheet.owner),
        ("审查流程", f"{sheet.chain}（第 {sheet.chain_version} 版），第 {sheet.round} 次送审"),
        ("送审", f"{sheet.submitted_by} {_moment(sheet.submitted_at)} {sheet.note}".strip()),
        ("先发依据", sheet.authority),
    ]
    return [(name, text) for name, text in rows if text]


def _row(line: SheetLine) -> tuple[str, ...]:
    person = f"{line.person}（代{line.stands_for}）" if line.stands_for else line.person
    timely = {True: "按时", False: "超时", None: ""}[line.in_time]
    return (
        f"{line.label}（发布之后）" if line.after else line.label,
        f"{person} {line.role}".strip(),
        _moment(line.at) if line.at else "",
        line.decision,
        line.opinion,
        f"{line.limit} {timely}".strip(),
    )


def _moment(at: datetime) -> str:
    return office_time(at).strftime("%Y-%m-%d %H:%M")


def _heading(word: Any, text: str) -> None:
    made = add_paragraph(
        word, text, font=layout().fonts.heading[0], size_pt=layout().table_pt, before_lines=0.5
    )
    made.paragraph_format.keep_with_next = True


def _small(word: Any, text: str) -> Any:
    made = add_paragraph(word, text, size_pt=layout().table_pt, tight=False)
    made.paragraph_format.line_spacing = Pt(layout().table_pt * _SMALL_LINE)
    return made


def _change(word: Any, line: ChangedLine) -> None:
    rule = layout()
    made = _small(word, "")
    label = f"{line.label}{_MARKS[line.mark]}："
    add_run(made, label, font=rule.fonts.heading[0], size_pt=rule.table_pt)
    for piece in line.pieces:
        run = add_run(made, piece.text, font=rule.fonts.body[0], size_pt=rule.table_pt)
        if piece.mark == "added":
            run.font.underline, run.font.color.rgb = True, _GREEN
        elif piece.mark == "removed":
            run.font.strike, run.font.color.rgb = True, _RED


def _grid(word: Any, rows: Iterable[tuple[str, ...]], *, shares: tuple[int, ...], head: bool) -> None:
    rule, lines = layout(), list(rows)
    table = word.add_table(rows=len(lines), cols=len(shares))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, share in zip(table.columns, shares, strict=True):
        column.width = Mm(rule.type_area_mm * share / sum(shares))
    for number, (row, line) in enumerate(zip(table.rows, lines, strict=True)):
        for place, (cell, text, share) in enumerate(zip(row.cells, line, shares, strict=True)):
            cell.width = Mm(rule.type_area_mm * share / sum(shares))
            is_head = (head and number == 0) or (not head and place == 0)
            cell.paragraphs[0].alignment = CENTRE if is_head else LEFT
            shape = cell.paragraphs[0].paragraph_format
            shape.space_before, shape.space_after = Pt(_CELL_GAP_PT), Pt(_CELL_GAP_PT)
            font = rule.fonts.heading[0] if is_head else rule.fonts.body[0]
            add_run(cell.paragraphs[0], text, font=font, size_pt=rule.table_pt - 2)
    if head:
        repeat_heads(table.rows[:1])
