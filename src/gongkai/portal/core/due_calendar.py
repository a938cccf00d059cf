"""What is due as an iCalendar (RFC 5545): whole days, plain words, nothing personal. Values in, text out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

PRODUCT = "-//gongkai//due//ZH"


@dataclass(frozen=True, slots=True)
class DueEntry:
    """Something that must be done by a day; `key` stays the same while it is the same thing, `late` when the day is past.

    `told` is the moment it was published, for a calendar that everybody may read.
    """

    key: str
    day: date
    title: str
    note: str
    address: str
    late: bool = False
    told: datetime | None = None


def calendar_of(*, name: str, entries: Iterable[DueEntry], domain: str, now: datetime | None = None) -> bytes:
    """Return the calendar `name`, one event an entry, in order of day; `domain` makes the names of the events unique in the world.

    An event bears the moment it was told, so that a public calendar is the same bytes each time; others bear `now`.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for entry in sorted(entries, key=lambda e: (e.day, e.key)):
        event = Event()
        event.add("uid", f"{entry.key}@{domain}")
        event.add("dtstamp", entry.told.astimezone(UTC) if entry.told else now)
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("summary", f"已逾期：{entry.title}" if entry.late else entry.title)
        event.add("description", entry.note)
        event.add("url", entry.address)
        event.add("transp", "TRANSPARENT")
        event.add("class", "PUBLIC" if entry.told else "PRIVATE")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
