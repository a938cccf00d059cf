"""What has outlived its use (可处置的内容): drafts that never went out, withdrawn texts that may be erased."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from gongkai.records.core.office_time import office_day
from gongkai.records.core.states import State
from gongkai.records.core.withdrawal import withdrawal_reasons
from gongkai.records.models import RecordState, Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlived:
    """One record: whose it is, its number at the desk (index number, else its own) and the day since when it rests."""

    record_id: int
    org_code: str
    number: str
    since: date


def list_old_drafts(*, saved_before: datetime, org_codes: Collection[str], limit: int) -> list[Outlived]:
    """Return drafts, returned and discarded ones never public, with text, last saved before a moment; oldest first."""
    rows = RecordState.objects.filter(
        state__in=[State.DRAFT, State.RETURNED, State.DISCARDED],
        release_count=0,
        saved_at__lt=saved_before,
        record__org_code__in=org_codes,
        record__latest_revision__isnull=False,
    )
    return [
        _outlived(state, state.saved_at)
        for state in rows.select_related("record").order_by("saved_at", "pk")[:limit]
    ]


def list_erasable_withdrawals(
    *, withdrawn_before: datetime, org_codes: Collection[str], limit: int
) -> list[Outlived]:
    """Return records withdrawn before a moment, for a reason that allows erasure, whose payload is still kept; oldest first."""
    reasons = [reason.id for reason in withdrawal_reasons() if reason.allows_erasure]
    kept = Release.objects.filter(kind="publish", stored_payload__isnull=False)
    rows = RecordState.objects.filter(
        state=State.WITHDRAWN,
        current_release__kind="withdraw",
        current_release__reason_code__in=reasons,
        current_release__published_at__lt=withdrawn_before,
        record__org_code__in=org_codes,
        record_id__in=kept.values("record_id"),
    )
    rows = rows.select_related("record", "current_release").order_by("current_release__published_at", "pk")
    return [
        _outlived(state, state.current_release.published_at)
        for state in rows[:limit]
        if state.current_release
    ]


def _outlived(state: RecordState, moment: datetime | None) -> Outlived:
    return Outlived(
        record_id=state.pk,
        org_code=state.record.org_code,
        number=state.index_number or f"信息 {state.pk}",
        since=office_day(moment) if moment else date.min,
    )
