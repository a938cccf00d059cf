"""Moments as an office in China reads them (北京时间)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")


def office_time(moment: datetime) -> datetime:
    """Return the aware moment in the office's time zone; a naive one raises ValueError."""
    if moment.tzinfo is None:
        raise ValueError("时间必须带时区")
    return moment.astimezone(OFFICE_ZONE)


def office_day(moment: datetime) -> date:
    """Return the day on which the moment falls in the office's time zone."""
    return office_time(moment).date()
