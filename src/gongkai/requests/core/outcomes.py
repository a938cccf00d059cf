"""How a request ends (处理结果): the tree of `regulations/outcomes/` and the row of the annual report it counts in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from gongkai.kernel.rules import Confidence, RuleError, load_rules


@dataclass(frozen=True, slots=True)
class Outcome:
    """One node of the tree; only leaves can be chosen. `needs`: what the file must hold before it may be signed."""

    id: str
    label: str
    article: str
    remedy: Literal["either", "review_first"]
    basis: tuple[str, ...]
    confidence: Confidence
    parent: str | None = None
    report_row: str | None = None
    letter: str | None = None
    is_leaf: bool = True
    needs: Mapping[str, str] = field(default_factory=dict)
    internal: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    by: str = ""
    search_log: bool = False
    after_supplement: bool = False
    after_reasons: bool = False
    scope: str = "national"
    in_force_from: date | None = None
    in_force_to: date | None = None


@dataclass(frozen=True, slots=True)
class Derivation:
    """The written rule by which parts become one row (推导规则)."""

    id: str
    version: int
    name: str
    given_rows: tuple[str, ...]
    mixed_row: str
    order: tuple[str, ...]
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class DerivedRow:
    """The row a case counts in, with the reason in Chinese."""

    row: str
    why: str
    rule_version: int


@lru_cache(maxsize=1)
def outcomes() -> Mapping[str, Outcome]:
    """Load the tree; every leaf must name a row and a letter, every parent must exist."""
    loaded = {row.id: row for row in load_rules("outcomes", Outcome, only=("outcomes.yaml",))}
    for row in loaded.values():
        if row.parent is not None and row.parent not in loaded:
            raise RuleError(file="outcomes.yaml", rule_id=row.id, field="parent", problem="没有这个上级")
        if row.is_leaf and not (row.report_row and row.letter):
            raise RuleError(
                file="outcomes.yaml",
                rule_id=row.id,
                field="report_row",
                problem="叶子须有 report_row 与 letter",
            )
    return MappingProxyType(loaded)


@lru_cache(maxsize=1)
def derivation() -> Derivation:
    """Load the rule of derivation; its order must hold every row a leaf can count in."""
    (rule,) = load_rules("outcomes", Derivation, only=("derivation.yaml",))
    rows = {row.report_row for row in outcomes().values() if row.is_leaf}
    if missing := rows - set(rule.order):
        raise RuleError(
            file="derivation.yaml", rule_id=rule.id, field="order", problem=f"缺 {sorted(map(str, missing))}"
        )
    return rule


def row_labels() -> dict[str, str]:
    """Return the Chinese name of every row of the annual report that a request can count in."""
    return {row.report_row: row.label for row in outcomes().values() if row.report_row}


def choosable() -> tuple[Outcome, ...]:
    """Return the leaves that a handler may choose; lapses come about by time alone."""
    return tuple(row for row in outcomes().values() if row.is_leaf and row.by != "lapse")


def derive_row(chosen: Sequence[str]) -> DerivedRow:
    """Return the row of the annual report for the outcomes of all parts (推导计入的行).

    Raises ValueError when there are no parts or an id is not a leaf.
    """
    tree, rule = outcomes(), derivation()
    if not chosen:
        raise ValueError("没有任何部分的结果，推不出计入的行")
    if unknown := [c for c in chosen if c not in tree or not tree[c].is_leaf]:
        raise ValueError(f"不是可选的结果：{'、'.join(unknown)}")
    rows = [str(tree[c].report_row) for c in chosen]
    given = [row for row in rows if row in rule.given_rows]
    if given and len(given) < len(rows):
        return DerivedRow(rule.mixed_row, "有的部分公开、有的部分没有公开，计入“部分公开”", rule.version)
    row = min(rows, key=rule.order.index)
    label = next(o.label for o in tree.values() if o.is_leaf and o.report_row == row)
    why = "各部分结果相同" if len(set(rows)) == 1 else "各部分都没有公开，按由重到轻的次序取最前的一种"
    return DerivedRow(row, f"{why}：{label}", rule.version)


def missing_needs(outcome: str, detail: Mapping[str, str]) -> list[str]:
    """Return, in Chinese, what the file must still hold for this outcome."""
    rule = outcomes()[outcome]
    missing = [label for key, label in rule.needs.items() if not detail.get(key, "").strip()]
    which = detail.get("which", "").strip()
    if rule.choices and which and which not in rule.choices:
        missing.append(f"“{which}”不在可选之列：{'、'.join(rule.choices)}")
    return missing
