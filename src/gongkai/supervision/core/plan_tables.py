"""A plan as a table (任务分解表) to tasks: headers of many spellings, merged cells, several owners and items in one cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from gongkai.kernel.numerals import heading_level
from gongkai.supervision.core.plan_deadlines import read_deadline
from gongkai.supervision.core.plan_owners import owners_of_cell, read_weight_cell, split_units, weight_in
from gongkai.supervision.core.plan_sentences import has_words, is_balanced, split_items
from gongkai.supervision.core.plan_text import TextReading
from gongkai.supervision.core.plan_values import PlannedTask, PlanRemark, SourceLine
from gongkai.supervision.core.plan_words import plain, uses, words

LOOK_FOR_HEADER = 8
_FILLED = ("part", "heading", "lead", "co", "deadline")
_TOTAL = re.compile(r"(?:合计|总计|小计|总分)[::]?")
_TRIM = re.compile(r"[\s::]|[(]\d+(?:\.\d+)?(?:分|%)?[)]|[(](?:年|月|日|分)[)]")


@dataclass(frozen=True, slots=True)
class TableRows:
    """A table of a file: (line number, cells) in order. `spread` tells that merged cells already give their value to each row."""

    rows: tuple[tuple[int, tuple[str, ...]], ...]
    spread: bool
    line: int


@dataclass
class _Columns:
    """Which column holds what: role to places; `others` are (place, name) without a role; rows from `begin` are data."""

    roles: dict[str, list[int]]
    names: list[str]
    begin: int

    def of(self, role: str) -> list[int]:
        """Return the places of a role."""
        return self.roles.get(role, [])

    @property
    def others(self) -> list[int]:
        """Return the places without a role."""
        taken = {place for places in self.roles.values() for place in places}
        return [place for place in range(len(self.names)) if place not in taken]


def column_role(name: str) -> str | None:
    """Return what a header names (表头识别): no, part, heading, text, lead, co, deadline, weight; None if unknown."""
    for piece in reversed(plain(name).split("/")):
        bare = _TRIM.sub("", piece)
        for use in uses("header."):
            if bare and bare in words(use):
                return use.removeprefix("header.")
    bare = _TRIM.sub("", plain(name))
    if ("配合" in bare or "协办" in bare) and "责任" not in bare and "牵头" not in bare:
        return "co"
    if "牵头" in bare:
        return "lead"
    if len(bare) <= 12:
        for role in ("deadline", "lead", "weight", "text", "heading", "part"):
            if any(
                word in bare
                for word in words(f"header.{role}")
                if len(word) >= 2 and word not in ("时间", "内容", "任务")
            ):
                return role
    return None


def _columns(table: TableRows) -> _Columns | None:
    for place, (_, cells) in enumerate(table.rows[:LOOK_FOR_HEADER]):
        names = [cell.strip() for cell in cells]
        roles = [column_role(name) if len(name) <= 20 else None for name in names]
        known = [role for role in roles if role]
        content = {"part", "heading", "text"} & set(known)
        filled = sum(1 for name in names if name)
        if not content or len(set(known)) < 2 or len(known) * 2 < filled:
            continue
        begin = place + 1
        if begin < len(table.rows):
            below = [cell.strip() for cell in table.rows[begin][1]]
            if any(below) and all(column_role(b) for b in below if b):
                names = [
                    b or n for n, b in zip(names, below + [""] * (len(names) - len(below)), strict=False)
                ]
                roles = [column_role(name) for name in names]
                begin += 1
        gathered: dict[str, list[int]] = {}
        for column, role in enumerate(roles):
            if role:
                gathered.setdefault(role, []).append(column)
        return _Columns(gathered, names, begin)
    return None


def read_plan_table(table: TableRows, *, year: int | None) -> TextReading:
    """Read one table; a row without words or without understood columns goes to `not_understood`."""
    return _TableReader(table, year).run()


def _shown(cells: Sequence[str]) -> str:
    return " | ".join(cell.strip() for cell in cells if cell.strip())


@dataclass
class _TableReader:
    table: TableRows
    year: int | None
    out: TextReading = field(default_factory=TextReading)
    above: dict[int, str] = field(default_factory=dict)
    part_row: tuple[str, int] | None = None
    filled: int = 0
    _has_lead: bool = False

    def run(self) -> TextReading:
        """Walk the rows."""
        rows = [(number, cells) for number, cells in self.table.rows if any(cell.strip() for cell in cells)]
        if not rows:
            self._remark("empty_table", "表格是空的，没有任务", self.table.line)
            return self.out
        table = replace(self.table, rows=tuple(rows))
        columns = _columns(table)
        if columns is None:
            self._remark(
                "no_header", "表格没有认出表头（应有“工作任务”“责任科室”“完成时限”等），没有读取", rows[0][0]
            )
            self.out.not_understood += [SourceLine(number, _shown(cells)) for number, cells in rows]
            return self.out
        self._has_lead = bool(columns.of("lead"))
        for number, cells in rows[: columns.begin]:
            self._remark("front_matter", "表题或表头，不是任务", number, _shown(cells))
        if columns.begin == len(rows):
            self._remark("empty_table", "表格只有表头，没有任务", rows[0][0])
        for number, cells in rows[columns.begin :]:
            self._row(
                number, [cell.strip() for cell in cells] + [""] * (len(columns.names) - len(cells)), columns
            )
        if self.filled:
            self._remark(
                "filled_down", f"有 {self.filled} 处空格按合并单元格取上一行的值，请核对", rows[0][0]
            )
        return self.out

    def _remark(self, code: str, message: str, line: int | None = None, text: str = "") -> None:
        self.out.remarks.append(PlanRemark(code, message, line, text))

    def _row(self, number: int, cells: list[str], columns: _Columns) -> None:
        shown = _shown(cells)
        distinct = {cell for cell in cells if cell}
        if not has_words(shown) or any(_TOTAL.fullmatch(plain(cell)) for cell in distinct):
            self.out.not_understood.append(SourceLine(number, shown))
            return
        if len(distinct) == 1 and len(columns.names) > 1 and self._is_part_row(cells):
            self.part_row = (next(iter(distinct)), number)
            self.out.parts.append(SourceLine(number, self.part_row[0]))
            self.above.clear()
            return
        if not is_balanced(shown):
            self._remark("unbalanced_brackets", "括号或引号不成对，按原文读取，请核对", number, shown[:60])
        printed = {place for place, cell in enumerate(cells) if cell and cell != self.above.get(place)}
        self._fill(cells, columns)
        self._tasks(number, cells, columns, printed)

    def _is_part_row(self, cells: list[str]) -> bool:
        first = next(cell for cell in cells if cell)
        everywhere = sum(1 for cell in cells if cell) > 1
        marked = heading_level(first)
        return (
            everywhere
            or (marked is not None and marked[0] <= 2)
            or (bool(cells[0]) and len(first) <= 30 and not cells[0].isdigit())
        )

    def _fill(self, cells: list[str], columns: _Columns) -> None:
        """Give empty cells the value above: everywhere in a file that does not tell merged from empty, else in titles only."""
        roles = _FILLED if not self.table.spread else ("part", "heading")
        for role in roles:
            if role == "heading" and not columns.of("text"):
                continue
            for place in columns.of(role):
                if not cells[place] and self.above.get(place):
                    cells[place] = self.above[place]
                    self.filled += 1
                elif cells[place]:
                    self.above[place] = cells[place]

    def _tasks(self, number: int, cells: list[str], columns: _Columns, printed: set[int]) -> None:
        def joined(role: str, by: str) -> str:
            return by.join(dict.fromkeys(cells[p] for p in columns.of(role) if cells[p]))

        part, heading, text = joined("part", " / "), joined("heading", " / "), joined("text", "\n")
        if not text:
            text, heading = (heading, "") if heading else (part, "")
        if not has_words(text):
            self.out.not_understood.append(SourceLine(number, _shown(cells)))
            return
        lead, co_owners = self._owners(joined("lead", "、"), joined("co", "、"))
        cell_deadline = joined("deadline", "；")
        weight = self._weight(cells, columns, printed, text)
        note = "；".join(f"{columns.names[p] or '备注'}：{cells[p]}" for p in columns.others if cells[p])
        for order, item in enumerate(_items(text)):
            found = read_deadline(cell_deadline or item, year=self.year, labelled=bool(cell_deadline))
            if found.impossible:
                self._remark(
                    "impossible_date", f"日期不存在：{found.deadline.text}，请确认", number, item[:60]
                )
            self.out.tasks.append(
                PlannedTask(
                    number=joined("no", "") or None,
                    part=part or (self.part_row[0] if self.part_row else None),
                    heading=heading or None,
                    text=item,
                    source_lines=(number,),
                    lead=lead,
                    co_owners=co_owners,
                    deadline=found.deadline,
                    weight=weight if order == 0 else None,
                    note=note if order == 0 else "",
                )
            )

    def _owners(self, lead_cell: str, co_cell: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if not lead_cell:
            return owners_of_cell(co_cell) if not self._has_lead else ((), split_units(co_cell))
        lead, more = owners_of_cell(lead_cell)
        co_owners = tuple(dict.fromkeys((*more, *split_units(co_cell))))
        return lead, tuple(unit for unit in co_owners if unit not in lead)

    def _weight(self, cells: list[str], columns: _Columns, printed: set[int], text: str) -> Decimal | None:
        for place in columns.of("weight"):
            found = read_weight_cell(cells[place])
            if found is not None:
                return found
        for place in (*columns.of("heading"), *columns.of("part")):
            found = weight_in(cells[place]) if place in printed else None
            if found is not None:
                return found
        return weight_in(text)


def _items(text: str) -> list[str]:
    """Cut a cell with several numbered items, on lines or running on; a cell without numbers is one task."""
    lines = [piece.strip() for line in text.splitlines() for piece in split_items(line) if piece.strip()]
    marked = [heading_level(line) is not None for line in lines]
    if sum(marked) < 2:
        return [text]
    items: list[str] = []
    for line, has_mark in zip(lines, marked, strict=True):
        if has_mark or not items:
            items.append(line)
        else:
            items[-1] += "\n" + line
    return items
