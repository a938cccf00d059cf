"""Jumps of magnitude (量级跳变): 万 where 亿 was meant, a cell in 元 in a column of 万元, a growth that the two figures do not give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from statistics import median

from gongkai.guard.core.reading import PartReading
from gongkai.guard.core.registry import Hit
from gongkai.guard.core.tables import Table

_FIGURE = re.compile(r"(?<![0-9A-Za-z.,〔\-])([0-9]{1,9}(?:\.[0-9]{1,4})?)\s?(万|亿)?(元|人次|人|平方米|吨)")
_SCALE = {"": Decimal(1), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
_FEWEST_SAME_DIGITS = 4
_COMPARED = re.compile(
    r"([0-9]+(?:\.[0-9]+)?)\s?(万|亿)?(?P<unit>元|人次|人|例|家|张)[，,]?(?:比|较)(?:上年|去年|上年同期|去年同期|20[0-9]{2}年|上一年)[^，。；0-9]{0,6}?([0-9]+(?:\.[0-9]+)?)\s?(万|亿)?(?P=unit)[^，。；0-9]{0,6}?(?:增长|增加|上升|提高|下降|减少|降低)(?:了)?\s?([0-9]+(?:\.[0-9]+)?)\s?[%％]"
)
_FAR_APART = 50
_UNIT_HEADING = re.compile(r"[（(][^）)]*(?:万元|亿元|万人|万人次|千元)[）)]")
_TOTAL = re.compile(r"合\s*计|总\s*计|小\s*计|全[省市县区]|本级")
_FEWEST_CELLS = 4
_JUMP_FROM_MEDIAN = 5_000
_JUMP_FROM_NEXT = 500


def magnitude_jumps(part: PartReading) -> Iterator[Hit]:
    """Yield figures of one part that stand a power of ten thousand beside what the text itself says."""
    if part.part.table is None and ("万" in part.plain or "亿" in part.plain):
        yield from _same_digits(part)
    if "比" in part.plain or "较" in part.plain:
        yield from _impossible_growth(part)
    for table in part.tables:
        yield from _odd_cells(part, table)


def _same_digits(part: PartReading) -> Iterator[Hit]:
    """Report a figure that returns with the same digits and unit but 万 for 亿, or neither."""
    seen: dict[tuple[str, str], str] = {}
    for match in _FIGURE.finditer(part.plain):
        digits = match[1].replace(".", "").strip("0")
        if len(digits) < _FEWEST_SAME_DIGITS or part.table_at(match.start()):
            continue
        scale = match[2] or ""
        first = seen.setdefault((match[1], match[3]), scale)
        if first != scale:
            yield _hit(
                part,
                *match.span(),
                f"同一个数{match[1]}，前面写“{first}{match[3]}”，这里写“{scale}{match[3]}”",
            )


def _impossible_growth(part: PartReading) -> Iterator[Hit]:
    """Report a comparison whose two figures lie far apart while the growth told is small: a unit is wrong."""
    for match in _COMPARED.finditer(part.plain):
        now = Decimal(match[1]) * _SCALE[match[2] or ""]
        before = Decimal(match[4]) * _SCALE[match[5] or ""]
        if not now or not before:
            continue
        ratio = max(now, before) / min(now, before)
        if ratio >= _FAR_APART and Decimal(match[6]) < ratio * 100 / 2:
            yield _hit(part, *match.span(), f"两数相差{ratio:.0f}倍，与所写的{match[6]}%不合，像是万、亿写错")


_PLAIN_FIGURE = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?")


def _odd_cells(part: PartReading, table: Table) -> Iterator[Hit]:
    """Report a cell thousands of times the others of its column, whose heading gives the unit: it was left in 元."""
    if table.header is None:
        return
    heads = [head for head in table.header if _UNIT_HEADING.search(head.text)]
    rows = (
        [row for row in table.body if not any(_TOTAL.search(other.text) for other in row[:2])]
        if heads
        else []
    )
    for head in heads:
        cells = [
            (Decimal(cell.text.replace(",", "")), cell)
            for row in rows
            for cell in row
            if cell.column == head.column and _PLAIN_FIGURE.fullmatch(cell.text)
        ]
        if len(cells) < _FEWEST_CELLS:
            continue
        largest, second = sorted((value for value, _ in cells), reverse=True)[:2]
        middle = median(value for value, _ in cells)
        if middle > 0 and largest >= middle * _JUMP_FROM_MEDIAN and largest >= second * _JUMP_FROM_NEXT:
            cell = next(cell for value, cell in cells if value == largest)
            yield _hit(
                part,
                cell.start,
                cell.end,
                f"“{head.text}”一列多在{middle.normalize():f}上下，这一格是{cell.text}，像是没有换算单位",
            )


def _hit(part: PartReading, start: int, end: int, message: str) -> Hit:
    return Hit(part, start, end, f"数量级跳变：{message}", suggestion="核对单位与数量级", confidence=0.75)
