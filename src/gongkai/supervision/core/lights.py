"""Lights of tasks and orders (亮灯), computed from evidence, time and calendar when read; nothing is stored."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from gongkai.kernel import periods
from gongkai.kernel.calendar import CalendarUnknown, WorkCalendar
from gongkai.kernel.rules import Confidence, load_rules


class Light(StrEnum):
    """The five lights."""

    GREY = "grey"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    BLUE = "blue"


WORDS = {
    Light.GREY: "未到时间", Light.GREEN: "按进度", Light.YELLOW: "要抓紧", Light.RED: "逾期或落后", Light.BLUE: "持续推进",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LightRule:
    """Parameters: gaps are shares of 1 between elapsed time and progress, `near_due_working_days` working days."""

    id: str
    green_gap_max: float
    yellow_gap_max: float
    near_due_working_days: int
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str


def light_rule() -> LightRule:
    """Return the parameters in use."""
    return load_rules("plan", LightRule, only=("lights.yaml",))[0]


@dataclass(frozen=True, slots=True)
class TaskTime:
    """What a task's light is read from. `progress` 0 to 1; `evidence_days` are days evidence counts for."""

    kind: str
    start: date
    due: date | None
    progress: float
    evidence_days: tuple[date, ...]
    is_closed: bool


@dataclass(frozen=True, slots=True)
class LightRead:
    """A light with its reason in words and the working days left (negative when overdue, None without a day)."""

    light: Light
    why: str
    days_left: int | None = None


def read_light(*, time: TaskTime, today: date, calendar: WorkCalendar, rule: LightRule) -> LightRead:
    """Read a task's light. Green needs evidence: a task without any is grey, yellow or red, whatever was claimed."""
    if time.is_closed and time.evidence_days:
        return LightRead(Light.GREEN, "已办结，有证据")
    if today < time.start:
        return LightRead(Light.GREY, "还没有开始")
    if time.kind == "continuous":
        return _continuous(time.start, time.evidence_days, today)
    if time.due is None:
        word = "有证据，时限待定" if time.evidence_days else "没有时限，也没有证据"
        return LightRead(Light.GREEN if time.evidence_days else Light.YELLOW, word)
    left = _days_left(today, time.due, calendar)
    progress = time.progress if time.evidence_days else 0.0
    if left < 0 and progress < 1:
        return LightRead(Light.RED, f"已逾期 {-left} 个工作日", left)
    span = (time.due - time.start).days or 1
    gap = min(1.0, (today - time.start).days / span) - progress
    near = left <= rule.near_due_working_days
    if progress >= 1:
        return LightRead(Light.GREEN, "证据齐全，可以办结", left)
    if gap > rule.yellow_gap_max:
        return LightRead(Light.RED, f"进度落后 {gap:.0%}", left)
    if gap > rule.green_gap_max or near:
        return LightRead(Light.YELLOW, "临近时限" if near else f"进度落后 {gap:.0%}", left)
    if not time.evidence_days:
        return LightRead(Light.GREY, "刚开始，还没有证据", left)
    return LightRead(Light.GREEN, "按进度", left)


def _continuous(start: date, days: Collection[date], today: date) -> LightRead:
    """Long-term work: blue with evidence this quarter, yellow with none in it, red with none in it and the one before."""
    this = periods.quarter_of(today)
    before = periods.quarter_of(this.start - timedelta(days=1))
    if any(day in this for day in days):
        return LightRead(Light.BLUE, "本季度有证据")
    if start > before.end or any(day in before for day in days):
        return LightRead(Light.YELLOW, "本季度还没有证据")
    return LightRead(Light.RED, "连续两个季度没有证据")


def _days_left(today: date, due: date, calendar: WorkCalendar) -> int:
    """Count working days; a year beyond the calendar is far off or long past, there plain days do for a light."""
    early, late = min(today, due), max(today, due)
    try:
        between = calendar.working_days_between(early, late)
    except CalendarUnknown:
        between = (late - early).days
    return between if today <= due else -max(1, between)


def order_light(
    *, due: date, today: date, is_open: bool, calendar: WorkCalendar, rule: LightRule
) -> LightRead:
    """Read the light of a supervision order by its due day."""
    if not is_open:
        return LightRead(Light.GREEN, "已了结")
    left = _days_left(today, due, calendar)
    if left < 0:
        return LightRead(Light.RED, f"已逾期 {-left} 个工作日", left)
    if left <= rule.near_due_working_days:
        return LightRead(Light.YELLOW, "临近时限", left)
    return LightRead(Light.GREY, "办理中", left)
