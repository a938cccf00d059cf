"""Days and moments as old sites write them (旧站日期)."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
_DAY = r"((?:19|20)\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
_MOMENT = re.compile(_DAY + r"(?:\s*[T ]?\s*(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?)?")
_PACKED = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")
_LABEL = re.compile(
    r"(?:发布(?:时间|日期)|发文日期|公开日期|时间|日期|信息时间)\s*[:：]\s*(?:"
    + _DAY
    + r")(?:\s*(\d{1,2})[:：](\d{2}))?"
)
_IN_PATH = re.compile(r"/t?((?:19|20)\d{2})[-/]?(\d{2})[-/]?(\d{2})[_/]")


class BrokenDate(ValueError):
    """A text that looks like a day but is none; the text itself is the message."""


def read_moment(value: Any) -> datetime | None:
    """Return the moment in the office's zone that a value means, None when it means none. Raises BrokenDate."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=OFFICE_ZONE)
    if isinstance(value, date):
        return datetime.combine(value, time(), tzinfo=OFFICE_ZONE)
    text = str(value).strip()
    found = _MOMENT.search(text)
    parts = (
        found.groups()
        if found
        else (*packed.groups(), None, None, None)
        if (packed := _PACKED.search(text))
        else None
    )
    if parts is None:
        if any(sign.isdigit() for sign in text):
            raise BrokenDate(text[:40])
        return None
    return _moment(parts, text)


def read_day(value: Any) -> date | None:
    """Return the day that a value means. Raises BrokenDate."""
    moment = read_moment(value)
    return moment.date() if moment else None


def labelled_moment(text: str) -> datetime | None:
    """Return the moment behind a label such as 发布时间：. Raises BrokenDate."""
    found = _LABEL.search(text)
    return _moment((*found.groups(), None), found[0]) if found else None


def moment_in_path(key: str) -> datetime | None:
    """Return the day that an address shows, as `/201506/t20150601_123.html` does; None when it shows none."""
    found = _IN_PATH.search(key)
    try:
        return _moment((*found.groups(), None, None, None), key) if found else None
    except BrokenDate:
        return None


def _moment(parts: tuple[str | None, ...], text: str) -> datetime:
    numbers = [int(part) if part else 0 for part in parts]
    try:
        return datetime(*numbers[:6], tzinfo=OFFICE_ZONE)  # type: ignore[misc,arg-type]
    except ValueError:
        raise BrokenDate(text[:40]) from None
