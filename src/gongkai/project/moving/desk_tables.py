"""The two tables that a move is reported in (条目、未读出): headings, and cells that no spreadsheet runs."""

from __future__ import annotations

from collections.abc import Iterable

ITEM_HEADINGS = ("旧地址", "标题", "原发布日期", "索引号", "新地址", "进度", "最重发现", "可列入清单", "说明")
PROBLEM_HEADINGS = ("位置", "代码", "问题", "处理办法")
_FORMULAS = ("=", "+", "-", "@", "\t")


def plain_cells(row: Iterable[str]) -> list[str]:
    """Return the cells of a row; one that a spreadsheet would run as a formula begins with an apostrophe."""
    return [f"'{cell}" if cell.startswith(_FORMULAS) else cell for cell in row]
