"""Registers declared as data (台账定义): fields with type, unit, codes, privacy; key; how rows count; what is public."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from gongkai.kernel.rules import Confidence, is_in_force, load_rules

TYPES = ("text", "code", "choice", "integer", "decimal", "money", "date", "boolean")
MEASURED = ("integer", "decimal", "money")
PRIVACY = ("public", "internal", "person_name")
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")


class RegisterUnknown(LookupError):
    """There is no register of that id in force; the message names those there are."""


@dataclass(frozen=True, slots=True)
class CodeValue:
    """One value of a code list: `id` is ASCII and stays, `name` is what people see, `aliases` what imports may say."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterField:
    """One column of a register.

    Types: text (never in facts), code (ASCII), choice (of `codes`), integer, decimal, money (元, two decimals), date,
    boolean. Privacy: public, internal (never released), person_name (stored and shown as the family name with **).
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

    def __post_init__(self) -> None:
        """Refuse a field that cannot work."""
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


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of the register for the public: `kind` bar or line, `by` a choice or date field, `measure` rows or a field."""

    kind: str
    title: str
    by: str
    measure: str = "rows"
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """One register. `key` names the fields that make a row unique; `counted_on` the date field a row counts for.

    `keeper` is the kind of body that keeps it; `due` is a rhythm (year, quarter, month, none) for its publication;
    `suppress_below` hides small counts in public tables (0 = none hidden).
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
    due_days: int | None = None
    catalogue: tuple[str, ...] = ()
    column: str = "tjxx"
    is_public: bool = True
    suppress_below: int = 0
    charts: tuple[Chart, ...] = ()
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
    def public_fields(self) -> tuple[RegisterField, ...]:
        """Return the fields the public may see."""
        return tuple(f for f in self.fields if f.privacy != "internal")


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
