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


def log_days(wanted: str) -> int:
    """Return for how many days log files are kept; raises ValueError in Chinese below the lawful term."""
    least = keeping()["logs.keep"]
    if not wanted:
        return max(200, least.days)
    if not wanted.isdigit() or int(wanted) < least.days:
        raise ValueError(
            f"GONGKAI_LOG_DAYS 应为不小于 {least.days} 的天数（{least.basis[0]}），现在是「{wanted}」"
        )
    return int(wanted)
