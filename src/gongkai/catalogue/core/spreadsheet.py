"""A list as xlsx, safe to open (导出表格): no text can become a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_text(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula; signs that xlsx cannot hold go."""
    text = ILLEGAL_CHARACTERS_RE.sub("", text)[:32_000]
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def workbook(title: str, head: Sequence[str], lines: Iterable[Sequence[str | int]]) -> bytes:
    """Return an xlsx file with one sheet; texts are stored as texts."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    sheet.append(list(head))
    for line in lines:
        sheet.append([value if isinstance(value, int) else safe_text(value) for value in line])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
