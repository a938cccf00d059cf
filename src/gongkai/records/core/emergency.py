"""Emergencies (突发事件): their grades, and what must be told by when. Rules and moments in, counters out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

from gongkai.kernel.calendar import WorkCalendar
from gongkai.kernel.clocks import Light, clock, load_clocks
from gongkai.kernel.rules import Confidence, RuleError, load_rules
from gongkai.records.core.office_time import office_time
from gongkai.records.core.step_clock import read_clock, span_words

Stop = Literal["first_release", "conference"]
STOP_LABELS: dict[str, str] = {"first_release": "首发权威信息", "conference": "新闻发布会"}


@dataclass(frozen=True, slots=True)
class Duty:
    """One limit that an event starts: a clock's id, what stops it, and whether it is ordered for this grade."""

    clock: str
    met_by: Stop
    bound: bool


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade of emergencies (突发事件级别), Ⅰ being the gravest."""

    id: str
    numeral: str
    name: str
    duties: tuple[Duty, ...]
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str = "national"

    @property
    def label(self) -> str:
        """Return the grade as it is written: Ⅰ级（特别重大）."""
        return f"{self.numeral}级（{self.name}）"


@dataclass(frozen=True, slots=True)
class Counter:
    """One clock of an event as of a moment.

    `state` is late, near or fine while it runs, met or met_late once stopped; `met_at` the moment that stopped it. `seconds_left`
    is negative when late; `confidence` and `basis` are those of the clock's rule.
    """

    rule_id: str
    title: str
    length_text: str
    ends_at: datetime
    state: str
    text: str
    seconds_left: int
    met_at: datetime | None
    bound: bool
    basis: tuple[str, ...]
    confidence: Confidence

    @property
    def light(self) -> str:
        """Return the light of the desk: late, near or fine."""
        return {"met": "fine", "met_late": "late"}.get(self.state, self.state)


@lru_cache(maxsize=1)
def grades() -> tuple[Grade, ...]:
    """Return the grades, the gravest first; every clock they name counts hours."""
    loaded = load_rules("emergency", Grade)
    known = load_clocks()
    for grade in loaded:
        for duty in grade.duties:
            if duty.clock not in known or not known[duty.clock][0].unit.is_moment:
                raise RuleError(
                    file="emergency/grades.yaml",
                    rule_id=grade.id,
                    field="duties",
                    problem=f"“{duty.clock}”不是按小时计算的时限",
                )
    return loaded


def grade_of(grade_id: str) -> Grade:
    """Return one grade. Raises LookupError with the list of ids."""
    for grade in grades():
        if grade.id == grade_id:
            return grade
    raise LookupError(f"没有突发事件级别“{grade_id}”；可用：{'、'.join(g.id for g in grades())}")


def read_counters(
    *,
    grade_id: str,
    known_at: datetime,
    first_release_at: datetime | None,
    conference_at: datetime | None,
    now: datetime,
    calendar: WorkCalendar,
) -> tuple[Counter, ...]:
    """Return the clocks of an event that became known at a moment, as of `now`.

    Basis: 国办发〔2016〕61号, 国办发〔2016〕80号 (5 hours, 24 hours); which grades they bind stands in `regulations/emergency/`.
    """
    stops = {"first_release": first_release_at, "conference": conference_at}
    counters = []
    for duty in grade_of(grade_id).duties:
        met_at = stops[duty.met_by]
        read = read_clock(rule_id=duty.clock, since=known_at, now=met_at or now, calendar=calendar)
        if read is None:
            continue
        left = read.ends_at - office_time(met_at or now)
        late = read.light is Light.LATE
        rule = clock(duty.clock, office_time(known_at).date())
        counters.append(
            Counter(
                rule_id=duty.clock,
                title=STOP_LABELS[duty.met_by],
                length_text=read.length_text,
                ends_at=read.ends_at,
                state=("met_late" if late else "met") if met_at else read.light.value,
                text=_met_words(late, span_words(abs(left))) if met_at else read.left_text,
                seconds_left=int(left.total_seconds()),
                met_at=office_time(met_at) if met_at else None,
                bound=duty.bound,
                basis=rule.basis,
                confidence=rule.confidence,
            )
        )
    return tuple(counters)


def _met_words(late: bool, span: str) -> str:
    return f"已办，超过时限 {span}" if late else f"按时，提前 {span}"
