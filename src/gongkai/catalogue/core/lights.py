"""Lights (灯): where an item or a column stands today. Computed when read, never stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from gongkai.kernel.calendar import WorkCalendar

NEAR_WORKING_DAYS = 5
NEAR_SHARE_OF_CADENCE = 5  # a column is near its rhythm in the last fifth of the period


class Light(StrEnum):
    """The state shown for an item or column; the order of the members is the order of urgency."""

    LATE = "late"
    STALE = "stale"
    EMPTY = "empty"
    DUE = "due"
    FINE = "fine"
    NOT_APPLICABLE = "not_applicable"


LIGHT_WORDS = {
    Light.LATE: "已逾期",
    Light.STALE: "超过更新周期",
    Light.EMPTY: "空白",
    Light.DUE: "即将到期",
    Light.FINE: "正常",
    Light.NOT_APPLICABLE: "不适用",
}


@dataclass(frozen=True, slots=True)
class LightReading:
    """A light with the date it hangs on and the working days left (negative = days late); None when no date applies."""

    light: Light
    due_date: date | None = None
    working_days_left: int | None = None
    why: str = ""


def read_light(
    *,
    open_due_dates: tuple[date, ...],
    last_published: date | None,
    cadence_days: int | None,
    must_have_content: bool,
    applicable: bool,
    today: date,
    calendar: WorkCalendar,
) -> LightReading:
    """Read the light of an item or column.

    `open_due_dates` are the limits of obligations not yet met. A rhythm (`cadence_days`, calendar days) runs from the
    last publication. Late obligations outrank a broken rhythm, which outranks emptiness.
    """
    if not applicable:
        return LightReading(Light.NOT_APPLICABLE, why="本机关不适用")
    rhythm = last_published + timedelta(days=cadence_days) if last_published and cadence_days else None
    first = min(open_due_dates, default=None)
    if first is not None and first < today:
        return LightReading(
            Light.LATE, first, -calendar.working_days_between(first, today), "有到期未公开的信息"
        )
    if rhythm is not None and rhythm < today:
        late_by = calendar.working_days_between(rhythm, today)
        return LightReading(Light.STALE, rhythm, -late_by, f"承诺每 {cadence_days} 天更新一次")
    to_first = calendar.working_days_between(today, first) if first else None
    if to_first is not None and to_first <= NEAR_WORKING_DAYS:
        return LightReading(Light.DUE, first, to_first, "有信息即将到期")
    if must_have_content and last_published is None:
        return LightReading(Light.EMPTY, first, to_first, "还没有公开过内容")
    if rhythm is not None and cadence_days and (rhythm - today).days <= cadence_days // NEAR_SHARE_OF_CADENCE:
        return LightReading(Light.DUE, rhythm, calendar.working_days_between(today, rhythm), "更新周期将满")
    nearest = min((d for d in (first, rhythm) if d), default=None)
    left = calendar.working_days_between(today, nearest) if nearest else None
    return LightReading(Light.FINE, nearest, left)
