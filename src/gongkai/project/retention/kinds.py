"""The kinds of data that people decide on (由人决定处置的): what is due, and the door of the room that lets it go."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from gongkai.records import api as records
from gongkai.requests import api as requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One thing that is due: its subject in the journal, number at the desk, the day its term counts from."""

    subject: str
    number: str
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`find(days, org_codes, today, limit)` lists what is due, oldest first; `let_go(id, user, now)` goes through the room's door.

    `page` says where the desk shows a thing.
    """

    find: Callable[[int, Collection[str], date, int], list[Due]]
    let_go: Callable[[int, Any, datetime], None]
    page: Callable[[Due], str]


def _before(days: int, today: date) -> datetime:
    """Return the moment before which something must have begun to rest for its term to be over on a day."""
    return timezone.make_aware(datetime.combine(today - timedelta(days=days), time.min))


def _request_files(days: int, org_codes: Collection[str], today: date, limit: int) -> list[Due]:
    found = requests.list_over_term(today=today, org_codes=org_codes, limit=limit)
    return [Due(subject=f"request:{one.case_id}", number=one.number, since=one.keep_until) for one in found]


def _drafts(days: int, org_codes: Collection[str], today: date, limit: int) -> list[Due]:
    found = records.list_old_drafts(saved_before=_before(days, today), org_codes=org_codes, limit=limit)
    return [Due(subject=f"record:{one.record_id}", number=one.number, since=one.since) for one in found]


def _withdrawn(days: int, org_codes: Collection[str], today: date, limit: int) -> list[Due]:
    found = records.list_erasable_withdrawals(
        withdrawn_before=_before(days, today), org_codes=org_codes, limit=limit
    )
    return [Due(subject=f"record:{one.record_id}", number=one.number, since=one.since) for one in found]


def _erase_case(number: int, user: Any, now: datetime) -> None:
    requests.erase(case_id=number, user=user, now=now)


def _dispose_draft(number: int, user: Any, now: datetime) -> None:
    records.dispose_draft(record_id=number, user=user, now=now)


def _erase_record(number: int, user: Any, now: datetime) -> None:
    records.erase(record_id=number, user=user, now=now)


KINDS: dict[str, Kind] = {
    "request_files": Kind(
        find=_request_files, let_go=_erase_case, page=lambda due: reverse("requests:case", args=[due.number])
    ),
    "unpublished_drafts": Kind(
        find=_drafts,
        let_go=_dispose_draft,
        page=lambda due: reverse("records:page", args=[number_of(due.subject)]),
    ),
    "withdrawn_payloads": Kind(
        find=_withdrawn,
        let_go=_erase_record,
        page=lambda due: reverse("records:page", args=[number_of(due.subject)]),
    ),
}
"""Rule id → kind; every rule of mode `decision` must stand here (checked by test)."""


def number_of(subject: str) -> int:
    """Return the number in a subject such as `record:12`."""
    return int(subject.partition(":")[2])
