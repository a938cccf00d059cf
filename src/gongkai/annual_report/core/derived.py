"""Figures derived from others (推算), and relations that must hold between figures (指标关系)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Literal

from gongkai.annual_report.core.display import Exact
from gongkai.annual_report.core.metrics import Metric
from gongkai.kernel.rules import Confidence, load_rules

_PRECISE = Context(prec=28)


def derive(metric: Metric, values: Mapping[str, Exact]) -> Decimal | int | None:
    """Return a derived figure; a percentage of nothing is None (not applicable), never 0 or 100."""
    numbers = [Decimal(_number(values[part])) for part in metric.of]
    match metric.kind:
        case "percent":
            part, whole = numbers
            return _PRECISE.divide(100 * part, whole) if whole else None
        case "percent_cut":
            before, after = numbers
            return _PRECISE.divide(100 * (before - after), before) if before else None
        case "difference":
            return numbers[0] - numbers[1]
        case _:
            return sum(numbers, Decimal(0))


def _number(value: Exact) -> int | Decimal:
    if isinstance(value, (int, Decimal)):
        return value
    raise TypeError(f"{value!r} 不是数，不能推算")


@dataclass(frozen=True, slots=True)
class Relation:
    """What must hold between figures: sums of `left` and of `right` (times `factor`). `rounds`: the printed left is the exact right
    rounded half up. `expected` false: known not to hold, by design."""

    id: str
    name: str
    op: Literal["equal", "at_most", "less", "at_least", "rounds"]
    left: tuple[str, ...]
    right: tuple[str, ...]
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    factor: int = 1
    expected: bool = True


@dataclass(frozen=True, slots=True)
class RelationOutcome:
    """Whether a relation holds, None when a figure is missing; `as_expected` tells a fault from what is so by design."""

    relation: Relation
    left: Decimal | None
    right: Decimal | None
    holds: bool | None

    @property
    def as_expected(self) -> bool:
        """Tell whether it is as the definition says."""
        return self.holds is None or self.holds == self.relation.expected


@lru_cache(maxsize=1)
def relations() -> tuple[Relation, ...]:
    """Return the relations."""
    return load_rules("metric_relations", Relation)


_OPERATORS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "equal": lambda left, right: left == right,
    "rounds": lambda left, right: left == right,
    "at_most": lambda left, right: left <= right,
    "less": lambda left, right: left < right,
    "at_least": lambda left, right: left >= right,
}


def check_relations(
    values: Mapping[str, Exact | None], shown: Mapping[str, Decimal | None]
) -> list[RelationOutcome]:
    """Check every relation over exact values (and printed numbers for `rounds`)."""
    outcomes = []
    for relation in relations():
        left = _total(relation.left, shown if relation.op == "rounds" else values)
        right = _total(relation.right, values)
        if right is not None:
            right *= relation.factor
            if relation.op == "rounds":
                right = right.quantize(Decimal(1), ROUND_HALF_UP)
        holds = None if left is None or right is None else _OPERATORS[relation.op](left, right)
        outcomes.append(RelationOutcome(relation, left, right, holds))
    return outcomes


def _total(ids: Sequence[str], values: Mapping[str, Exact | None]) -> Decimal | None:
    total = Decimal(0)
    for name in ids:
        value = values.get(name)
        if not isinstance(value, (int, Decimal)):
            return None
        total += value
    return total
