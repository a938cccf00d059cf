"""Grounds for not publishing (不予公开的理由), from `regulations/withholding/`, and when each is looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from gongkai.kernel.calendar import WorkCalendar
from gongkai.kernel.clocks import Light, clock, due
from gongkai.kernel.rules import Confidence, RuleError, load_rules

NEAR_DAYS = 30  # a light turns near this many days before the day


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground: `public_text` is what the public is told; `in_system` whether such content may stand here at all."""

    id: str
    name: str
    attribute: Literal["withheld", "on_request"]
    article: str
    public_text: str
    reassess: str
    basis: tuple[str, ...]
    confidence: Confidence
    in_system: bool = True
    scope: str = "national"


@lru_cache(maxsize=1)
def grounds() -> tuple[Ground, ...]:
    """Return every ground, in the order of the file."""
    loaded = load_rules("withholding", Ground)
    for ground in loaded:
        try:
            clock(ground.reassess)
        except LookupError as error:
            raise RuleError(
                file="withholding/grounds.yaml", rule_id=ground.id, field="reassess", problem=str(error)
            ) from error
    return loaded


def ground_of(ground_id: str) -> Ground:
    """Return one ground. Raises LookupError with the list of ids."""
    for ground in grounds():
        if ground.id == ground_id:
            return ground
    known = "、".join(ground.id for ground in grounds())
    raise LookupError(f"不公开的理由“{ground_id}”不在清单中；可用：{known}")


def next_assessment(ground: Ground, *, decided: date, calendar: WorkCalendar) -> date:
    """Return the day by which something withheld on this ground must be looked at again. Raises CalendarUnknown."""
    deadline = due(rule=clock(ground.reassess, decided), start=decided, calendar=calendar)
    if deadline.due_date is None:
        raise ValueError(f"{ground.reassess} 没有算出日期")
    return deadline.due_date


def day_light(day: date, today: date) -> Light:
    """Return the light of a day: late after it, near in the `NEAR_DAYS` before it."""
    if today > day:
        return Light.LATE
    return Light.NEAR if (day - today).days <= NEAR_DAYS else Light.FINE
