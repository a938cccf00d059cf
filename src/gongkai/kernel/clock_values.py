"""What can happen to a running limit, and what a limit worked out looks like (期限事件与结果)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from gongkai.kernel.clock_count import TraceDay
from gongkai.kernel.clock_rules import Unit


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that does not count (中止), such as asking a third party. `end` is None while it lasts."""

    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Restart:
    """The limit begins anew in full from this day (重新起算), such as the day the corrected request arrived."""

    date: date


@dataclass(frozen=True, slots=True)
class Extend:
    """An extension (延期): `length` more units of the rule's extension, told to the applicant on `notified_date`."""

    notified_date: date
    length: int


Event = Pause | Restart | Extend


class EventNotAllowed(ValueError):
    """An event does not fit the limit it is applied to."""


class ExtensionNotAllowed(EventNotAllowed):
    """The rule does not allow this extension: too long, too often, too late, or not at all. `code` says which."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)

    def __reduce__(self) -> tuple[type[ExtensionNotAllowed], tuple[str, str]]:
        return type(self), (self.code, str(self))


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time limit worked out (期限): the last day, why it is that day, and how sure that is.

    `start` is the day the count runs from (the last restart, if any). `due_date` is None while a pause is open.
    `first_due_date` is the last day without extensions. `due_at` is set for limits of hours, minutes or seconds only.
    `provisional` means that the count reached a year without a loaded holiday notice.
    """

    rule_id: str
    rule_version: str
    start: date
    due_date: date | None
    provisional: bool
    basis: tuple[str, ...]
    trace: tuple[TraceDay, ...]
    extended: bool
    unit: Unit
    first_due_date: date | None = None
    due_at: datetime | None = None
    warnings: tuple[str, ...] = ()


class Light(StrEnum):
    """How a running limit stands today (红黄灯)."""

    LATE = "late"
    NEAR = "near"
    FINE = "fine"
    PAUSED = "paused"


def light(deadline: Deadline, today: date, near_days: int = 5) -> Light:
    """Say how the limit stands (亮灯): late after the last day, near within `near_days` units of it, else fine; or paused.

    The unit is the one the limit is counted in: working days for a working-day limit. Computed when shown, never stored.
    """
    if deadline.due_date is None:
        return Light.PAUSED
    if today > deadline.due_date:
        return Light.LATE
    left = units_left(deadline, today)
    return Light.NEAR if left is not None and left <= near_days else Light.FINE


def units_left(deadline: Deadline, today: date) -> int | None:
    """Count what is left after today (剩余天数): working days for working-day limits, else calendar days; None while paused.

    Negative when late, in calendar days.
    """
    if deadline.due_date is None:
        return None
    if deadline.unit is Unit.WORKING_DAY and today <= deadline.due_date:
        return sum(1 for line in deadline.trace if line.counted and today < line.date)
    return (deadline.due_date - today).days
