"""Registers declared as data (台账定义): fields with type, unit, codes, privacy; key; how rows count; what is public."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Literal

from gongkai.kernel.rules import Confidence, is_in_force, load_rules
from gongkai.registers.core.code_lists import CodeValue, code_list

TYPES = ("text", "code", "choice", "integer", "decimal", "money", "date", "boolean")
MEASURED = ("integer", "decimal", "money")
PRIVACY = ("public", "internal", "person_name")
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")


class RegisterUnknown(LookupError):
    """There is no register of that id in force; the message names those there are."""


@dataclass(frozen=True, slots=True)
class RegisterField:
    """One column of a register.

    Types: text (never in facts), code (ASCII), choice (of `codes`), integer, decimal, money (元, two decimals), date,
    boolean. Privacy: public, internal (never released), person_name (stored and shown as the family name with **).
    `code_list` names a list that is law (see `code_lists`); `computed` is filled by a check of the register; `hidden_for`
    names values of the register's `party_field` for whose rows the public does not see this field.
    """

    id: str
    name: str
    type: str
    required: bool = False
    unit: str = ""
    codes: tuple[CodeValue, ...] = ()
    privacy: str = "public"
    at_least: int | None = None
    at_most: int | None = None
    aliases: tuple[str, ...] = ()
    hint: str = ""
    standard_code: str = ""
    code_list: str = ""
    computed: bool = False
    hidden_for: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a field that cannot work."""
        if self.code_list:
            object.__setattr__(self, "codes", code_list(self.code_list))
        if not _ID.fullmatch(self.id):
            raise ValueError(f"字段编号“{self.id}”应为小写字母开头的字母、数字、下划线")
        if self.type not in TYPES:
            raise ValueError(f"字段“{self.id}”的类型应为{'、'.join(TYPES)}之一")
        if self.privacy not in PRIVACY:
            raise ValueError(f"字段“{self.id}”的隐私类别应为{'、'.join(PRIVACY)}之一")
        if (self.type == "choice") != bool(self.codes):
            raise ValueError(f"字段“{self.id}”：choice 必须有 codes，其他类型不能有")
        if self.privacy == "person_name" and self.type != "text":
            raise ValueError(f"字段“{self.id}”：姓名只能是 text")
        if self.computed and self.required:
            raise ValueError(f"字段“{self.id}”由系统填写，不能是必填")


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of the register for the public: `kind` bar or line, `by` a choice or date field, `measure` rows or a field."""

    kind: str
    title: str
    by: str
    measure: str = "rows"
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """A table over the rows for the public. `counts`: the fields `measures` added up by `by`, with a line for all and, with
    `group`, for each group. `pass_rate`: how many units (`unit_field`) and results pass by `verdict`, and which `failed` did not."""

    kind: Literal["counts", "pass_rate"]
    title: str
    by: str
    measures: tuple[str, ...] = ()
    group: str = ""
    unit_field: str = ""
    point_field: str = ""
    verdict: str = ""
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Register:
    """One register. `key` names the fields that make a row unique; `counted_on` the date field a row counts for.

    `keeper` is the kind of body that keeps it; `due` is a rhythm (year, quarter, month, none) for its publication, each period
    within the limit `due_clock` (a rule of `clocks/`) after its end; `row_clock` is the limit for each single row, which
    `published_by` ends. `suppress_below` hides small counts in public tables (0 = none hidden), counted in rows or in the field
    `suppress_by`. Rows with a day in `withdrawn_by`, or past the day in `shown_until`, are left out of what the public sees.
    """

    id: str
    name: str
    version: str
    keeper: str
    key: tuple[str, ...]
    counted_on: str
    fields: tuple[RegisterField, ...]
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    in_force_from: date | None = None
    in_force_to: date | None = None
    due: str = "none"
    due_clock: str = ""
    row_clock: str = ""
    published_by: str = ""
    withdrawn_by: str = ""
    shown_until: str = ""
    party_field: str = ""
    catalogue: tuple[str, ...] = ()
    column: str = "tjxx"
    is_public: bool = True
    suppress_below: int = 0
    suppress_by: str = ""
    charts: tuple[Chart, ...] = ()
    summaries: tuple[Summary, ...] = ()
    note: str = ""
    checks: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        """Refuse a register whose key, date or charts name fields it does not have."""
        ids = [f.id for f in self.fields]
        if len(set(ids)) != len(ids):
            raise ValueError(f"台账“{self.id}”有重复的字段编号")
        named = [
            *self.key,
            self.counted_on,
            *(c.by for c in self.charts),
            *(c.measure for c in self.charts if c.measure != "rows"),
            *(name for s in self.summaries for name in _named(s)),
            *(n for n in (self.published_by, self.withdrawn_by, self.shown_until, self.party_field) if n),
            *((self.suppress_by,) if self.suppress_by else ()),
        ]
        if missing := sorted(set(named) - set(ids)):
            raise ValueError(f"台账“{self.id}”提到了没有的字段：{'、'.join(missing)}")
        if self.field(self.counted_on).type != "date":
            raise ValueError(f"台账“{self.id}”的计数日期“{self.counted_on}”应为 date")
        if any(not self.field(k).required for k in self.key) or not self.field(self.counted_on).required:
            raise ValueError(f"台账“{self.id}”的主键和计数日期必须是必填")
        if self.due not in ("none", "month", "quarter", "half_year", "year"):
            raise ValueError(f"台账“{self.id}”的公开周期不认识：{self.due}")

    def field(self, field_id: str) -> RegisterField:
        """Return a field by id; raises KeyError."""
        for candidate in self.fields:
            if candidate.id == field_id:
                return candidate
        raise KeyError(field_id)

    @property
    def typed_fields(self) -> tuple[RegisterField, ...]:
        """Return the fields that people fill in."""
        return tuple(f for f in self.fields if not f.computed)

    @property
    def public_fields(self) -> tuple[RegisterField, ...]:
        """Return the fields the public may see."""
        return tuple(f for f in self.fields if f.privacy != "internal")


def _named(summary: Summary) -> Iterator[str]:
    single = (summary.by, summary.group, summary.unit_field, summary.point_field, summary.verdict)
    yield from (name for name in (*single, *summary.measures, *summary.failed) if name)


@lru_cache(maxsize=1)
def all_registers() -> tuple[Register, ...]:
    """Return every version of every register."""
    return load_rules("registers", Register)


def registers(*, on: date) -> dict[str, Register]:
    """Return the registers in force on a day, by id, in the order of the files."""
    return {rule.id: rule for rule in all_registers() if is_in_force(rule, on)}


def register(register_id: str, *, on: date) -> Register:
    """Return one register in force on a day; raises RegisterUnknown."""
    found = registers(on=on)
    if register_id not in found:
        raise RegisterUnknown(f"{on} 没有编号为“{register_id}”的台账；现有：{'、'.join(found)}")
    return found[register_id]
