"""Figures of tables (表中数字): totals that are not the sum of their rows, and prose that gives another figure than the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from gongkai.guard.core.quantities import QUANTITY, read_quantity
from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit
from gongkai.guard.core.tables import Table

_FEWEST_PARTS = 2
_TOTAL = re.compile(r"^(?:合\s*计|总\s*计|共\s*计|合计数|总数)$")
_SUBTOTAL = re.compile(r"小\s*计|其中|合\s*计|总\s*计|平均|占比|比例|率$|同比|%")
_PLAIN_NUMBER = re.compile(r"^-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?$|^-?[0-9]+(?:\.[0-9]+)?$")


def table_sums(part: PartReading, table: Table) -> Iterator[Hit]:
    totals = [
        (number, row)
        for number, row in enumerate(table.rows)
        if row and any(_TOTAL.match(cell.text) for cell in row[:2])
    ]
    if table.header is None or len(totals) != 1:
        return
    number, total_row = totals[0]
    head = table.rows.index(table.header)
    body = [row for place, row in enumerate(table.rows) if place > head and place != number]
    if (number == head + 1 and len(body) < _FEWEST_PARTS) or not body:
        return
    if number != head + 1 and number != len(table.rows) - 1:
        body = [row for place, row in enumerate(table.rows) if head < place < number]
    if any(_SUBTOTAL.search(cell.text) for row in body for cell in row[:2]):
        return
    for cell in total_row:
        head_text = next((item.text for item in table.header if item.column == cell.column), "")
        if not _PLAIN_NUMBER.match(cell.text) or re.search(
            r"率|比|均|%|序号|年|指数|得分|标准|单价|价格", head_text
        ):
            continue
        values = [other.text for row in body for other in row if other.column == cell.column]
        if len(values) != len(body) or not all(
            _PLAIN_NUMBER.match(value) or value in ("", "-", "—", "/") for value in values
        ):
            continue
        numbers = [Decimal(value.replace(",", "")) for value in values if _PLAIN_NUMBER.match(value)]
        said = Decimal(cell.text.replace(",", ""))
        decimals = max([len(value.partition(".")[2]) for value in [*values, cell.text]])
        slack = Decimal(1).scaleb(-decimals) * (len(numbers) + 1) / 2 if decimals else Decimal(0)
        if len(numbers) >= _FEWEST_PARTS and abs(sum(numbers) - said) > slack:
            yield Hit(
                part,
                cell.start,
                cell.end,
                f"“{head_text}”一列相加为{sum(numbers)}，合计写作{said}",
                suggestion="核对合计与各行",
                confidence=0.85,
            )


_UNIT_IN_HEADING = re.compile(r"[（(]([^）)]*)[）)]")
_HEADING_TAIL = re.compile(r"(?:总数|数量|数|量|额|人次)?$")
_TOTAL_WORD = re.compile(r"共|合计|总计|总")
_GAP = r"(?:总数|数量|数|量)?(?:为|达到?|有|共有?|共计|合计|计|是|：)?\s?"
_SHORTEST_NOUN = 2
_SCALES = {"万": Decimal(10_000), "亿": Decimal(100_000_000), "千": Decimal(1000)}


def text_against_tables(reading: Reading) -> Iterator[Hit]:
    """Yield figures in prose that differ from the cell of the same row and column, or from the total of the column (正文与附表不符).

    Only cells whose row label and column heading both stand in the clause are compared; bounds (余、以上) are respected and
    rounding is accepted.
    """
    figures = _figures(reading)
    if not figures:
        return
    nouns = sorted({noun for noun, _ in figures}, key=len, reverse=True)
    pattern = re.compile(f"({'|'.join(map(re.escape, nouns))}){_GAP}(?=[0-9])")
    for part in reading.parts:
        if part.part.table is not None:
            continue
        for match in pattern.finditer(part.plain):
            quantity = QUANTITY.match(part.plain, match.end())
            if quantity is None or part.table_at(match.start()):
                continue
            said = read_quantity(quantity)
            clause = re.split(r"[，。；;\n]", part.plain[max(0, match.start() - 40) : match.start()])[-1]
            for (noun, label), value in figures.items():
                if noun != match[1] or not (
                    label in clause if label else _TOTAL_WORD.search(clause + match[0])
                ):
                    continue
                if (
                    not said.is_bound
                    and value is not None
                    and abs(said.value - value) >= max(said.grain, Decimal("0.005"))
                ):
                    yield Hit(
                        part,
                        match.start(),
                        quantity.end(),
                        f"表中{label or '合计'}的{noun}是{value.normalize():f}，正文写作{said.value.normalize():f}",
                        suggestion="核对正文与附表",
                        confidence=0.75,
                    )


def _figures(reading: Reading) -> dict[tuple[str, str], Decimal | None]:
    """Return (column noun, row label) → value; label empty for the total; None where two tables disagree."""
    figures: dict[tuple[str, str], Decimal | None] = {}
    for part in reading.parts:
        for table in part.tables:
            if table.header is None or len(table.header) < 2 or len(table.rows) > 60:
                continue
            for row in table.body:
                label = row[0].text
                is_total = bool(_TOTAL.match(label))
                if not is_total and (len(label) < 3 or not re.search(r"[\u4e00-\u9fff]{3}", label)):
                    continue
                for head in table.header[1:]:
                    cell = next((item for item in row if item.column == head.column), None)
                    noun, scale = _noun(head.text)
                    if cell is None or len(noun) < _SHORTEST_NOUN or not _PLAIN_NUMBER.match(cell.text):
                        continue
                    key = (noun, "" if is_total else label)
                    value = Decimal(cell.text.replace(",", "")) * scale
                    figures[key] = value if figures.get(key, value) == value else None
    return figures


def _noun(heading: str) -> tuple[str, Decimal]:
    """Return the noun of a heading and the scale its unit gives: 床位数（张） → 床位, 1."""
    unit = _UNIT_IN_HEADING.search(heading)
    scale = next((value for mark, value in _SCALES.items() if unit and mark in unit[1]), Decimal(1))
    bare = _UNIT_IN_HEADING.sub("", heading).strip()
    noun = _HEADING_TAIL.sub("", bare) if len(bare) > _SHORTEST_NOUN else bare
    return ("" if re.search(r"[0-9]|年|率|比|占|增", noun) else noun), scale
