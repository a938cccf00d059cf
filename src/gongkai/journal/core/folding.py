"""Metric definitions (指标口径) as data: what is counted, added or told apart, and under which conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

MEASURES = ("count", "sum", "distinct")
WINDOWS = ("period", "until_end")
OPERATORS = ("eq", "not_eq", "in", "not_in", "at_least", "at_most", "present", "absent", "true", "false")
COLUMNS = ("name", "org", "subject", "on", "actor_kind", "actor_role")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,59}(\.[A-Za-z0-9_:/-]{1,60})?")


class DefinitionInvalid(ValueError):
    """A metric definition cannot be read; the message names definition and field."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a column of the entry or a field of its body; `values` are texts, or numbers for at_least and at_most."""

    field: str
    operator: str
    values: tuple[str | int | Decimal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldDefinition:
    """How a figure comes from facts.

    `names`: the facts looked at. `measure`: `count` of facts, exact `sum` of the body field `field`, or number of `distinct`
    values of `field` (default: the subject). `newest_per`: of all facts with the same value there (usually `subject`) only the
    one written last counts, *before* `where` is applied, so that a withdrawal takes back a publication.
    `newest_anywhere`: that newest fact is chosen among all facts of any day, and then its own day must lie in the window: what was
    moved to another year counts there only.
    `window`: facts whose day lies in the `period`, or all `until_end` of it (stocks). `group_by`: columns or body fields whose
    values make separate cells.
    """

    id: str
    version: str
    names: tuple[str, ...]
    measure: str = "count"
    field: str | None = None
    where: tuple[Condition, ...] = ()
    newest_per: str | None = None
    newest_anywhere: bool = False
    window: str = "period"
    group_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for what, value, allowed in (("measure", self.measure, MEASURES), ("window", self.window, WINDOWS)):
            if value not in allowed:
                raise DefinitionInvalid(
                    f"指标「{self.id}」的 {what}「{value}」不在 {'、'.join(allowed)} 之内"
                )
        if not self.names:
            raise DefinitionInvalid(f"指标「{self.id}」没有写明用哪些事实")
        if self.measure == "sum" and self.field is None:
            raise DefinitionInvalid(f"指标「{self.id}」求和但没有写明 field")
        if self.newest_anywhere and self.newest_per is None:
            raise DefinitionInvalid(f"指标「{self.id}」写了 newest_anywhere 但没有写明 newest_per")
        fields = [self.field, self.newest_per, *self.group_by, *(c.field for c in self.where)]
        for name in fields:
            if name is not None and not _FIELD.fullmatch(name):
                raise DefinitionInvalid(f"指标「{self.id}」的字段名「{name}」不合规则")
        for condition in self.where:
            if condition.operator not in OPERATORS:
                raise DefinitionInvalid(
                    f"指标「{self.id}」的条件「{condition.operator}」不在 {'、'.join(OPERATORS)} 之内"
                )


def _condition(definition: str, raw: Mapping[str, Any]) -> Condition:
    """Read `{field: outcome, in: [granted, part]}`; the operator is the other key."""
    keys = [key for key in raw if key != "field"]
    if "field" not in raw or len(keys) != 1:
        raise DefinitionInvalid(f"指标「{definition}」的条件 {dict(raw)} 应写成一个 field 和一个条件")
    value = raw[keys[0]]
    if keys[0] in ("present", "absent", "true", "false"):
        return Condition(str(raw["field"]), keys[0])
    values = value if isinstance(value, (list, tuple)) else [value]
    if keys[0] in ("at_least", "at_most"):
        return Condition(
            str(raw["field"]), keys[0], tuple(v if isinstance(v, (int, Decimal)) else str(v) for v in values)
        )
    return Condition(str(raw["field"]), keys[0], tuple(str(v) for v in values))


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(map(str, value))


def read_definition(raw: Mapping[str, Any]) -> FoldDefinition:
    """Return the definition of a rule file's mapping; keys as the fields of FoldDefinition, `facts` or `names` for the names.

    Other keys (title, display, ref, basis …) belong to the caller. Raises DefinitionInvalid.
    """
    try:
        identity, version = str(raw["id"]), str(raw.get("version", "1"))
    except KeyError:
        raise DefinitionInvalid("指标没有 id") from None
    conditions: Sequence[Mapping[str, Any]] = raw.get("where") or ()
    return FoldDefinition(
        id=identity,
        version=version,
        names=_texts(raw.get("names", raw.get("facts"))),
        measure=str(raw.get("measure", "count")),
        field=raw.get("field"),
        where=tuple(_condition(identity, c) for c in conditions),
        newest_per=raw.get("newest_per"),
        newest_anywhere=bool(raw.get("newest_anywhere", False)),
        window=str(raw.get("window", "period")),
        group_by=_texts(raw.get("group_by")),
    )
