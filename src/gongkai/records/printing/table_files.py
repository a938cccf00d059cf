"""Rows of text as csv and xlsx (导出表格): no text can become a formula in a spreadsheet program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_MOST_SIGNS = 32_000
_WIDTHS = {"序号": 6, "文件名称": 60, "发文字号": 24, "成文日期": 13, "清理结果": 12, "说明": 48}


def safe_text(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula; signs that xlsx cannot hold go."""
    plain = str(ILLEGAL_CHARACTERS_RE.sub("", text))[:_MOST_SIGNS]
    return f"'{plain}" if plain.startswith(_DANGEROUS) else plain


def table_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV in UTF-8 with a mark at its head, so that office programs read Chinese."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([safe_text(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def table_xlsx(title: str, rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as a workbook of one sheet, the first row as its head."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for place, name in enumerate(rows[0]):
        sheet.column_dimensions[chr(ord("A") + place)].width = _WIDTHS.get(name, 20)
    for number, row in enumerate(rows):
        cells = [WriteOnlyCell(sheet, value=safe_text(text)) for text in row]
        for cell in cells:
            cell.font = Font(bold=number == 0)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
