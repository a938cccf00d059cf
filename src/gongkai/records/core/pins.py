"""Pins on the public home page (置顶): how long, how many, from `regulations/front_page/`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from gongkai.kernel.rules import Confidence, load_rules

Purpose = Literal["emergency", "important"]
#: why a pin ended
ENDS: dict[str, str] = {
    "unpinned": "人工取消",
    "replaced": "由更新的信息替换",
    "withdrawn": "信息已撤回",
    "expired": "到期",
}


@dataclass(frozen=True, slots=True)
class PinRule:
    """For how many days something is pinned by default and at most, and how many of the kind stand at one time."""

    id: Purpose
    name: str
    default_days: int
    max_days: int
    at_most: int
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str = "national"

    def default_until(self, today: date) -> date:
        """Return the last day when nobody says otherwise."""
        return today + timedelta(days=self.default_days)

    def last_until(self, today: date) -> date:
        """Return the last day that may be chosen."""
        return today + timedelta(days=self.max_days)


@lru_cache(maxsize=1)
def pin_rules() -> dict[str, PinRule]:
    """Return the rules by id: emergency, important."""
    return {rule.id: rule for rule in load_rules("front_page", PinRule)}
