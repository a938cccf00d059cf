"""Index numbers (索引号): how one is written, by the rule an authority uses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from gongkai.kernel.rules import Confidence, RuleError, load_rules

_FIELD = re.compile(r"\{(prefix|year|month|day|serial)(?::0?(\d)d?)?\}")


@dataclass(frozen=True, slots=True)
class IndexRule:
    """A way to write index numbers; `pattern` may use {prefix}, {year}, {month}, {day} and must use {serial}.

    The serial runs per prefix and calendar year and never starts again within it, whatever the pattern shows.
    """

    id: str
    name: str
    pattern: str
    example: str
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str = "national"
    prefixes: tuple[str, ...] = ()
    default: bool = False


@lru_cache(maxsize=1)
def index_rules() -> tuple[IndexRule, ...]:
    """Load the rules of `regulations/index_numbers/`; exactly one is the default, each writes serial and year."""
    rules = load_rules("index_numbers", IndexRule)
    for rule in rules:
        fields = {match[1] for match in _FIELD.finditer(rule.pattern)}
        if not {"serial", "year", "prefix"} <= fields or "{" in _FIELD.sub("", rule.pattern):
            raise RuleError(
                file="index_numbers",
                rule_id=rule.id,
                field="pattern",
                problem="须含 {prefix}、{year}、{serial}",
            )
    if sum(rule.default for rule in rules) != 1:
        raise RuleError(
            file="index_numbers", rule_id="（全部）", field="default", problem="须恰有一条默认规则"
        )
    return rules


def rule_for(prefix: str) -> IndexRule:
    """Return the rule that names this prefix, else the default one."""
    rules = index_rules()
    named = [rule for rule in rules if prefix in rule.prefixes]
    return named[0] if named else next(rule for rule in rules if rule.default)


def write_number(rule: IndexRule, *, prefix: str, serial: int, on: date) -> str:
    """Write the index number with this serial (1 and up), given on this day."""
    if serial < 1:
        raise ValueError(f"序号从 1 开始，不能是 {serial}")
    values = {"prefix": prefix, "year": on.year, "month": f"{on.month:02d}", "day": f"{on.day:02d}"}

    def fill(match: re.Match[str]) -> str:
        if match[1] != "serial":
            return str(values[match[1]])
        return f"{serial:0{int(match[2] or 1)}d}"

    return _FIELD.sub(fill, rule.pattern)


def release_path(*, org_code: str, year: int, serial: int) -> str:
    """Return where the page of this number stands in the public tree; stable for ever."""
    return f"doc/{org_code}/{year}/{serial:05d}.html"
