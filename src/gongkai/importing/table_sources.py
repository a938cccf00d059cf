"""Physical rows of xlsx and csv files, one at a time, with the merged areas of the sheet."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from gongkai.importing.archive import DAMAGE, Package
from gongkai.importing.blocks import Limits, ReadingWarning, Unreadable
from gongkai.importing.decoding import decode_text
from gongkai.importing.sniffing import broken
from gongkai.importing.table_values import column_index

MAX_COLUMNS = 500
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s+ref=\"([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)\"")
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*\bhidden=\"(?:1|true)\"")
_HIDDEN_COLUMN = re.compile(rb"<(?:\w+:)?col\s[^>]*\bhidden=\"(?:1|true)\"")
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s+r=\"([A-Z]{1,3}\d+)\"[^>]*>\s*<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*(<(?:\w+:)?v>[^<])?"
)
#: what openpyxl raises on damaged workbooks
DAMAGED_BOOK = (
    *DAMAGE,
    InvalidFileException,
    TypeError,
    SyntaxError,
    AttributeError,
    IndexError,
    ArithmeticError,
)
_DELIMITERS = ",\t;|，"


@dataclass(frozen=True)
class Merge:
    """A merged area; rows count from 1, columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Source:
    """Physical rows as (row number from 1, raw cells), with what the reader noticed."""

    rows: Iterator[tuple[int, list[Any]]]
    merges: tuple[Merge, ...] = ()
    warnings: list[ReadingWarning] = field(default_factory=list)
    name: str = ""

    def warn(self, code: str, message: str, where: str) -> None:
        self.warnings.append(ReadingWarning(code, message, where))

    def within_bounds(self, number: int, row: Sequence[Any]) -> list[Any]:
        """The first cells of a row; what stands beyond is named once."""
        beyond = any(cell not in (None, "") for cell in row[MAX_COLUMNS:])
        if beyond and not any(warning.code == "too_many_columns" for warning in self.warnings):
            self.warn("too_many_columns", f"第{MAX_COLUMNS}列以后的内容没有导入。", f"第{number}行")
        return list(row[:MAX_COLUMNS])


def open_csv(data: bytes, name: str) -> Source:
    """This function will open a text table in UTF-8, UTF-16 or GB18030, parted by comma, tab, semicolon or bar."""
    text, encoding = decode_text(data, name)
    source = Source(iter(()), name=name)
    if encoding == "gb18030":
        source.warn("gb18030", "文件是 GB18030 编码，已转换；请核对生僻字和人名。", name)
    source.rows = _csv_rows(text, _delimiter(text), source)
    return source


def _delimiter(text: str) -> str:
    """The sign that parts the first lines into most and equally many fields."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:10]
    counts = {sign: [re.sub(r'"[^"]*"', "", line).count(sign) for line in lines] for sign in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda sign: (sum(1 for n in counts[sign] if n), sum(counts[sign])))
    return best if any(counts[best]) else ","


def _csv_rows(text: str, delimiter: str, source: Source) -> Iterator[tuple[int, list[Any]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    try:
        for row in reader:
            yield number, source.within_bounds(number, row)
            number = reader.line_num + 1
    except csv.Error as error:
        where = f"{source.name} 第{reader.line_num}行"
        remedy = "请用 Excel 或 WPS 打开，另存为 .xlsx，再导入。"
        raise Unreadable("broken", "引号不成对，或有一格特别长，分不清各列。", where, remedy) from error


def open_xlsx(data: bytes, name: str, limits: Limits, sheet: str | None) -> Source:
    """This function will open the named sheet of an .xlsx, by default the first visible one; formulas give their saved values."""
    with Package(data, name, limits) as package:
        _refuse_dtd(package)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        except DAMAGED_BOOK as error:
            raise broken(name) from error
        source = Source(iter(()), name=name)
        chosen = _choose_sheet(book, sheet, source)
        part = str(getattr(chosen, "_worksheet_path", "")).lstrip("/")
        if part in package.names:
            _look_ahead(package.read(part), source, chosen.title)
    source.rows = _sheet_rows(book, chosen, source)
    return source


def _refuse_dtd(package: Package) -> None:
    for part in package.names:
        if part.endswith((".xml", ".rels")):
            start = package.head(part, 4096).replace(b"\0", b"")
            if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                raise broken(package.name)


def _choose_sheet(book: Any, sheet: str | None, source: Source) -> Any:
    sheets = [each for each in book.worksheets if hasattr(each, "iter_rows")]
    shown = [each for each in sheets if each.sheet_state == "visible"]
    hidden = [each.title for each in sheets if each.sheet_state != "visible"]
    if hidden:
        source.warn(
            "hidden_sheets", f"有隐藏的工作表“{'”“'.join(hidden)}”，没有导入；公开前请删除。", source.name
        )
    named = [each for each in sheets if each.title == sheet]
    if sheet is not None and not named:
        titles = "”“".join(each.title for each in sheets)
        raise Unreadable(
            "no_sheet", f"没有名为“{sheet}”的工作表，只有“{titles}”。", source.name, "请核对工作表名称。"
        )
    if not (named or shown):
        raise Unreadable(
            "no_text", "没有可见的工作表。", source.name, "请取消隐藏工作表，或检查是否选错了文件。"
        )
    chosen = (named or shown)[0]
    others = [each.title for each in shown if each is not chosen]
    if others and sheet is None:
        source.warn(
            "other_sheets",
            f"只导入了工作表“{chosen.title}”，还有“{'”“'.join(others)}”没有导入。",
            source.name,
        )
    return chosen


def _look_ahead(xml: bytes, source: Source, title: str) -> None:
    """What the row reader does not tell: merged areas, hidden rows and columns, formulas without a saved value."""
    source.merges = tuple(
        Merge(int(top), column_index(left.decode()), int(bottom), column_index(right.decode()))
        for left, top, right, bottom in _MERGE.findall(xml)
    )
    for pattern, code, what in ((_HIDDEN_ROW, "hidden_rows", "行"), (_HIDDEN_COLUMN, "hidden_columns", "列")):
        count = len(pattern.findall(xml))
        if count:
            source.warn(code, f"有隐藏的{what}（{count}处），内容已一并导入，请核对能否公开。", title)
    formulas = _FORMULA.findall(xml)
    empty = [cell.decode() for cell, value in formulas if not value]
    if formulas:
        source.warn("formulas", f"有{len(formulas)}个公式，取的是文件最后一次保存时的结果。", title)
    if empty:
        cells = "、".join(empty[:10])
        source.warn(
            "formula_without_value",
            f"{cells} 等{len(empty)}个公式没有结果，请用 Excel 打开并保存后再导入。",
            title,
        )


def _sheet_rows(book: Any, sheet: Any, source: Source) -> Iterator[tuple[int, list[Any]]]:
    with closing(book), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sheet.reset_dimensions()
        try:
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
                yield number, source.within_bounds(number, row)
        except DAMAGED_BOOK as error:
            raise broken(source.name) from error
