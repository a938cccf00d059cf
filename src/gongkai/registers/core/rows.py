"""Rows of a register (台账行): from raw cells to checked values, their key, and the part that may stand in a fact."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from gongkai.registers.core.row_checks import CHECKS
from gongkai.registers.core.schema import MEASURED, Register, RegisterField
from gongkai.registers.core.values import Value, ValueRefused, parse, to_stored


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A cell that cannot be taken: its line in the file (head = line 1; 0 for a form), the head, what is wrong."""

    line: int
    head: str
    problem: str

    def __str__(self) -> str:
        place = f"第 {self.line} 行" if self.line else ""
        return f"{place}“{self.head}”{self.problem}"


class RowRefused(ValueError):
    """A row cannot be taken; `problems` names each cell."""

    def __init__(self, problems: Iterable[CellProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("；".join(map(str, self.problems[:5])))


@dataclass(frozen=True, slots=True)
class Row:
    """A checked row: values by field id, the key text, the day it counts for, remarks on how cells were understood."""

    values: Mapping[str, Value]
    key: str
    counted_on: date
    remarks: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the stored values, to tell whether anything changed."""
        return values_digest({name: to_stored(value) for name, value in self.values.items()})


def values_digest(stored: Mapping[str, object]) -> str:
    """Return the SHA-256 of stored values, whatever their order."""
    return hashlib.sha256(json.dumps(stored, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@dataclass(slots=True)
class Heads:
    """Which column of a table is which field; `unknown` heads are told, `missing` required fields refuse the table."""

    positions: dict[int, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def match_heads(rule: Register, heads: Iterable[str]) -> Heads:
    """Match printed heads with fields by name, id or alias; units in brackets may follow."""
    outcome = Heads()
    for position, head in enumerate(heads):
        found = _field_of(rule, head)
        if found is None or found.id in outcome.positions.values():
            if _bare(head):
                outcome.unknown.append(head)
            continue
        outcome.positions[position] = found.id
    placed = set(outcome.positions.values())
    outcome.missing = [f.name for f in rule.typed_fields if f.required and f.id not in placed]
    return outcome


def _field_of(rule: Register, head: str) -> RegisterField | None:
    """Return the field of a head; a head under merged ones (发送/发送日期) may be named by its last part alone."""
    for wanted in dict.fromkeys((_bare(head), _bare(str(head).rpartition("/")[2]))):
        for candidate in rule.typed_fields:
            if wanted and wanted in map(_bare, (candidate.id, candidate.name, *candidate.aliases)):
                return candidate
    return None


def _bare(head: str) -> str:
    text = "".join(str(head).split()).replace("（", "(").replace("）", ")")
    return text.split("(")[0].strip("*：:")


def check_row(rule: Register, raw: Mapping[str, object], *, line: int = 0, today: date | None = None) -> Row:
    """Check raw cells by field id, then the row as a whole; raises RowRefused naming every wrong cell. A day after `today` is
    refused."""
    values: dict[str, Value] = {}
    problems: list[CellProblem] = []
    remarks: list[str] = []
    for rule_field in rule.fields:
        try:
            parsed = parse(rule_field, raw.get(rule_field.id))
        except ValueRefused as refused:
            problems.append(CellProblem(line, rule_field.name, str(refused)))
            continue
        values[rule_field.id] = parsed.value
        if parsed.remark:
            remarks.append(f"{rule_field.name}：{parsed.remark}")
    counted = values.get(rule.counted_on)
    if isinstance(counted, date) and today is not None and counted > today:
        problems.append(CellProblem(line, rule.field(rule.counted_on).name, f"{counted} 在今天之后"))
    if not problems:
        for name in rule.checks:
            problems += [
                CellProblem(line, rule.field(field_id).name, problem)
                for field_id, problem in CHECKS[name](values)
            ]
    if problems:
        raise RowRefused(problems)
    assert isinstance(counted, date)  # noqa: S101  (the counting date is required)
    key = "|".join(str(to_stored(values[name])) for name in rule.key)
    return Row(values=values, key=key, counted_on=counted, remarks=tuple(remarks))


def fact_values(
    rule: Register, values: Mapping[str, Value]
) -> tuple[dict[str, str], dict[str, Decimal], dict[str, date]]:
    """Return what a fact may hold of a row: codes (choices, codes, yes and no), numbers, dates. Texts stay in the table."""
    codes: dict[str, str] = {}
    numbers: dict[str, Decimal] = {}
    dates: dict[str, date] = {}
    for rule_field in rule.fields:
        value = values.get(rule_field.id)
        if value is None or rule_field.type == "text":
            continue
        if rule_field.type in MEASURED:
            numbers[rule_field.id] = Decimal(str(value))
        elif isinstance(value, date):
            dates[rule_field.id] = value
        elif isinstance(value, bool):
            codes[rule_field.id] = "yes" if value else "no"
        elif rule_field.privacy != "internal":
            codes[rule_field.id] = str(value)
    return codes, numbers, dates


def read_rows(
    rule: Register, heads: Heads, lines: Iterable[tuple[int, list[object]]], *, today: date | None = None
) -> Iterator[tuple[int, Row] | RowRefused]:
    """Yield for each line of a table either `(line, Row)` or the RowRefused that names its cells; blank lines are passed over.

    A key that stood before in the same table is refused: which of the two is meant cannot be known.
    """
    seen: dict[str, int] = {}
    for line, cells in lines:
        raw = {
            field_id: cells[position]
            for position, field_id in heads.positions.items()
            if position < len(cells)
        }
        if all(value in (None, "") for value in raw.values()):
            continue
        try:
            row = check_row(rule, raw, line=line, today=today)
        except RowRefused as refused:
            yield refused
            continue
        if row.key in seen:
            names = "、".join(rule.field(k).name for k in rule.key)
            yield RowRefused([CellProblem(line, names, f"与第 {seen[row.key]} 行重复；请合并或改正主键")])
            continue
        seen[row.key] = line
        yield line, row
