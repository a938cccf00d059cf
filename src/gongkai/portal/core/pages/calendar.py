"""The public calendar (公开日历): dates to come that public records name, as a page and as iCalendar (RFC 5545)."""

from __future__ import annotations

from datetime import date, datetime
from itertools import groupby
from urllib.parse import urlsplit

from gongkai.portal.core.due_calendar import DueEntry, calendar_of
from gongkai.portal.core.press import Press
from gongkai.portal.core.public_dates import WORDS, public_dates
from gongkai.portal.core.shelf import Shelf
from gongkai.portal.core.values import Card, Output

PAGE, FILE = "calendar/index.html", "calendar/public.ics"
Coming = tuple[date, str, Card]


def render(press: Press, shelf: Shelf, argument: str) -> list[Output]:
    """Return the page, its elder twin and the calendar file; all three change by themselves when a day is over."""
    rows = coming(shelf)
    months = [
        (f"{year}年{month}月", list(found))
        for (year, month), found in groupby(rows, key=lambda row: (row[0].year, row[0].month))
    ]
    root = press.directory.root
    pages = press.both("calendar", PAGE, org=root.code, months=months, words=WORDS, calendar_file=FILE)
    return [*pages, Output(FILE, _file(press, rows, name=f"{root.name} 公开日历"))]


def coming(shelf: Shelf) -> list[Coming]:
    """Return the dates of today and later, the next first; the day after each the page is written again."""
    found = [
        (day, what, card)
        for card in shelf.dated()
        for day, what in public_dates(card)
        if not shelf.is_over(day)
    ]
    return sorted(found, key=lambda row: (row[0], row[1], row[2].record_id))


def _file(press: Press, rows: list[Coming], *, name: str) -> bytes:
    host = urlsplit(press.site.settings.site_url).hostname or "localhost"
    entries = [
        DueEntry(
            key=f"{card.index_number.replace('/', '-')}-{what}",
            day=day,
            title=f"{WORDS[what]}：{card.title}",
            note="；".join(part for part in (card.issuer, card.document_number) if part),
            address=press.ordinary.absolute(card.path),
            told=datetime.fromisoformat(card.published_at),
        )
        for day, what, card in rows
    ]
    return calendar_of(name=name, entries=entries, domain=host)
