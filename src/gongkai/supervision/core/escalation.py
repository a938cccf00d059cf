"""When to propose that a matter be taken further (督办升级的建议): rules as data, and since when a task has been red."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from gongkai.kernel.calendar import CalendarUnknown, WorkCalendar
from gongkai.kernel.rules import Confidence, load_rules
from gongkai.supervision.core.lights import Light, LightRule, TaskTime, read_light

ORDER, TASK = "order", "task"
#: what each level asks for
ADVICE = ("下发督办单", "通报", "约谈")


@dataclass(frozen=True, slots=True)
class EscalationRule:
    """From `working_days` on, `level` is proposed; put off, it comes again after `again_working_days`."""

    id: str
    what: str
    level: int
    working_days: int
    again_working_days: int
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str

    def __post_init__(self) -> None:
        """Refuse what nothing could be proposed by."""
        if self.what not in (ORDER, TASK) or not 0 <= self.level < len(ADVICE):
            raise ValueError("what 应为 order 或 task，level 应为 0 至 2")
        if self.working_days < 1 or self.again_working_days < 1:
            raise ValueError("天数应不少于 1")

    @property
    def advice(self) -> str:
        """Return what is proposed, in words."""
        return ADVICE[self.level]


@lru_cache(maxsize=1)
def escalation_rules() -> tuple[EscalationRule, ...]:
    """Return the rules in use."""
    return load_rules("supervision", EscalationRule, only=("escalation.yaml",))


def rule_due(
    *,
    rules: Sequence[EscalationRule],
    what: str,
    level: int,
    since: date,
    put_off: date | None,
    today: date,
    calendar: WorkCalendar,
) -> EscalationRule | None:
    """Return the rule by which this level is proposed today, None when its time has not come or it was put off."""
    for rule in rules:
        if (rule.what, rule.level) != (what, level):
            continue
        if working_days(since, today, calendar) < rule.working_days:
            continue
        if put_off is None or working_days(put_off, today, calendar) >= rule.again_working_days:
            return rule
    return None


def red_since(
    *,
    time_on: Callable[[date], TaskTime],
    today: date,
    not_before: date,
    calendar: WorkCalendar,
    rule: LightRule,
) -> date | None:
    """Return the first day of the red light that shows today, at the earliest `not_before`; None when it is not red.

    `time_on` says what a light was read from on a day. Between two pieces of evidence a light only gets worse, so a few
    probes find the day.
    """

    def is_red(day: date) -> bool:
        read = read_light(time=time_on(day), today=day, calendar=calendar, rule=rule)
        return read.light == Light.RED

    if today < not_before or not is_red(today):
        return None
    days = set(time_on(today).evidence_days)
    found = today
    for start in (*sorted((d for d in days if not_before < d <= today), reverse=True), not_before):
        if not is_red(start):
            return _first_red(start, found, is_red)
        found = start
        if start > not_before and not is_red(start - timedelta(days=1)):
            return start
    return found


def _first_red(clear: date, red: date, is_red: Callable[[date], bool]) -> date:
    """Halve the span between a day that is not red and a later one that is."""
    while (red - clear).days > 1:
        middle = clear + (red - clear) // 2
        if is_red(middle):
            red = middle
        else:
            clear = middle
    return red


def working_days(start: date, end: date, calendar: WorkCalendar) -> int:
    """Count the working days after `start` up to `end`; beyond the calendar plain days."""
    try:
        return calendar.working_days_between(start, end)
    except CalendarUnknown:
        return max(0, (end - start).days)
