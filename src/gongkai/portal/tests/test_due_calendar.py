"""Calendars of what is due: valid, private, revocable; dead without a post."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from gongkai.organisations import api as organisations
from gongkai.portal.core.due_calendar import DueEntry, calendar_of
from gongkai.portal.models import CalendarFeed
from gongkai.portal.services.due_feed import choices, make_feed, read_feed, revoke_feed
from gongkai.requests import testing as office
from gongkai.requests.api import deadline_of_case

DAY = date(2024, 3, 4)
NOW = datetime(2024, 3, 4, 2, 0, tzinfo=UTC)
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=120)


def faults(body: bytes) -> list[str]:
    """Return what a calendar breaks of RFC 5545: line ends, lengths, properties that must stand once, names twice."""
    lines = body.split(b"\r\n")
    found = ["line ends"] if b"\n" in body.replace(b"\r\n", b"") or lines[-1] else []
    found += ["long line" for line in lines if len(line) > 75]
    calendar = Calendar.from_ical(body)
    found += [f"no {name}" for name in ("VERSION", "PRODID") if name not in calendar]
    events = calendar.walk("VEVENT")
    found += [f"no {n}" for e in events for n in ("UID", "DTSTAMP", "DTSTART", "SUMMARY") if n not in e]
    found += ["uid twice"] if len({str(e["UID"]) for e in events}) != len(events) else []
    return found


@given(
    st.lists(st.tuples(st.dates(date(2000, 1, 1), date(2100, 1, 1)), WORDS, WORDS, st.booleans()), max_size=8)
)
def test_any_entries_make_a_valid_calendar(rows: list[tuple[date, str, str, bool]]) -> None:
    entries = [
        DueEntry(f"e-{i}", day, title, note, "https://x.example/desk/", late)
        for i, (day, title, note, late) in enumerate(rows)
    ]
    body = calendar_of(name="示范科", entries=entries, domain="x.example", now=NOW)
    assert faults(body) == []
    events = Calendar.from_ical(body).walk("VEVENT")
    assert [e["DTSTART"].dt for e in events] == sorted(row[0] for row in rows)
    assert body == calendar_of(name="示范科", entries=reversed(entries), domain="x.example", now=NOW)


@pytest.fixture
def staff(db: None) -> dict[str, Any]:
    return office.people()


def near(staff: dict[str, Any]) -> tuple[Any, date]:
    receipt = office.register(DAY, staff["handler"], content="请公开秘密疫苗方案")
    limit = deadline_of_case(case_id=receipt.case_id)
    assert limit is not None
    return receipt, limit.due_date


def org_of(user: Any) -> str:
    return next(iter(choices(user=user, today=DAY)))


def test_calendar_has_the_limit_and_nothing_personal(staff: dict[str, Any]) -> None:
    receipt, limit = near(staff)
    token = make_feed(user=staff["handler"], org_code=org_of(staff["handler"]), today=DAY, now=NOW)
    body = read_feed(token=token, today=limit, now=NOW)
    assert body is not None
    assert faults(body) == []
    event = next(e for e in Calendar.from_ical(body).walk("VEVENT") if receipt.number in e["SUMMARY"])
    assert event["DTSTART"].dt == limit
    text = Calendar.from_ical(body).to_ical().decode().replace("\r\n ", "")
    for secret in (*office.person().values(), "疫苗方案", token):
        assert secret not in text
    assert token not in str(CalendarFeed.objects.values_list().get())


def test_colleague_without_the_case_does_not_see_it(staff: dict[str, Any]) -> None:
    receipt, limit = near(staff)
    for name, seen in (("office", True), ("editor", False), ("stranger", False)):
        token = make_feed(user=staff[name], org_code=org_of(staff[name]), today=DAY, now=NOW)
        body = read_feed(token=token, today=limit, now=NOW)
        assert body is not None
        assert (receipt.number.encode() in body) is seen, name


def test_late_case_stays_and_says_so(staff: dict[str, Any]) -> None:
    receipt, limit = near(staff)
    token = make_feed(user=staff["handler"], org_code=org_of(staff["handler"]), today=DAY, now=NOW)
    body = read_feed(token=token, today=date(limit.year, limit.month + 1, 20), now=NOW)
    assert body is not None
    titles = [str(e["SUMMARY"]) for e in Calendar.from_ical(body).walk("VEVENT")]
    assert any(t.startswith("已逾期") and receipt.number in t for t in titles)


def test_address_dies_when_revoked_and_when_the_post_ends(staff: dict[str, Any], client: Client) -> None:
    user = staff["handler"]
    token = make_feed(user=user, org_code=org_of(user), today=DAY, now=NOW)
    feed = CalendarFeed.objects.get()
    assert not revoke_feed(user=staff["office"], feed_id=feed.pk, now=NOW)
    path = f"/ask/subscribe/calendar/{token}.ics"
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert "no-store" in answer["Cache-Control"]
    assert client.get(path.replace(token, "x" * 43)).status_code == 404
    assert read_feed(token=token, today=date(1990, 1, 1), now=NOW) is None  # no post on that day
    assert revoke_feed(user=user, feed_id=feed.pk, now=NOW)
    assert client.get(path).status_code == 404
    with pytest.raises(organisations.NotPermitted):
        make_feed(user=user, org_code="elsewhere", today=DAY, now=NOW)


def test_desk_shows_an_address_once_and_revokes_it(staff: dict[str, Any], client: Client) -> None:
    user = staff["handler"]
    client.force_login(user)
    made = client.post("/desk/calendar/", {"org": org_of(user)}).content.decode()
    assert "/ask/subscribe/calendar/" in made
    later = client.get("/desk/calendar/").content.decode()
    assert "/ask/subscribe/calendar/" not in later
    feed = CalendarFeed.objects.get()
    client.post("/desk/calendar/", {"revoke": str(feed.pk)})
    feed.refresh_from_db()
    assert feed.revoked_at is not None
