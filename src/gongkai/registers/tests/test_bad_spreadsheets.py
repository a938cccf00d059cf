"""Spreadsheets as they come: merged heads, formulas, dates of every kind, full width, 万, blank lines, twins, injected formulas."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from gongkai.importing.api import read_table
from gongkai.journal import api as journal
from gongkai.registers import api
from gongkai.registers.core.package import table_csv
from gongkai.registers.models import RegisterRow

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 18)
NOW = datetime(2026, 3, 18, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
HEADS = ["批次号", "发送日期", "发送条数", "内容类别"]


def workbook(rows, merged=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for area in merged:
        book.active.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def stage(data, name="短信.xlsx", register_id="message_batch"):
    table = read_table(data, name=name)
    return api.stage_table(
        register_id=register_id, org_code="demo", file_name=name, file_sha256="0" * 64, heads=table.headers, user_id=None,
        lines=((row.number, list(row.cells)) for row in table.rows), today=TODAY, now=NOW,
    )  # fmt: skip


def promoted(batch):
    assert batch.problems == []
    api.promote(batch_id=batch.pk, actor=journal.SYSTEM, today=TODAY, now=NOW)
    return {row.key: row.values for row in RegisterRow.objects.all()}


def test_title_merged_over_the_heads_and_blank_lines_are_read():
    rows = [
        ["短信发送统计表"],
        HEADS,
        ["S1", "2026-01-05", 3, "疫情防控"],
        [],
        [None, None],
        ["S2", "2026-01-06", 4, ""],
    ]
    found = promoted(stage(workbook(rows, ["A1:D1"])))
    assert {key: values["message_count"] for key, values in found.items()} == {"S1": 3, "S2": 4}


def test_heads_in_two_merged_rows_are_read():
    rows = [
        ["批次号", "发送", None, "内容类别"],
        [None, "发送日期", "发送条数", None],
        ["S1", "2026-01-05", 3, "疫情防控"],
    ]
    table = read_table(workbook(rows, ["A1:A2", "B1:C1", "D1:D2"]), name="a.xlsx")
    assert table.headers == ("批次号", "发送/发送日期", "发送/发送条数", "内容类别")
    found = promoted(stage(workbook(rows, ["A1:A2", "B1:C1", "D1:D2"])))
    assert found["S1"]["message_count"] == 3


@pytest.mark.parametrize(
    ("day", "count", "stored"),
    [
        (datetime(2026, 1, 5), "１２００", ("2026-01-05", 1200)),  # noqa: DTZ001
        (date(2026, 1, 5), "1.2万", ("2026-01-05", 12000)),
        ("2026年1月5日", "1,200", ("2026-01-05", 1200)),
        ("２０２６．１．５", 12.0, ("2026-01-05", 12)),
    ],
)
def test_dates_and_numbers_in_the_forms_people_use(day, count, stored):
    found = promoted(stage(workbook([HEADS, ["S1", day, count, "疫情防控"]])))
    assert (found["S1"]["sent_date"], found["S1"]["message_count"]) == stored


def test_formula_is_never_taken_for_its_text():
    batch = stage(workbook([HEADS, ["S1", "2026-01-05", "=1+2", "疫情防控"], ["S2", "2026-01-05", 3, ""]]))
    assert batch.problem_count == 1
    assert "第 2 行“发送条数”" in batch.problems[0]
    with pytest.raises(api.RowRefused):
        api.promote(batch_id=batch.pk, actor=journal.SYSTEM, today=TODAY, now=NOW)
    assert not RegisterRow.objects.exists()


def test_twin_keys_are_named_with_both_lines():
    rows = [HEADS, ["S1", "2026-01-05", 3, ""], [], ["S1", "2026-01-06", 4, ""]]
    (problem,) = stage(workbook(rows)).problems
    assert "第 4 行" in problem
    assert "第 2 行重复" in problem


@pytest.mark.parametrize("text", ['=HYPERLINK("https://x")', "@SUM(A1)", "+cmd|' /C calc'!A0", "-A1+1"])
def test_injected_formulas_are_refused_on_the_way_in_and_quoted_on_the_way_out(text):
    heads = ["推文编号", "发布日期", "标题", "渠道"]
    out = io.StringIO()
    csv.writer(out).writerows([heads, ["P1", "2026-01-05", text, "微信"]])
    batch = stage(out.getvalue().encode(), name="推文.csv", register_id="media_post")
    assert batch.problem_count == 1
    assert "公式" in batch.problems[0]
    rule = api.register("media_post", on=TODAY)
    line = list(csv.reader(io.StringIO(table_csv(rule, [{"title": text}]).decode())))[1]
    assert line[2] == f"'{text}"


def test_long_table_keeps_every_problem_in_number_and_the_first_ones_in_words():
    lines = [HEADS, *([f"S{n}", "2026-01-05", "很多", ""] for n in range(700))]
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    batch = stage(out.getvalue().encode("gb18030"), name="短信.csv")
    assert (batch.rows, batch.problem_count, len(batch.problems)) == (0, 700, 500)
