"""The rules behind every time limit (时限规则): what is counted, from when, in which unit, on what legal ground."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from gongkai.kernel.rules import Confidence, is_in_force, load_rules

_CONVENTIONS_FILE = "conventions.yaml"


class Unit(StrEnum):
    """The unit in which a limit is counted (计算单位)."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    HOUR = "hour"
    MINUTE = "minute"
    SECOND = "second"
    DATE = "date"

    @property
    def is_day(self) -> bool:
        """Tell whether the limit is counted day by day."""
        return self in (Unit.WORKING_DAY, Unit.CALENDAR_DAY)

    @property
    def is_moment(self) -> bool:
        """Tell whether the limit runs by the hour, minute or second."""
        return self in (Unit.HOUR, Unit.MINUTE, Unit.SECOND)

    @property
    def chinese(self) -> str:
        """Return the unit as it follows a number in Chinese."""
        return _UNIT_WORDS[self]


_UNIT_WORDS = {
    Unit.WORKING_DAY: "个工作日",
    Unit.CALENDAR_DAY: "日",
    Unit.MONTH: "个月",
    Unit.QUARTER: "个季度",
    Unit.YEAR: "年",
    Unit.HOUR: "小时",
    Unit.MINUTE: "分钟",
    Unit.SECOND: "秒",
    Unit.DATE: "（固定日期）",
}


class ClockKind(StrEnum):
    """What the limit demands (时限种类)."""

    DEADLINE = "deadline"  # act within
    MINIMUM = "minimum"  # must last at least
    LEAD_TIME = "lead_time"  # must be done this long before the event
    VALIDITY = "validity"  # a document lives this long
    RECURRING = "recurring"  # repeat at this interval
    WINDOW = "window"  # a state changes after this time
    FIXED_DATE = "fixed_date"  # every year on date_mm_dd
    VETO = "veto"  # exceeding it fails a whole check
    BEFORE_EVENT = "before_event"  # must be done before the event


@dataclass(frozen=True, slots=True)
class Extension:
    """By how much a limit may be extended (延期规则).

    `max` is extra time on top of the length, or, when `total` is true, the ceiling of the whole, in `unit`.
    """

    max: int
    unit: Unit
    times: int
    approver: str | None
    notice: str | None
    total: bool


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One time limit as the rule file gives it (一条时限规则). `length` is None only for a fixed date."""

    id: str
    version: str
    name: str
    name_en: str
    domain: str
    kind: ClockKind
    starts_on: str
    length: int | None
    unit: Unit
    extendable: bool
    suspended_by: tuple[str, ...]
    basis: tuple[str, ...]
    applies_to: str
    scope: str
    confidence: Confidence
    extension: Extension | None = None
    date_mm_dd: str | None = None
    on_expiry: str | None = None
    in_force_from: date | None = None
    in_force_to: date | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        if (self.kind is ClockKind.FIXED_DATE) != (self.unit is Unit.DATE) or (self.unit is Unit.DATE) != (
            self.length is None
        ):
            raise ValueError("固定日期的时限应写 kind: fixed_date、unit: date、length: null，三者须一致")
        if self.length is not None and self.length < 0:
            raise ValueError("length 不能为负数")
        if self.unit is Unit.DATE:
            try:
                date.fromisoformat(f"2000-{self.date_mm_dd}")
            except ValueError:
                raise ValueError(f"date_mm_dd 应为“月-日”（如 01-31），现为 {self.date_mm_dd!r}") from None
        if self.extendable != (self.extension is not None):
            raise ValueError("extendable 为 true 时必须写 extension，为 false 时不得写")

    @property
    def is_national(self) -> bool:
        """Tell whether the rule holds everywhere; any other must be chosen by the office."""
        return self.scope == "national"

    @property
    def length_text(self) -> str:
        """Return the length as a person reads it, such as 「20个工作日」 or 「每年1月31日」."""
        if self.unit is Unit.DATE and self.date_mm_dd:
            month, day = self.date_mm_dd.split("-")
            return f"每年{int(month)}月{int(day)}日"
        return f"{self.length}{self.unit.chinese}"


@dataclass(frozen=True, slots=True)
class Conventions:
    """How limits are counted where the law is silent or speaks for all limits (计算约定); see conventions.yaml."""

    id: str
    version: str
    roll_kinds: tuple[ClockKind, ...]
    roll_units: tuple[Unit, ...]
    pause_first_day_counts: bool
    pause_last_day_counts: bool
    extension_notice_by_limit: bool
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    note: str | None = None


class ClockUnknown(LookupError):
    """No time limit has this id."""

    def __init__(self, rule_id: str) -> None:
        self.rule_id = rule_id
        super().__init__(f"没有编号为“{rule_id}”的时限规则；规则在 regulations/clocks/ 下，请核对编号")


class ClockNotInForce(LookupError):
    """The time limit exists, but no version of it was in force on that day."""

    def __init__(self, rule_id: str, on: date, periods: str) -> None:
        self.rule_id, self.on, self.periods = rule_id, on, periods
        super().__init__(f"时限规则“{rule_id}”在 {on.isoformat()} 尚未施行或已失效（有效期：{periods}）")


@lru_cache(maxsize=1)
def load_clocks() -> Mapping[str, tuple[ClockRule, ...]]:
    """Return every time limit by id, each with its versions, oldest first (全部时限规则)."""
    by_id: dict[str, list[ClockRule]] = {}
    for rule in load_rules("clocks", ClockRule, key="clocks", skip=(_CONVENTIONS_FILE,)):
        by_id.setdefault(rule.id, []).append(rule)
    ordered = {
        rule_id: tuple(sorted(versions, key=lambda rule: rule.in_force_from or date.min))
        for rule_id, versions in by_id.items()
    }
    return MappingProxyType(ordered)


def clock(rule_id: str, on: date | None = None) -> ClockRule:
    """Return the version of a time limit in force on a day, or the latest one when no day is given (取时限规则).

    Raises:
        ClockUnknown: no such id.
        ClockNotInForce: no version was in force on that day.
    """
    versions = load_clocks().get(rule_id)
    if versions is None:
        raise ClockUnknown(rule_id)
    if on is None:
        return versions[-1]
    for rule in versions:
        if is_in_force(rule, on):
            return rule
    periods = "；".join(f"{rule.in_force_from or '不详'} 至 {rule.in_force_to or '今'}" for rule in versions)
    raise ClockNotInForce(rule_id, on, periods)


def nearest_version(rule_id: str, on: date) -> ClockRule:
    """Return the version in force on a day, else the one whose period lies nearest; the caller must say so to the reader."""
    try:
        return clock(rule_id, on)
    except ClockNotInForce:
        return min(load_clocks()[rule_id], key=lambda rule: _days_away(rule, on))


@lru_cache(maxsize=1)
def load_conventions() -> Conventions:
    """Return the counting conventions (计算约定)."""
    (conventions,) = load_rules("clocks", Conventions, key="conventions", only=(_CONVENTIONS_FILE,))
    return conventions


def _days_away(rule: ClockRule, on: date) -> int:
    if rule.in_force_from is not None and on < rule.in_force_from:
        return (rule.in_force_from - on).days
    return (on - rule.in_force_to).days if rule.in_force_to is not None and on > rule.in_force_to else 0
