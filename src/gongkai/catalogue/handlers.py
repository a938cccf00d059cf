"""What the catalogue does when records speak: handlers called with journal entries, at least once, in any order."""

from __future__ import annotations

from datetime import date

from gongkai.catalogue.models import Obligation
from gongkai.catalogue.services.obligations import (
    ObligationRefused,
    close_of_record,
    open_obligation,
    reopen_of_record,
)
from gongkai.catalogue.services.placements import place_release, remove_placements
from gongkai.journal.api import Actor, Entry

SYSTEM = Actor(kind="system", role="catalogue")


def note_draft(entry: Entry) -> None:
    """Open the duties of a new draft that already has a formed date; codes no longer in the catalogue are passed over.

    What moves in from an old site was public there and owes nothing.
    """
    formed = entry.body.get("formed_on") if entry.body.get("origin") != "moved" else None
    for code in entry.body.get("catalogue") or ():
        if not formed:
            return
        try:
            open_obligation(
                org_code=entry.org, item_code=code, event=Obligation.FORMED, formed_date=date.fromisoformat(formed),
                title=entry.subject, record_subject=entry.subject, actor=SYSTEM, now=entry.at, today=entry.on,
            )  # fmt: skip
        except ObligationRefused:
            continue


def note_release(entry: Entry) -> None:
    """Keep the item ↔ record table after a publication, and meet the record's duties."""
    formed, original = entry.body.get("formed_on"), entry.body.get("original_on")
    published = date.fromisoformat(original) if original else entry.on
    place_release(
        org_code=entry.org, record_subject=entry.subject, release_id=int(entry.body["release_id"]),
        item_codes=entry.body.get("catalogue") or (), columns=entry.body.get("columns") or (),
        formed_date=date.fromisoformat(formed) if formed else None, published_date=published, actor=SYSTEM, now=entry.at,
    )  # fmt: skip


def note_withdrawal(entry: Entry) -> None:
    """Keep the item ↔ record table after a withdrawal."""
    remove_placements(
        org_code=entry.org,
        record_subject=entry.subject,
        release_id=int(entry.body["release_id"]),
        withdrawn_date=entry.on,
    )


def note_withheld(entry: Entry) -> None:
    """Close the duties of a record that was decided not to be published by ourselves."""
    close_of_record(
        record_subject=entry.subject,
        reason="经审查不主动公开，见不予公开决定",
        actor=SYSTEM,
        today=entry.on,
        now=entry.at,
    )


def note_assessment(entry: Entry) -> None:
    """Open the duties anew when something withheld may be published after all; what stays withheld owes nothing."""
    if entry.body.get("decision") == "opened":
        reopen_of_record(record_subject=entry.subject, changed_date=entry.on, actor=SYSTEM, now=entry.at)
