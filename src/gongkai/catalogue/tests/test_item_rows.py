"""Reading catalogue files: nothing is dropped silently."""

from __future__ import annotations

import csv
import io
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalogue.core.catalogue_files import CatalogueFileUnreadable, read_table
from gongkai.catalogue.core.confidence_words import in_words, needs_check
from gongkai.catalogue.core.deadlines import publication_deadline
from gongkai.catalogue.core.defaults import OPENINGS, column_defaults, item_classes
from gongkai.catalogue.core.item_rows import read_rows
from gongkai.kernel.calendar import load_calendar
from gongkai.kernel.regulations import regulations_dir


def shipped(name: str) -> bytes:
    return (regulations_dir() / "catalogue" / name).read_bytes()


def test_read_shipped_standard_takes_every_row_with_class_counts():
    read = read_rows(read_table(name="standard.csv", data=shipped("standard.csv")))
    assert read.problems == []
    assert len(read.rows) == 230
    counts = {code: sum(row.class_code == code for row in read.rows) for code in item_classes()}
    assert {code: n for code, n in counts.items() if n} == {
        "01": 14, "02": 130, "03": 10, "04": 1, "05": 8, "06": 34, "07": 5, "08": 6, "09": 1, "10": 7, "11": 14,
    }  # fmt: skip
    permit = next(row for row in read.rows if row.official_code == "0104")
    assert (permit.limit_working_days, permit.result_limit_working_days) == (20, 7)
    assert (
        permit.elements == ("法律法规和政策文件", "办事指南", "过程信息", "结果信息")
        or "医疗机构名称" in permit.elements
    )


def test_read_shipped_statutory_rows_stand_in_known_columns():
    read = read_rows(read_table(name="statutory.csv", data=shipped("statutory.csv")))
    assert read.problems == []
    assert {row.column for row in read.rows} <= set(column_defaults())
    assert {opening for row in read.rows for opening in row.openings} <= set(OPENINGS)


def test_read_official_heads_from_xlsx_understands_limit_text():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["某县卫生健康领域基层政务公开标准目录"])
    sheet.append(["序号", "一级事项", "二级事项", "公开内容（要素）", "公开依据", "公开时限", "公开主体"])
    sheet.append(
        [
            1.0,
            "行政许可",
            "公共场所卫生许可",
            "办事指南；结果信息",
            "公共场所卫生管理条例",
            "自信息形成之日起 7 个工作日内",
            "县卫生健康局",
        ]
    )
    data = io.BytesIO()
    book.save(data)
    read = read_rows(read_table(name="目录.xlsx", data=data.getvalue()))
    assert read.problems == []
    (row,) = read.rows
    assert (row.code, row.class_code, row.limit_working_days) == ("1", "01", 7)
    assert row.elements == ("办事指南", "结果信息")


def test_read_gb18030_csv_is_understood():
    data = "一级事项,二级事项\n行政处罚,对某行为的处罚\n".encode("gb18030")
    read = read_rows(read_table(name="a.csv", data=data))
    assert [row.level2 for row in read.rows] == ["对某行为的处罚"]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("空.csv", b"", "空的"),
        ("坏.xlsx", b"PK\x03\x04not really", "打不开"),
        ("图.csv", b"\x00\x01\x02\xff\xfe\x00", "请另存为"),
        ("没表头.csv", "甲,乙\n1,2\n".encode(), "没有找到表头"),
    ],
)
def test_read_bad_file_says_what_and_how_to_mend(name, data, words):
    with pytest.raises(CatalogueFileUnreadable, match=words):
        read_table(name=name, data=data)


def test_read_bad_rows_names_line_and_head():
    table = [
        {"编号": "A1", "一级事项": "行政许可", "二级事项": ""},
        {"编号": "A2", "一级事项": "不存在的类", "二级事项": "某事项"},
        {"编号": "A3", "一级事项": "行政许可", "二级事项": "某事项"},
        {"编号": "A3", "一级事项": "行政许可", "二级事项": "重复"},
        {"编号": "张三家", "一级事项": "行政许可", "二级事项": "某事项"},
        {"编号": "A6", "一级事项": "行政许可", "二级事项": "某事项", "时限（工作日）": "很快"},
    ]
    read = read_rows(table)
    assert [row.code for row in read.rows] == ["A3"]
    assert [(p.line, p.head) for p in read.problems] == [
        (2, "二级事项"), (3, "一级事项"), (3, "栏目"), (5, "编号"), (6, "编号"), (7, "时限（工作日）"),
    ]  # fmt: skip


cells = st.dictionaries(
    st.sampled_from(["编号", "一级事项", "二级事项", "公开时限", "栏目", "五公开", "更新周期"]),
    st.one_of(
        st.none(), st.text(max_size=12), st.sampled_from(["行政许可", "行政处罚", "C1", "20", "zcwj", "决策"])
    ),
    max_size=7,
)


@given(st.lists(cells, max_size=12))
def test_read_any_rows_each_is_taken_named_or_blank(table):
    read = read_rows(table)
    named = {problem.line for problem in read.problems}
    blank = sum(not any((v or "").strip() for v in row.values()) for row in table)
    assert len(read.rows) + len(named) + blank == len(table)
    assert len({row.code for row in read.rows}) == len(read.rows)


def test_deadline_uses_item_limit_and_names_it():
    calendar = load_calendar()
    general = publication_deadline(formed_date=date(2024, 2, 6), limit_working_days=20, calendar=calendar)
    result = publication_deadline(
        formed_date=date(2024, 2, 6),
        limit_working_days=7,
        calendar=calendar,
        limit_source="作出决定之日起7个工作日内",
    )
    assert result.due_date == calendar.nth_working_day_after(date(2024, 2, 6), 7)
    assert general.due_date == calendar.nth_working_day_after(date(2024, 2, 6), 20)
    assert "作出决定之日起7个工作日内" in result.basis


def test_csv_round_trip_of_shipped_rows_keeps_every_name():
    names = [row["level2"] for row in csv.DictReader(io.StringIO(shipped("standard.csv").decode()))]
    read = read_rows(read_table(name="standard.csv", data=shipped("standard.csv")))
    assert [row.level2 for row in read.rows] == names


def test_every_shipped_confidence_has_chinese_words():
    rows = list(csv.DictReader(io.StringIO(shipped("standard.csv").decode())))
    codes = {row["confidence"] for row in rows} | {row["elements_confidence"] for row in rows}
    for code in codes:
        assert not any("a" <= letter <= "z" for letter in in_words(code)), code
    assert needs_check("from-knowledge")
    assert not needs_check("confirmed")
