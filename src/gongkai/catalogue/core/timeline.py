"""The timeline of the forecast (时间轴): places on a drawing, in pixels; the template draws it and the table says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gongkai.catalogue.core.forecast import ColumnForecast

LABEL_WIDTH, CHART_WIDTH, ROW_HEIGHT, HEAD_HEIGHT = 150, 610, 28, 26
DAYS_BACK, DAYS_AHEAD = 30, 190


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A line of the drawing: `bar_x` to `bar_x + bar_width` is the time left, `mark_x` the day on which it counts."""

    forecast: ColumnForecast
    y: int
    text_y: int
    bar_x: int
    bar_width: int
    mark_x: int | None
    is_beyond: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole drawing."""

    width: int
    height: int
    today_x: int
    months: tuple[tuple[int, str], ...]
    rows: tuple[TimelineRow, ...]


def draw(forecasts: Sequence[ColumnForecast], *, today: date) -> Timeline:
    """Lay out the columns that a rule looks at, soonest first."""
    dated = sorted(
        (row for row in forecasts if row.fires_on is not None),
        key=lambda row: (row.fires_on or today, row.stand.code),
    )
    rows = []
    for number, forecast in enumerate(dated):
        fires = forecast.fires_on or today
        begin = forecast.stand.last_update or fires
        left, right = _x(begin, today), _x(fires, today)
        rows.append(
            TimelineRow(
                forecast, HEAD_HEIGHT + number * ROW_HEIGHT + 6, HEAD_HEIGHT + number * ROW_HEIGHT + 20,
                min(left, right), max(abs(right - left), 2), None if _beyond(fires, today) else right, _beyond(fires, today),
            )
        )  # fmt: skip
    return Timeline(
        width=LABEL_WIDTH + CHART_WIDTH + 36, height=HEAD_HEIGHT + len(rows) * ROW_HEIGHT + 8, today_x=_x(today, today),
        months=tuple(_months(today)), rows=tuple(rows),
    )  # fmt: skip


def _beyond(day: date, today: date) -> bool:
    return (day - today).days > DAYS_AHEAD


def _x(day: date, today: date) -> int:
    days = min(max((day - today).days, -DAYS_BACK), DAYS_AHEAD)
    return LABEL_WIDTH + round((days + DAYS_BACK) * CHART_WIDTH / (DAYS_BACK + DAYS_AHEAD))


def _months(today: date) -> list[tuple[int, str]]:
    first, shown = today - timedelta(days=DAYS_BACK), []
    for ahead in range(DAYS_BACK + DAYS_AHEAD + 1):
        day = first + timedelta(days=ahead)
        if day.day == 1:
            shown.append((_x(day, today), f"{day.month}月"))
    return shown
