"""Lists as xlsx, safe to open: no text can become a formula (导出表格)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_text(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula; signs that xlsx cannot hold go."""
    text = ILLEGAL_CHARACTERS_RE.sub("", text)[:32_000]
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def _value(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool | int | float | date):
        return value
    return safe_text(str(value))


def workbook(
    title: str,
    head: Sequence[str],
    lines: Iterable[Sequence[Any]],
    *,
    second: tuple[str, Sequence[str], Iterable[Sequence[Any]]] | None = None,
) -> bytes:
    """Return an xlsx file with one sheet, or two; texts are stored as texts."""
    book = Workbook(write_only=True)
    for name, names, rows in ((title, head, lines), *((second,) if second else ())):
        sheet = book.create_sheet(name[:31])
        sheet.freeze_panes = "A2"
        sheet.append([_bold(sheet, text) for text in names])
        for line in rows:
            sheet.append([_value(value) for value in line])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _bold(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell
