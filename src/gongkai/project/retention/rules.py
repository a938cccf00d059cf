"""What is kept for how long and how it ends (保管期限), from `regulations/retention/`. No Django here: settings read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from gongkai.kernel.rules import Confidence, load_rules

Mode = Literal["kept", "automatic", "outside", "decision"]
MODE_WORDS: dict[str, str] = {
    "kept": "长期保留",
    "automatic": "到期自动删除",
    "outside": "由系统程序轮转",
    "decision": "两个人决定后处置",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule:
    """One kind of data: `days` counts from `since`; `least_days` may not be gone below; `term` says who sets the days.

    `chosen` terms are a setting of the authority: without it nothing of the kind is ever due, `days` is only proposed.
    """

    id: str
    name: str
    holds: str
    mode: Mode
    term: Literal["rule", "chosen", "file", "room"]
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    since: str = ""
    days: int | None = None
    least_days: int = 0
    in_force_from: date | None = None
    in_force_to: date | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.days is not None and self.days < max(1, self.least_days):
            raise ValueError(f"days 应不小于 {max(1, self.least_days)}")
        if self.term == "chosen" and (self.mode != "decision" or self.days is None):
            raise ValueError("由机关选定期限的，mode 应为 decision，days 写建议天数")
        if self.mode in {"automatic", "outside"} and self.term == "rule" and self.days is None:
            raise ValueError("自动删除或轮转的应写明 days")

    @property
    def mode_words(self) -> str:
        """Return how it ends, for the desk."""
        return MODE_WORDS[self.mode]

    @property
    def doubt(self) -> str:
        """Return the mark of a rule that we are not sure of, empty for a confirmed one."""
        return {
            Confidence.UNCONFIRMED: "待核对：由本机关选定",
            Confidence.KNOWLEDGE: "待核对",
            Confidence.CONFIRMED_LOCAL: "见于地方规定",
            Confidence.DESIGN: "本系统的缺省",
        }.get(self.confidence, "")


@lru_cache(maxsize=1)
def retention_rules() -> dict[str, RetentionRule]:
    """Return every rule by id, in the order of the file."""
    return {rule.id: rule for rule in load_rules("retention", RetentionRule, required=("name", "holds"))}


def rule_days(rule_id: str) -> int:
    """Return the days of a rule that has them; raises LookupError."""
    days = retention_rules()[rule_id].days
    if days is None:
        raise LookupError(f"保管规则 {rule_id} 没有写明天数")
    return days


def log_days(wanted: str) -> int:
    """Return for how many days log files are kept; raises ValueError in Chinese below the lawful term."""
    rule = retention_rules()["program_logs"]
    if not wanted:
        return rule_days("program_logs")
    if not wanted.isdigit() or int(wanted) < rule.least_days:
        raise ValueError(
            f"GONGKAI_LOG_DAYS 应为不小于 {rule.least_days} 的天数（{rule.basis[0]}），现在是「{wanted}」"
        )
    return int(wanted)
