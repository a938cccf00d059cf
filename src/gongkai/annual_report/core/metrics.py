"""Metrics of the annual report as data (指标口径): what is folded, how it is derived, shown, and where it stands in the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from gongkai.annual_report.core.display import Display
from gongkai.kernel.rules import Confidence, in_force, load_rules

FOLDED = ("fold", "latest")
DERIVED = ("percent", "percent_cut", "difference", "sum")
ROW_FACTS = ("registers.RowRecorded", "registers.RowRemoved")
AS_IT_IS = Display()
Kind = Literal["fold", "latest", "percent", "percent_cut", "difference", "sum", "year", "constant", "text"]


class MetricUnknown(LookupError):
    """There is no metric, cell or reference of that name; the message says what was asked."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure. Kinds: `fold` (count, sum, distinct), `latest` (newest date in `field`), `percent` (first of `of` in a hundred of the
    second), `percent_cut` (how much less the second is than the first), `difference`, `sum`, `year` (of the period), `constant`
    (a limit that the definition itself sets), `text` (a name that is never computed).

    `register` stands for its rows as they are now; else `facts` names the facts. Conditions are those of
    `journal.api.read_definition`; `{period_start}` and `{period_end}` stand for days. `cells` are `format:address`.
    """

    id: str
    name: str
    unit: str
    version: str
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    kind: Kind = "fold"
    ref: str | None = None
    cells: tuple[str, ...] = ()
    register: str | None = None
    facts: tuple[str, ...] = ()
    measure: str = "count"
    field: str | None = None
    where: tuple[dict[str, Any], ...] = ()
    newest_per: str | None = None
    window: str = "period"
    period: Literal["this", "previous"] = "this"
    of: tuple[str, ...] = ()
    value: str = ""
    display: Display = AS_IT_IS
    note: str = ""
    in_force_from: date | None = None
    in_force_to: date | None = None

    def __post_init__(self) -> None:
        """Refuse a metric whose parts do not fit its kind."""
        if (self.kind in FOLDED) != bool(self.register or self.facts):
            raise ValueError("折算的指标要写 register 或 facts，其他种类不能写")
        if (self.kind in DERIVED) != bool(self.of):
            raise ValueError("推算的指标要写 of，其他种类不能写")
        if self.kind in ("percent", "percent_cut", "difference") and len(self.of) != 2:
            raise ValueError("of 应为两个指标")
        if (self.kind in ("constant", "text")) != bool(self.value):
            raise ValueError("常数和名称要写 value，其他种类不能写")
        if self.kind == "latest" and not self.field:
            raise ValueError("latest 要写日期字段 field")

    def fold_of(self, *, start: date, end: date) -> dict[str, Any]:
        """Return what the journal folds for a period, as `journal.api.read_definition` reads it."""
        raw: dict[str, Any] = {"id": self.id, "version": self.version, "window": self.window}
        where = [_placed(condition, start, end) for condition in self.where]
        if self.register:
            raw |= {"facts": ROW_FACTS, "newest_per": "subject", "newest_anywhere": True}
            where = [
                {"field": "name", "eq": ROW_FACTS[0]},
                {"field": "register", "eq": self.register},
                *where,
            ]
        else:
            raw |= {"facts": self.facts, "newest_per": self.newest_per}
        if self.kind == "latest":
            raw |= {"group_by": [self.field]}
        else:
            raw |= {"measure": self.measure, "field": self.field}
        return raw | {"where": where}


def _placed(condition: Mapping[str, Any], start: date, end: date) -> dict[str, Any]:
    """Return a condition with the days of the period in their places."""

    def day(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace("{period_start}", start.isoformat()).replace("{period_end}", end.isoformat())
        return [day(v) for v in value] if isinstance(value, (list, tuple)) else value

    return {key: day(value) for key, value in condition.items()}


@lru_cache(maxsize=1)
def all_metrics() -> tuple[Metric, ...]:
    """Return every version of every metric; raises RuleError."""
    return load_rules("metrics", Metric)


def metrics(*, on: date) -> dict[str, Metric]:
    """Return the metrics in force on a day by id, each after those it is derived from.

    Raises ValueError for one derived from what there is not, from itself in a circle, a reference or a cell used twice.
    """
    known = {metric.id: metric for metric in in_force(all_metrics(), on)}
    ordered: dict[str, Metric] = {}
    for metric in known.values():
        _place(metric, known, ordered, ())
    taken: set[str] = set()
    for metric in known.values():
        for name in (*((metric.ref,) if metric.ref else ()), *metric.cells):
            if name in taken:
                raise ValueError(f"指标「{metric.id}」的“{name}”已由另一指标使用")
            taken.add(name)
    return ordered


def _place(
    metric: Metric, known: Mapping[str, Metric], ordered: dict[str, Metric], above: tuple[str, ...]
) -> None:
    if metric.id in ordered:
        return
    if metric.id in above:
        raise ValueError(f"指标「{metric.id}」推算成了环：{' → '.join((*above, metric.id))}")
    for part in metric.of:
        if part not in known:
            raise ValueError(f"指标「{metric.id}」用到了没有的指标「{part}」")
        _place(known[part], known, ordered, (*above, metric.id))
    ordered[metric.id] = metric


def cells_of(found: Mapping[str, Metric], *, format_name: str) -> dict[str, str]:
    """Return address → metric id for the cells of section 2 in one format."""
    return {
        address: metric.id
        for metric in found.values()
        for name, _, address in (cell.partition(":") for cell in metric.cells)
        if name == format_name
    }


def all_parts(metric: Metric, known: Mapping[str, Metric]) -> Iterator[Metric]:
    """Yield the metric and everything it is derived from."""
    yield metric
    for part in metric.of:
        yield from all_parts(known[part], known)


def find_metric(known: Mapping[str, Metric], wanted: str, *, format_name: str) -> Metric:
    """Return a metric by id, outside reference or cell address; raises MetricUnknown."""
    if wanted in known:
        return known[wanted]
    for metric in known.values():
        if wanted == metric.ref or f"{format_name}:{wanted}" in metric.cells:
            return metric
    raise MetricUnknown(f"没有编号、外部编号或地址为“{wanted}”的指标")


def dependents(found: Mapping[str, Metric], touched: Sequence[str]) -> set[str]:
    """Return the ids of the metrics that change when those named change."""
    changed = set(touched)
    for metric in found.values():
        if changed & set(metric.of):
            changed.add(metric.id)
    return changed
