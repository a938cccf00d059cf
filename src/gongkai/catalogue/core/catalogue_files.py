"""Reading a catalogue file (目录文件): csv (UTF-8 or GB18030) or xlsx into head → cell rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import openpyxl

MAX_ROWS = 20_000


class CatalogueFileUnreadable(ValueError):
    """The file cannot be read as a table; the message says what and how to mend it."""


def read_table(*, name: str, data: bytes) -> list[dict[str, str]]:
    """Return the rows of the first sheet or of the csv text, keyed by the head row.

    The head row is the first row that holds a known name column. Cells are text; numbers lose a trailing `.0`.
    """
    if not data:
        raise CatalogueFileUnreadable(f"文件 {name} 是空的；请检查后重新选择")
    rows = _xlsx_rows(name, data) if data[:4] == b"PK\x03\x04" else _csv_rows(name, data)
    head: list[str] | None = None
    table: list[dict[str, str]] = []
    for cells in rows:
        if head is None:
            if {"level2", "二级事项", "事项名称", "公开事项", "二级公开事项"} & {
                c.lstrip("\ufeff") for c in cells
            }:
                head = cells
            continue
        table.append(dict(zip(head, cells, strict=False)))
        if len(table) > MAX_ROWS:
            raise CatalogueFileUnreadable(f"文件 {name} 超过 {MAX_ROWS} 行；请拆分后分别导入")
    if head is None:
        raise CatalogueFileUnreadable(f"文件 {name} 中没有找到表头；表头应有“二级事项”或“事项名称”一列")
    return table


def _csv_rows(name: str, data: bytes) -> Iterator[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise CatalogueFileUnreadable(
            f"文件 {name} 不是 UTF-8 或 GB18030 编码的文字；请另存为 CSV（UTF-8）或 xlsx"
        )
    if "\x00" in text:
        raise CatalogueFileUnreadable(f"文件 {name} 不是文字表格；请另存为 CSV（UTF-8）或 xlsx")
    for row in csv.reader(io.StringIO(text)):
        yield [cell.strip() for cell in row]


def _xlsx_rows(name: str, data: bytes) -> Iterator[list[str]]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for row in sheet.iter_rows(values_only=True):
            yield [_text(cell) for cell in row]
    except CatalogueFileUnreadable:
        raise
    except Exception as error:  # openpyxl raises many kinds on damaged files
        raise CatalogueFileUnreadable(
            f"文件 {name} 打不开（{type(error).__name__}）；请用表格软件另存为 xlsx 再试"
        ) from error


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
