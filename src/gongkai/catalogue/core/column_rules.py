"""How inspectors count columns (栏目检查规则), from `regulations/column_rules/`, and what the office agreed on (`regulations/timeliness/`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from gongkai.kernel.clocks import clock
from gongkai.kernel.rules import Confidence, in_force, load_rules


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """One rule: which columns it looks at, by which clock, and at how many of its group the site fails.

    `applies`: home (all moving columns together), keywords, rhythm (the column's own promise), empty.
    """

    id: str
    name: str
    applies: Literal["home", "keywords", "rhythm", "empty"]
    group: str
    veto_at: int
    said: str
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    keywords: tuple[str, ...] = ()
    clock: str = ""
    in_force_from: date | None = None
    in_force_to: date | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that could never fire."""
        if self.applies == "keywords" and not self.keywords:
            raise ValueError("按关键词计的规则没有写关键词")
        if self.applies in ("home", "keywords") and not self.clock:
            raise ValueError("没有写明期限编号（clock）")
        if self.veto_at < 1:
            raise ValueError("veto_at 至少为 1")


@dataclass(frozen=True, slots=True)
class Practice:
    """What this office agreed on about reminders: working days of lead, when a place is soon empty, which posts are told."""

    id: str
    lead_working_days: int
    soon_empty_at: int
    told_roles: Mapping[str, tuple[str, ...]]
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str


@lru_cache(maxsize=1)
def all_column_rules() -> tuple[ColumnRule, ...]:
    """Return every rule in the order of the file; a clock that does not exist is an error here, not on the screen."""
    rules = load_rules("column_rules", ColumnRule)
    for rule in rules:
        if rule.clock:
            clock(rule.clock)
    return rules


def column_rules(*, on: date) -> tuple[ColumnRule, ...]:
    """Return the rules in force on a day."""
    return in_force(all_column_rules(), on)


@lru_cache(maxsize=1)
def practice() -> Practice:
    """Return the office's own agreements."""
    return load_rules("timeliness", Practice)[0]
