"""Plans in prose and in tables become tasks; nothing of a file vanishes."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.importing.api import Unreadable
from gongkai.project.command import run
from gongkai.supervision.core.plan_values import WorkPlan, plan_to_json
from gongkai.supervision.reading.plan_file import read_plan_bytes, read_plan_file

SEED = Path(__file__).resolve().parents[5] / "shared/seeds/004_0eaadbfd7c0ea9df.txt"

PROSE = """清泉区卫生健康局2020年政务公开工作要点
各科室：
为做好今年工作，现将要点印发如下：
一、主动公开（40分）
（一）目录管理（１０分）。编制主动公开目录，６月底前完成。清理旧目录。（牵头单位：办公室；配合单位：医政科、疾控科）
（二）预决算公开
及时公开部门预算，2月28日前完成（财务科牵头，各科室配合）。
二、依申请公开
1.规范办理。由办公室负责登记，长期坚持。2.统一文书（立即整改。
***
清泉区卫生健康局
2020年3月5日
"""


def read(text: str, name: str = "plan.txt") -> WorkPlan:
    return read_plan_bytes(text.encode(), name)


def accounted(plan: WorkPlan) -> set[int]:
    """Return every source line that the plan accounts for."""
    return (
        {line for task in plan.tasks for line in task.source_lines}
        | {part.number for part in plan.parts}
        | {line.number for line in plan.not_understood}
        | {r.source_line for r in plan.remarks if r.code == "front_matter" and r.source_line}
    )


def test_prose_gives_parts_points_owners_weights_and_deadlines() -> None:
    plan = read(PROSE)
    assert (plan.title, plan.year, plan.issuer) == (
        "清泉区卫生健康局2020年政务公开工作要点", 2020, "清泉区卫生健康局",
    )  # fmt: skip
    assert [p.text for p in plan.parts] == ["一、主动公开（40分）", "二、依申请公开"]
    first, second, budget, register, unbalanced = plan.tasks
    assert (first.number, first.heading, first.weight) == ("一(一)", "目录管理（１０分）", Decimal(10))
    assert first.deadline.kind == "month_end"
    assert first.deadline.date == date(2020, 6, 30)
    assert first.lead == second.lead == ("办公室",)
    assert first.co_owners == ("医政科", "疾控科")
    assert second.weight is None
    assert (budget.heading, budget.source_line, set(budget.source_lines)) == ("预决算公开", 7, {6, 7})
    assert (budget.lead, budget.co_owners) == (("财务科",), ("各科室",))
    assert budget.deadline.date == date(2020, 2, 28)
    assert (register.number, register.lead, register.deadline.kind) == ("二1", ("办公室",), "continuous")
    assert unbalanced.number == "二2"
    assert unbalanced.deadline.kind == "immediate"
    assert [line.number for line in plan.not_understood] == [10]
    assert "unbalanced_brackets" in {r.code for r in plan.remarks}
    assert accounted(plan) == set(range(1, 13))


def test_traditional_characters_are_understood_and_kept() -> None:
    plan = read(
        "清泉市衛生局2020年工作要點\n一、公開\n（一）編制目錄。責任科室：辦公室、醫政科。完成時限：６月底前。\n"
    )
    (task,) = plan.tasks
    assert task.lead == ("辦公室",)
    assert task.co_owners == ("醫政科",)
    assert task.deadline.date == date(2020, 6, 30)
    assert "編制目錄" in task.text


def test_a_plan_without_numbers_gives_sentences_and_says_so() -> None:
    plan = read("2020年工作计划\n现将安排通知如下：\n编制目录。每季度公布水质。\n公布决算。\n")
    assert [t.text for t in plan.tasks] == ["编制目录。", "每季度公布水质。", "公布决算。"]
    assert plan.tasks[1].deadline.every == "quarter"
    assert "no_numbering" in {r.code for r in plan.remarks}


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["清泉区卫生健康局2020年政务公开任务分解表"],
        ["序号", "工作任务", "细化分工", "责任科室", "完成时限", "备注"],
        [1, "主动公开（10分）", "1.编制目录\n2.更新指南", "办公室、医政科", "6月底前", "重点"],
        [2, None, "公开预算", "财务科\n各科室", "２０２０年第二季度", None],
        [3, "依申请公开", "规范答复", "办公室牵头，各科室配合", date(2020, 9, 30), None],
        ["合计", None, None, None, None, 10],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:F1")
    sheet.merge_cells("B3:B4")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_spreadsheet_with_merged_cells_gives_tasks() -> None:
    plan = read_plan_bytes(workbook(), "plan.xlsx")
    catalogue, guide, budget, reply = plan.tasks
    assert (catalogue.number, catalogue.heading, catalogue.text) == ("1", "主动公开（10分）", "1.编制目录")
    assert (catalogue.weight, guide.weight, budget.weight) == (Decimal(10), None, None)
    assert (catalogue.lead, catalogue.co_owners, catalogue.note) == (("办公室",), ("医政科",), "备注：重点")
    assert budget.heading == "主动公开（10分）"
    assert (budget.lead, budget.co_owners) == (("财务科",), ("各科室",))
    assert (budget.deadline.kind, budget.deadline.date) == ("quarter", date(2020, 6, 30))
    assert (reply.lead, reply.deadline.kind) == (("办公室",), "date")
    assert [line.number for line in plan.not_understood] == [6]


def word_table(rows: list[list[str]]) -> bytes:
    document = docx.Document()
    document.add_paragraph("清泉区卫生健康局2020年政务公开工作任务分解表")
    table = document.add_table(rows=len(rows), cols=5)
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    if len(rows) > 2:
        table.cell(1, 0).merge(table.cell(2, 0))
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def test_a_word_table_fills_merged_cells_from_above() -> None:
    rows = [
        ["类别", "重点任务", "牵头单位", "配合单位", "时限要求"],
        ["一、主动公开", "公开权责清单", "政策法规科", "各科室", "每季度"],
        ["", "公开处罚结果", "监督科", "政策法规科", "长期坚持"],
        ["二、互动", "", "", "", ""],
        ["", "办理来信", "办公室", "", "月底前"],
    ]
    plan = read_plan_bytes(word_table(rows), "plan.docx")
    powers, penalties, letters = plan.tasks
    assert powers.part == penalties.part == "一、主动公开"
    assert (powers.lead, powers.co_owners, powers.deadline.every) == (("政策法规科",), ("各科室",), "quarter")
    assert penalties.deadline.kind == "continuous"
    assert (letters.part, letters.deadline.kind, letters.deadline.date) == ("二、互动", "month_end", None)
    assert "filled_down" in {r.code for r in plan.remarks}
    assert accounted(plan) == set(range(1, 7))


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["", "", "", "", ""], ["", "", "", "", ""]], "empty_table"),
        ([["序号", "工作任务", "责任科室", "完成时限", "备注"]], "empty_table"),
        ([["甲", "乙", "丙", "丁", "戊"], ["一句话", "两句话", "", "", ""]], "no_header"),
    ],
)
def test_a_table_without_tasks_says_why(rows: list[list[str]], code: str) -> None:
    plan = read_plan_bytes(word_table(rows), "plan.docx")
    assert not plan.tasks
    assert {code, "no_tasks"} <= {r.code for r in plan.remarks}


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.txt", "empty"),
        (b"PK\x03\x04broken", "a.docx", "broken"),
        (b"\x00\x01\x02\x03", "a.txt", None),
    ],
)
def test_a_bad_file_is_refused_with_place_and_remedy(data: bytes, name: str, code: str | None) -> None:
    with pytest.raises(Unreadable) as refused:
        read_plan_bytes(data, name)
    assert code in (None, refused.value.code)
    assert refused.value.message
    assert refused.value.remedy


_TEXT = st.text(
    "公开目录编制办理每季度前完成，。；（）“”()1234一二三、.：-* 　年月底", min_size=1, max_size=30
)
_MARK = st.sampled_from(
    ["", "", "一、", "二、", "（一）", "（二）", "1.", "2.", "(1)", "第一部分 ", "十二、"]
)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(_MARK, _TEXT), min_size=1, max_size=14))
def test_no_line_and_no_word_of_a_text_vanishes(pieces: list[tuple[str, str]]) -> None:
    text = "2020年工作要点\n" + "\n".join(mark + words for mark, words in pieces)
    plan = read(text)
    lines = text.split("\n")
    assert {n for n, line in enumerate(lines, start=1) if line.strip()} == accounted(plan)
    kept = json.dumps(plan_to_json(plan), ensure_ascii=False)
    for line in lines:
        for word in re.findall(
            r"[\u3400-\u9fff]{2,}", re.sub(r"^[（(]?[一二三四五六七八九十]+[)）、]", "", line)
        ):
            if not re.fullmatch(r"[一二三]+", word):
                assert word in kept or any(
                    piece in kept for piece in re.split(r"(?=[一二三]+、)", word) if piece
                )


_CELL = st.text("公开办公室医政科每月底前（）1、\n ", max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_CELL, _CELL, _CELL), max_size=8))
def test_no_row_of_a_table_vanishes(cells: list[tuple[str, str, str]]) -> None:
    from gongkai.supervision.core.plan import PlanSource, read_plan
    from gongkai.supervision.core.plan_tables import TableRows

    rows = [(1, ("工作任务", "责任科室", "完成时限")), *((n, row) for n, row in enumerate(cells, start=2))]
    plan = read_plan(PlanSource("2020年计划", None, None, (), (TableRows(tuple(rows), False, 1),)))
    assert {n for n, row in rows if any(cell.strip() for cell in row)} == accounted(plan)


def test_command_prints_the_agreed_shape(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plan.txt"
    path.write_text(PROSE, encoding="utf-8")
    assert run(["plan", "import", str(path), "--dry-run", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert {"title", "year", "issuer", "tasks", "not_understood", "warnings"} <= set(printed)
    assert {
        "no", "part", "heading", "text", "lead", "co_owners", "deadline", "weight", "source_line",
    } <= set(printed["tasks"][0])  # fmt: skip
    assert printed["tasks"][0]["deadline"] == {
        "kind": "month_end", "date": "2020-06-30", "every": None, "text": "６月底前",
    }  # fmt: skip
    assert printed["tasks"][0]["weight"] == 10


def test_command_refuses_a_missing_file_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "import", "没有这个.docx", "--dry-run", "--json"]) == 1
    shown = capsys.readouterr()
    assert json.loads(shown.out)["error"]["code"] == "missing"
    assert "文件不存在" in shown.err


@pytest.mark.skipif(not SEED.is_file(), reason="the outside plan is not present")
def test_the_outside_plan_has_its_21_points() -> None:
    plan = read_plan_file(SEED)
    assert plan.year == 2018
    assert len(plan.parts) == 5
    assert len({task.number for task in plan.tasks}) == 21
    assert [sum(t.number.startswith(p) for t in plan.tasks if t.number) > 0 for p in "一二三四五"] == [
        True
    ] * 5
    assert not plan.not_understood
    assert accounted(plan) == set(range(1, 28))
