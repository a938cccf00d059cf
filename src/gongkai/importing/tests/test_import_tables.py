"""Spreadsheets: headers, values, days, encodings, dangerous text, long streams."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.importing.api import TableRead, Unreadable, as_day, as_number, read_table
from gongkai.importing.table_values import column_index, column_letters, is_formula_text
from gongkai.importing.tests.word_building import docx, paragraph


def book(rows: list[list[Any]], *, merges: tuple[str, ...] = (), also: dict[str, str] | None = None) -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "台账"
    for row in rows:
        sheet.append(row)
    for area in merges:
        sheet.merge_cells(area)
    for title, state in (also or {}).items():
        workbook.create_sheet(title).sheet_state = state
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def read(data: bytes, name: str = "台账.xlsx") -> tuple[TableRead, list[tuple[Any, ...]]]:
    table = read_table(data, name=name)
    return table, [row.cells for row in table.rows]


def codes(table: TableRead) -> set[str]:
    return {warning.code for warning in table.warnings}


def test_read_xlsx_values_days_and_figures() -> None:
    when = datetime.fromisoformat("2021-03-02T08:30")
    data = book(
        [
            ["名称", "数量", "比例", "日期", "时间", "是"],
            ["甲", 3, 0.1 + 0.2, datetime.fromisoformat("2021-03-02"), when, True],
        ]
    )
    table, rows = read(data)
    assert table.headers == ("名称", "数量", "比例", "日期", "时间", "是")
    assert rows == [("甲", 3, Decimal("0.3"), date(2021, 3, 2), when, True)]
    assert table.warnings == []


def test_read_title_rows_above_and_merged_header_of_two_rows() -> None:
    data = book(
        [
            ["2021年监督检查情况表"],
            ["填报单位：甲", None, None, "单位：次"],
            [],
            ["机 构\n名称", "检查", None, "备注"],
            [None, "次数", "人数", None],
            ["甲", 1, 2, None],
        ],
        merges=("A1:D1", "A4:A5", "B4:C4", "D4:D5"),
    )
    table, rows = read(data)
    assert table.headers == ("机构名称", "检查/次数", "检查/人数", "备注")
    assert rows == [("甲", 1, 2, None)]
    assert table.title == "2021年监督检查情况表\n填报单位：甲\n单位：次"


def test_read_merged_data_gives_its_value_to_every_row() -> None:
    data = book([["类别", "项目"], ["一类", "甲"], [None, "乙"], ["二类", "丙"]], merges=("A2:A3",))
    assert read(data)[1] == [("一类", "甲"), ("一类", "乙"), ("二类", "丙")]


def test_read_blank_rows_repeated_headers_and_totals() -> None:
    data = book([["项目", "数"], ["甲", 1], [], [None, " "], ["项目", "数"], ["乙", 2], ["合计", 3]])
    table, rows = read(data)
    assert rows == [("甲", 1), ("乙", 2), ("合计", 3)]
    found = {(w.code, w.where) for w in table.warnings}
    assert found == {("repeated_header", "第5行"), ("total_row", "第7行"), ("blank_rows", "台账.xlsx")}
    assert "2个空行" in table.warnings[-1].message


def test_read_row_numbers_are_the_physical_ones() -> None:
    table = read_table(book([["题"], ["甲", "乙"], [], ["1", "2"]]), name="a.xlsx")
    assert [row.number for row in table.rows] == [4]


def test_read_formulas_give_saved_values_or_warn() -> None:
    table, rows = read(book([["甲", "乙"], [1, "=A2*2"], [2, "=1/0"]]))
    assert rows == [(1, None), (2, None)]
    assert {"formulas", "formula_without_value"} <= codes(table)
    message = next(w.message for w in table.warnings if w.code == "formula_without_value")
    assert message.startswith("B2、B3")


def test_read_saved_formula_results_and_errors() -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book([["甲", "乙", "丙"], [1, "=A2*2", "=1/0"]]))) as old,
        zipfile.ZipFile(out, "w") as new,
    ):
        for part in old.namelist():
            content = old.read(part)
            for formula, result in ((b"<f>A2*2</f>", b"<v>2</v>"), (b"<f>1/0</f>", b"<v>#DIV/0!</v>")):
                for empty in (b"<v></v>", b"<v/>", b"<v />"):
                    content = content.replace(formula + empty, formula + result)
            new.writestr(part, content.replace(b'<c r="C2">', b'<c r="C2" t="e">'))
    table, rows = read(out.getvalue())
    assert rows == [(1, 2, None)]
    assert codes(table) == {"formulas", "cell_error"}


def test_read_warns_of_hidden_and_other_sheets_and_chooses_by_name() -> None:
    data = book([["甲", "乙"], [1, 2]], also={"底稿": "hidden", "说明": "visible"})
    table, _ = read(data)
    assert {"hidden_sheets", "other_sheets"} <= codes(table)
    with pytest.raises(Unreadable) as caught:
        read_table(data, name="a.xlsx", sheet="没有")
    assert caught.value.code == "no_sheet"


def test_read_warns_of_hidden_rows_and_columns() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in (["甲", "乙"], [1, 2], [3, 4]):
        sheet.append(row)
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["B"].hidden = True
    out = io.BytesIO()
    workbook.save(out)
    table, rows = read(out.getvalue())
    assert len(rows) == 2
    assert {"hidden_rows", "hidden_columns"} <= codes(table)


def test_read_missing_and_repeated_headers_are_named() -> None:
    table, rows = read(book([["甲", None, "甲"], [1, 2, 3]]))
    assert table.headers == ("甲", "B列", "甲(2)")
    assert rows == [(1, 2, 3)]
    assert {"no_header", "same_header"} <= codes(table)


def test_read_long_numbers_and_formula_text_are_flagged_without_showing_them() -> None:
    table, _ = read(
        book([["号", "字"], [990101199001010000, "'=cmd"], [1, "@SUM(A1)"], [2, "-5"], [3, "+86 10-1234"]])
    )
    assert {(w.code, w.where) for w in table.warnings} == {("long_number", "A2"), ("formula_text", "B3")}
    assert "990101" not in "".join(w.message for w in table.warnings)


def test_read_many_findings_of_one_kind_are_counted() -> None:
    table, _ = read("甲,乙\n".encode() + b"1,=x\n" * 80, "a.csv")
    assert sum(1 for w in table.warnings if w.code == "formula_text") == 51
    assert "80处" in table.warnings[-1].message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_read_csv_in_every_encoding_and_sign(encoding: str, sign: str) -> None:
    text = (
        f'名称{sign}数量{sign}说明\r\n甲{sign}１２３{sign}"一{sign}二\r\n三""四"\r\n\r\n乙{sign}4{sign}\r\n'
    )
    table, rows = read(text.encode(encoding), "台账.csv")
    assert table.headers == ("名称", "数量", "说明")
    assert rows == [("甲", "123", f'一{sign}二\r\n三"四'), ("乙", "4", None)]
    assert ("gb18030" in codes(table)) == (encoding == "gb18030")


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.csv", "empty"),
        (b"\n \n", "a.csv", "no_text"),
        (book([]), "a.xlsx", "no_text"),
        (book([["甲"]])[:300], "a.xlsx", "broken"),
        (book([["甲"]]), "a.csv", "wrong_name"),
        (docx(paragraph("文")), "a.xlsx", "wrong_name"),
        (docx(paragraph("文")), "a.docx", "unknown_type"),
        (book([["甲"]]), "a.xlsm", "macros"),
        ('甲,"乙\n丙,丁\n'.encode(), "a.csv", "broken"),
        (b"PK\x03\x04garbage", "a.xlsx", "broken"),
    ],
)
def test_read_bad_table_is_refused_with_remedy(data: bytes, name: str, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(data, name)
    assert caught.value.code == code
    assert caught.value.remedy


def test_read_damaged_xlsx_never_crashes() -> None:
    good = book([["甲", "乙"], [1, 2]], merges=("A1:A2",))
    seen: set[str] = set()
    for place in range(0, len(good), 29):
        data = bytearray(good)
        data[place] ^= 0xFF
        try:
            read(bytes(data))
        except Unreadable as error:
            seen.add(error.code)
    assert "broken" in seen


def test_read_one_column_table() -> None:
    table, rows = read("名称\n甲\n乙\n".encode(), "a.csv")
    assert (table.headers, rows) == (("名称",), [("甲",), ("乙",)])


def test_read_from_a_path_and_missing_path(tmp_path: Path) -> None:
    path = tmp_path / "台账.csv"
    path.write_text("甲,乙\n1,2\n", encoding="utf-8")
    assert [row.cells for row in read_table(path).rows] == [("1", "2")]
    with pytest.raises(Unreadable) as caught:
        read_table(tmp_path / "没有.csv")
    assert caught.value.code == "missing"


def test_read_streams_rows_as_they_are_asked_for() -> None:
    text = "甲,乙\n" + "".join(f"{n},x\n" for n in range(100_000))
    table = read_table(text.encode(), name="a.csv")
    assert next(table.rows).cells == ("0", "x")
    assert sum(1 for _ in table.rows) == 99_999


@pytest.mark.parametrize(
    ("value", "number", "day"),
    [
        ("１，２３４.５", Decimal("1234.5"), None),
        ("12.5%", Decimal("0.125"), None),
        (7, Decimal(7), None),
        ("1,23", None, None),
        ("-", None, None),
        ("", None, None),
        (True, None, None),
        (None, None, None),
        ("2021年3月2日", None, date(2021, 3, 2)),
        ("２０２１－０３－０２", None, date(2021, 3, 2)),
        ("20210302", Decimal(20210302), date(2021, 3, 2)),
        (20210302, Decimal(20210302), date(2021, 3, 2)),
        ("2021/3/2", None, date(2021, 3, 2)),
        (datetime.fromisoformat("2021-03-02T05:00"), None, date(2021, 3, 2)),
        ("2021-02-30", None, None),
    ],
)
def test_read_figures_and_days_from_cells(value: Any, number: Decimal | None, day: date | None) -> None:
    assert as_number(value) == number
    assert as_day(value) == day


@pytest.mark.parametrize(
    ("text", "flagged"),
    [
        ("=1+1", True),
        ("＝1", True),
        ("@x", True),
        ("+x", True),
        ("-3.5%", False),
        ("--", False),
        ("甲=乙", False),
        ("\t=1", True),
    ],
)
def test_formula_text_is_recognised(text: str, flagged: bool) -> None:
    assert is_formula_text(text) is flagged


@given(st.integers(min_value=0, max_value=16_383))
def test_column_letters_and_index_are_inverse(index: int) -> None:
    assert column_index(column_letters(index)) == index


TEXT = st.text(alphabet='甲乙丙丁ab1 ,;"\n=', max_size=8).map(str.strip)


@given(st.lists(st.lists(TEXT, min_size=3, max_size=3), max_size=12), st.booleans())
@settings(max_examples=60, deadline=None)
def test_read_gives_back_what_was_written(rows: list[list[str]], as_csv: bool) -> None:
    header = ["一栏", "二栏", "三栏"]
    if as_csv:
        out = io.StringIO(newline="")
        csv.writer(out).writerows([header, *rows])
        _, got = read(out.getvalue().encode(), "a.csv")
    else:
        shown = [[f"'{cell}" if cell.startswith("=") else cell or None for cell in row] for row in rows]
        rows = [[cell or "" for cell in row] for row in shown]
        _, got = read(book([header, *shown]))
    assert got == [tuple(cell or None for cell in row) for row in rows if any(row)]


def test_read_far_cells_are_named_and_gaps_of_rows_are_quick() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append(["甲", "乙"])
    sheet.cell(2, 16_384, "远")
    sheet.cell(200_000, 2, "末")
    out = io.BytesIO()
    workbook.save(out)
    table, rows = read(out.getvalue())
    assert rows == [(None, "末")]
    assert {"too_many_columns", "blank_rows"} <= codes(table)
    wide = ",".join(f"栏{n}" for n in range(600)) + "\n" + ",".join(str(n) for n in range(600)) + "\n"
    table, rows = read(wide.encode(), "a.csv")
    assert (len(table.headers), rows[0][-1]) == (500, "499")
    assert "too_many_columns" in codes(table)
