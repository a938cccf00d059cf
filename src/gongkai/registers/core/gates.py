"""Gates before a register goes public (公开关口): who may publish at all, by period of force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from gongkai.kernel.rules import Confidence, in_force, load_rules
from gongkai.registers.core.rows import CellProblem
from gongkai.registers.core.schema import Register
from gongkai.registers.core.values import Value, shown

NAMED = 5


@dataclass(frozen=True, slots=True)
class PublicationGate:
    """A rule that must hold on the day a public draft is made: `requires` names a field that every row must fill."""

    id: str
    name: str
    register: str
    page_note: str
    remedy: str
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    requires: str = ""
    in_force_from: date | None = None
    in_force_to: date | None = None


@lru_cache(maxsize=1)
def publication_gates() -> tuple[PublicationGate, ...]:
    """Return every gate, in force or not."""
    return load_rules("publication_gates", PublicationGate)


def gates_of(rule: Register, *, on: date) -> tuple[PublicationGate, ...]:
    """Return the gates of a register that are in force on a day."""
    return tuple(gate for gate in in_force(publication_gates(), on) if gate.register == rule.id)


def gate_problems(
    gate: PublicationGate, rule: Register, rows: Iterable[Mapping[str, Value]]
) -> list[CellProblem]:
    """Name the rows that do not pass: the first five by key, the others counted."""
    if not gate.requires:
        return []
    field = rule.field(gate.requires)
    lacking = [row for row in rows if row.get(field.id) in (None, "")]
    if not lacking:
        return []
    keys = ["、".join(shown(rule.field(k), row.get(k)) for k in rule.key) for row in lacking[:NAMED]]
    more = f"等 {len(lacking)} 行" if len(lacking) > NAMED else ""
    return [CellProblem(0, field.name, f"没有填写（{'；'.join(keys)}{more}）：{gate.name}；{gate.remedy}")]
