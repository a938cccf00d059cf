"""An indicator system as one editable document (指标体系): indicators, values, rules of the whole; read, checked, written."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gongkai.kernel.rules import RuleError, build
from gongkai.supervision.core.assessment import Indicator, Scoring, indicators, scoring
from gongkai.supervision.core.bindings import Binding, in_order, shipped_bindings

LEVELS = ("authority", "section", "institution")
LEVEL_WORDS = {"authority": "机关", "section": "科室", "institution": "所属机构"}
TOLERANCE = Decimal("0.01")
FULL = Decimal(100)


class SystemInvalid(ValueError):
    """An indicator system contradicts itself; `problems` are sentences for the person."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems))


@dataclass(frozen=True, slots=True)
class System:
    """What an assessment is computed with."""

    indicators: tuple[Indicator, ...]
    bindings: Mapping[str, Binding]
    scoring: Scoring

    def of_level(self, level: str) -> tuple[Indicator, ...]:
        """Return the indicators for one level of organisations."""
        return tuple(rule for rule in self.indicators if level in rule.levels)

    def values_of_level(self, level: str) -> list[Binding]:
        """Return the values that this level needs, parts first."""
        names = [name for rule in self.of_level(level) for name in rule.names]
        parts = {rule.part for rule in self.of_level(level)}
        names += [d.value for d in self.scoring.part_deductions if d.part in parts]
        return in_order(self.bindings, dict.fromkeys(names))


def shipped_system() -> dict[str, Any]:
    """Return the shipped system as content."""
    return {
        "indicators": [plain(rule) for rule in indicators()],
        "values": [plain(binding) for binding in shipped_bindings()],
        "scoring": plain(scoring()),
    }


def plain(rule: Any) -> dict[str, Any]:
    """Return a rule as JSON, without what is empty or as by default."""
    found = {}
    for field in dataclasses.fields(rule):
        value = getattr(rule, field.name)
        if field.default is not dataclasses.MISSING and value == field.default:
            continue
        found[field.name] = _json(value)
    return found


def _json(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain(value)
    if isinstance(value, list | tuple):
        return [_json(v) for v in value]
    if isinstance(value, Mapping):
        return {str(k): _json(v) for k, v in value.items()}
    return str(value) if isinstance(value, Decimal) else value


def read_system(content: Mapping[str, Any]) -> System:
    """Read and check a content. Raises SystemInvalid with everything that is wrong."""
    problems: list[str] = []

    def read(cls: type[Any], raw: Mapping[str, Any], what: str) -> Any:
        try:
            return build(cls, raw, file=what, rule_id=str(raw.get("id", "")))
        except RuleError as error:
            problems.append(f"{what}“{error.rule_id}”的 {error.field}：{error.problem}")
            return None

    rules = [read(Indicator, raw, "指标") for raw in content.get("indicators", ())]
    bindings = [read(Binding, raw, "口径") for raw in content.get("values", ())]
    whole = read(Scoring, content.get("scoring", {}), "总则")
    if problems:
        raise SystemInvalid(problems)
    system = System(tuple(rules), {b.id: b for b in bindings}, whole)
    problems = [*_twice(rules, "指标"), *_twice(bindings, "口径"), *_weights(system), *_unbound(system)]
    if problems:
        raise SystemInvalid(problems)
    return system


def _twice(rules: Iterable[Any], what: str) -> list[str]:
    seen: set[str] = set()
    found = []
    for rule in rules:
        if rule.id in seen:
            found.append(f"{what}“{rule.id}”出现了两次")
        seen.add(rule.id)
    return found


def _weights(system: System) -> list[str]:
    found = []
    for level in LEVELS:
        rules = system.of_level(level)
        total = sum((rule.weight for rule in rules), Decimal(0))
        if rules and abs(total - FULL) > TOLERANCE:
            found.append(f"{LEVEL_WORDS[level]}各指标分值合计 {total}，应为 100")
    return found


def _unbound(system: System) -> list[str]:
    found = []
    for level in LEVELS:
        try:
            system.values_of_level(level)
        except ValueError as error:
            found.append(str(error))
    return list(dict.fromkeys(found))


def content_digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a content."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class WeightLine:
    """A line of a printed indicator table: how deep it stands, its name, and its weight as printed."""

    depth: int
    name: str
    weight: Decimal
    line: int


def absolute_weights(lines: list[WeightLine], *, total: Decimal = FULL) -> dict[int, Decimal]:
    """Return line → points of the leaves, for weights printed as points or as percent of the parent (分值或占上级百分比).

    Which of the two it is, is decided at each parent: children that add to the parent's points are points, children that add
    to 100 are percent. Raises SystemInvalid naming each parent whose children add to neither within 0.01.
    """
    problems: list[str] = []
    found: dict[int, Decimal] = {}

    def settle(start: int, end: int, points: Decimal, name: str) -> None:
        depth = min((one.depth for one in lines[start:end]), default=0)
        heads = [n for n in range(start, end) if lines[n].depth == depth]
        added = sum((lines[n].weight for n in heads), Decimal(0))
        if abs(added - points) <= TOLERANCE:
            factor = Decimal(1)
        elif abs(added - FULL) <= TOLERANCE:
            factor = points / FULL
        else:
            problems.append(f"“{name}”下各项合计 {added}，既不是 {points.normalize():f} 分，也不是 100%")
            return
        for place, n in enumerate(heads):
            until = heads[place + 1] if place + 1 < len(heads) else end
            own = lines[n].weight * factor
            if until == n + 1:
                found[lines[n].line] = own
            else:
                settle(n + 1, until, own, lines[n].name)

    if lines:
        settle(0, len(lines), total, "总分")
    if problems:
        raise SystemInvalid(problems)
    return found
