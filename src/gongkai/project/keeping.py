"""Terms of running the system (运行维护期限), from `regulations/operations/`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from gongkai.kernel.rules import Confidence, load_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """One term in calendar days."""

    id: str
    days: int
    basis: tuple[str, ...]
    confidence: Confidence
    note: str = ""


@lru_cache(maxsize=1)
def keeping() -> dict[str, Keeping]:
    """Return the terms by id."""
    return {rule.id: rule for rule in load_rules("operations", Keeping)}
