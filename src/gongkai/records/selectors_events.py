"""Emergencies and pins as screens and the public site read them (突发事件、置顶)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from gongkai.organisations import api as organisations
from gongkai.records.core.office_time import office_time
from gongkai.records.models import Event, Pin, RecordState


@dataclass(frozen=True, slots=True)
class EventRow:
    """One record of an event with where it stands."""

    record_id: int
    label: str
    title: str
    state: RecordState
    pin: Pin | None


def event_topics(org_code: str) -> dict[str, str]:
    """Return the topic columns that events of an organisation have, code to name."""
    return {event.topic_code: event.name for event in Event.objects.filter(org_code=org_code)}


def offered_topics(org_code: str, record_id: int | None) -> dict[str, str]:
    """Return the event topics that an editor may choose: those that are public, and that of the record's own event."""
    events = Event.objects.filter(org_code=org_code)
    shown = events.filter(first_release__isnull=False) | events.filter(links__record_id=record_id or 0)
    return {event.topic_code: event.name for event in shown.distinct()}


def publishers_of(codes: Collection[str]) -> frozenset[str]:
    """Return these organisations and, of sections, the authority that publishes for them; never that above an institution."""
    sections = {org.code for org in organisations.list_organisations(kind="section")} & set(codes)
    return frozenset(codes) | {organisations.authority_of(code=code).code for code in sections}


def list_events(org_codes: Collection[str]) -> list[Event]:
    """Return the events of these organisations, open ones first, the newest first."""
    rows = Event.objects.filter(org_code__in=org_codes).order_by("-pk")
    return sorted(rows, key=lambda event: event.closed_at is not None)


def event_rows(event: Event) -> list[EventRow]:
    """Return the records of an event in their order."""
    links = list(event.links.select_related("record").order_by("number"))
    states = RecordState.objects.in_bulk([link.record_id for link in links])
    pins = {pin.record_id: pin for pin in Pin.objects.filter(event=event, ended_at__isnull=True)}
    return [
        EventRow(
            link.record_id,
            link.label,
            link.record.title,
            states[link.record_id],
            pins.get(link.record_id),
        )
        for link in links
    ]


def standing_pin(record_id: int, today: date) -> Pin | None:
    """Return the pin that a record has today."""
    return Pin.objects.filter(record_id=record_id, ended_at__isnull=True, until__gte=today).first()


def list_pins(org_codes: Collection[str], today: date) -> list[Pin]:
    """Return the pins that stand today on records of these organisations, newest first."""
    rows = Pin.objects.filter(ended_at__isnull=True, until__gte=today, record__org_code__in=org_codes)
    return list(rows.select_related("record", "event", "pinned_by"))


def front_snapshot() -> dict[str, Any]:
    """Return what the public site shows of events and pins: plain values, stable order, nothing that is not public yet.

    Shape: {"topics": [{"code", "name", "since", "is_open"}] of events that were released once, oldest first,
    "pins": [{"index_number", "until", "urgent"}], emergencies first, then the newest}.
    """
    events = Event.objects.filter(first_release__isnull=False).order_by("pk")
    pins = Pin.objects.filter(ended_at__isnull=True, record__live=True).order_by("-pk")
    rows = pins.values_list("record__status__index_number", "until", "purpose")
    return {
        "topics": [
            {
                "code": event.topic_code,
                "name": event.name,
                "since": office_time(event.first_released_at or event.opened_at).date().isoformat(),
                "is_open": event.closed_at is None,
            }
            for event in events
        ],
        "pins": sorted(
            (
                {"index_number": number, "until": until.isoformat(), "urgent": purpose == "emergency"}
                for number, until, purpose in rows
            ),
            key=lambda pin: not pin["urgent"],
        ),
    }
