"""Learn from release facts where records stand (挂接), and which duties they met. Idempotent: a fact may come twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from gongkai.catalogue.models import Obligation, Placement
from gongkai.catalogue.services.obligations import meet_obligation
from gongkai.journal.api import Actor


def place_release(
    *, org_code: str, record_subject: str, release_id: int, item_codes: Iterable[str], columns: Iterable[str],
    formed_date: date | None, published_date: date, actor: Actor, now: datetime,
) -> None:  # fmt: skip
    """Note that a record is public under these items and columns, and meet its open duties."""
    wanted = [(Placement.ITEM, code) for code in item_codes] + [(Placement.COLUMN, code) for code in columns]
    with transaction.atomic():
        existing = {(p.place, p.code): p for p in Placement.objects.filter(record_subject=record_subject)}
        if any(p.release_id > release_id for p in existing.values()):
            return
        for key in wanted:
            placed = existing.pop(key, None)
            if placed is None:
                Placement.objects.create(
                    org_code=org_code, place=key[0], code=key[1], record_subject=record_subject, release_id=release_id,
                    formed_date=formed_date, first_published_date=published_date, last_published_date=published_date,
                )  # fmt: skip
                continue
            placed.release_id, placed.formed_date, placed.is_current = release_id, formed_date, True
            placed.last_published_date = max(placed.last_published_date, published_date)
            placed.save()
        for gone in existing.values():
            if gone.is_current:
                gone.is_current, gone.release_id = False, release_id
                gone.save(update_fields=["is_current", "release_id"])
    for duty in Obligation.objects.filter(
        record_subject=record_subject, met_date__isnull=True, closed_reason=""
    ):
        meet_obligation(obligation=duty, met_date=published_date, actor=actor, now=now)


def remove_placements(*, org_code: str, record_subject: str, release_id: int, withdrawn_date: date) -> None:
    """Note that a record was withdrawn: nothing stands under its items and columns any more.

    A marker row stays, so that an older release whose fact comes late does not bring the record back.
    """
    with transaction.atomic():
        Placement.objects.get_or_create(
            org_code=org_code, place=Placement.WITHDRAWN, code="-", record_subject=record_subject,
            defaults={
                "release_id": release_id, "is_current": False, "first_published_date": withdrawn_date,
                "last_published_date": withdrawn_date,
            },
        )  # fmt: skip
        Placement.objects.filter(record_subject=record_subject, release_id__lte=release_id).update(
            is_current=False, release_id=release_id
        )
