"""How supervision is done by rule (监督考核的做法): days to rectify and grounds and measures of responsibility."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from gongkai.kernel.rules import Confidence, load_rules


@dataclass(frozen=True, slots=True)
class Practice:
    """Days are working days."""

    id: str
    rectify_working_days: int
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground of responsibility or a measure, told apart by `kind`."""

    id: str
    kind: str
    name: str
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str


@lru_cache(maxsize=1)
def practice() -> Practice:
    """Return the parameters in use."""
    return load_rules("supervision", Practice, only=("practice.yaml",))[0]


@lru_cache(maxsize=1)
def grounds() -> tuple[Ground, ...]:
    """Return grounds and measures of responsibility."""
    return load_rules("supervision", Ground, only=("grounds.yaml",))


def of_kind(kind: str) -> dict[str, str]:
    """Return code → name of the grounds or of the measures."""
    return {ground.id: ground.name for ground in grounds() if ground.kind == kind}
