"""How each value of the assessment comes about (数的口径): folded from facts, derived, a setting, or given by a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from gongkai.kernel.rules import Confidence, load_rules

FOLDED = (
    "fold", "without", "within", "quarters", "codes", "newest", "beyond", "complete", "lag", "idle", "gaps",
)  # fmt: skip
DERIVED = ("ratio", "difference", "sum", "at_least", "constant", "setting", "quarters_passed", "none_of")
KINDS = (*FOLDED, *DERIVED, "given")
KIND_WORDS = {
    "fold": "事实折算", "without": "缺少另一事实的事实", "within": "期限内的台账行", "quarters": "有记录的季度", "codes": "不同代码数",
    "newest": "最新的数", "ratio": "两数之比", "difference": "两数之差", "sum": "几数之和", "at_least": "达到多少", "constant": "常数",
    "setting": "指标体系的设置", "quarters_passed": "已过去的季度", "given": "人工填报", "beyond": "超过期限的台账行",
    "complete": "各行都符合的组数", "lag": "最长间隔", "idle": "停更的栏目", "gaps": "间断次数", "none_of": "有其中之一而无另一",
}  # fmt: skip
_PARTS = {"ratio": 2, "difference": 2, "at_least": 1, "none_of": 2}


@dataclass(frozen=True, slots=True)
class Binding:
    """One value; see the head of `regulations/assessment/values.yaml`. Conditions are those of `journal.api.read_definition`."""

    id: str
    name: str
    unit: str
    kind: str
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    facts: tuple[str, ...] = ()
    register: str = ""
    measure: str = "count"
    field: str = ""
    where: tuple[Mapping[str, Any], ...] = ()
    newest_per: str = ""
    window: str = "period"
    other: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    value: str = ""
    from_field: str = ""
    to_field: str = ""
    days: int = 0
    working_days: int = 0
    reach: str = "own"
    among: tuple[str, ...] = ()
    good: tuple[Mapping[str, Any], ...] = ()
    reason: str = ""

    def __post_init__(self) -> None:
        """Refuse a value that its kind cannot produce."""
        if self.kind not in KINDS:
            raise ValueError(f"不认识的口径种类“{self.kind}”")
        needed = {
            "fold": bool(self.facts) != bool(self.register), "without": bool(self.facts and self.other),
            "within": bool(self.register and self.from_field and self.to_field and (self.days or self.working_days)),
            "quarters": bool(self.register), "codes": bool(self.facts and self.field), "newest": bool(self.facts and self.field),
            "constant": bool(self.value), "at_least": bool(self.value), "setting": bool(self.field), "sum": bool(self.of),
            "beyond": bool(self.register and self.from_field and (self.days or self.working_days)),
            "complete": bool(self.register and self.field and self.good), "idle": bool(self.facts and self.field),
            "lag": bool(self.facts and self.field and self.other), "gaps": bool(self.register and self.field and self.days),
        }  # fmt: skip
        if not needed.get(self.kind, True):
            raise ValueError(f"口径种类“{self.kind}”缺少所需的内容")
        if self.kind in _PARTS and len(self.of) != _PARTS[self.kind]:
            raise ValueError(f"口径种类“{self.kind}”应由 {_PARTS[self.kind]} 个数推算")
        if self.value:
            Decimal(self.value)

    def where_for(self, *, year: int, orgs: Iterable[str], with_good: bool = False) -> list[dict[str, Any]]:
        """Return the conditions with year and organisations in their places."""
        codes = sorted(orgs)

        def placed(value: Any) -> Any:
            if value == "{orgs}":
                return codes
            if isinstance(value, str):
                return value.replace("{year}", str(year)).replace("{previous}", str(year - 1))
            return [placed(v) for v in value] if isinstance(value, list | tuple) else value

        return [
            {key: placed(value) for key, value in condition.items()}
            for condition in (*self.where, *(self.good if with_good else ()))
        ]


@lru_cache(maxsize=1)
def shipped_bindings() -> tuple[Binding, ...]:
    """Return the shipped values."""
    return load_rules("assessment", Binding, only=("values.yaml",))


def in_order(bindings: Mapping[str, Binding], wanted: Iterable[str]) -> list[Binding]:
    """Return the values wanted and everything they are derived from, parts first.

    Raises ValueError for a part that there is not, or for one derived from itself.
    """
    ordered: dict[str, Binding] = {}

    def place(name: str, above: tuple[str, ...]) -> None:
        if name in ordered:
            return
        if name in above:
            raise ValueError(f"数“{name}”推算成了环：{' → '.join((*above, name))}")
        if name not in bindings:
            raise ValueError(f"没有数“{name}”的口径")
        for part in bindings[name].of:
            place(part, (*above, name))
        ordered[name] = bindings[name]

    for name in wanted:
        place(name, ())
    return list(ordered.values())


def derived(binding: Binding, parts: list[Decimal | None]) -> Decimal | None:
    """Work a derived value out; None (does not apply) where a part does not apply or the base of a ratio is empty."""
    known = [part for part in parts if part is not None]
    if len(known) != len(parts):
        return None
    match binding.kind:
        case "ratio":
            return known[0] / known[1] if known[1] > 0 else None
        case "difference":
            return max(known[0] - known[1], Decimal(0))
        case "sum":
            return sum(known, Decimal(0))
        case "none_of":
            return None if known[1] == 0 else Decimal(known[0] == 0)
        case "at_least":
            return Decimal(1) if known[0] >= Decimal(binding.value) else Decimal(0)
    return Decimal(binding.value)
