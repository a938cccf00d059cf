"""The way to 31 January (年报时间表): steps with their days, what is done, what is late."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from gongkai.kernel.calendar import WorkCalendar
from gongkai.kernel.clocks import clock, due
from gongkai.kernel.rules import Confidence, load_rules

Mark = Literal["built", "written", "bound", "approved", "drafted", "published"]
NEAR_DAYS = 5


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One step: its day in the year after the reported one, or the law's day where `clock` names a limit."""

    id: str
    name: str
    month: int
    day: int
    done: Mark
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    clock: str = ""


@dataclass(frozen=True, slots=True)
class StepStanding:
    """A step with its day, whether the law sets it, and its light: fine (done), late, near, due."""

    step: LadderStep
    due_date: date
    is_statutory: bool
    light: str


@lru_cache(maxsize=1)
def ladder() -> tuple[LadderStep, ...]:
    """Return the steps in their order."""
    return load_rules("annual_report/ladder", LadderStep)


def standings(
    *, year: int, done: Collection[str], today: date, calendar: WorkCalendar
) -> Iterator[StepStanding]:
    """Yield every step for the report of a year; `done` holds the marks that are reached."""
    for step in ladder():
        day = date(year + 1, step.month, step.day)
        if step.clock:
            end = date(year, 12, 31)
            found = due(rule=clock(step.clock, end), start=end, calendar=calendar).due_date
            day = found if found is not None else day
        light = "due"
        if step.done in done:
            light = "fine"
        elif day < today:
            light = "late"
        elif (day - today).days <= NEAR_DAYS:
            light = "near"
        yield StepStanding(step, day, bool(step.clock), light)
