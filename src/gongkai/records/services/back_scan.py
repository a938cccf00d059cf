"""Looking again at what is public, under today's rules (发布后回查)."""

from __future__ import annotations

from datetime import datetime

from gongkai.records.models import GuardRun, RecordState
from gongkai.records.services.checking import check_draft, rule_version
from gongkai.records.services.content import draft_of


def back_scan(*, now: datetime, limit: int | None = None) -> int:
    """Check the current text of live records not yet checked under these rules; return how many were checked.

    Findings are stored like those of drafts; the desk lists live records with findings that stand in the way.
    """
    version = rule_version()
    done = GuardRun.objects.filter(rule_version=version).values("record_id")
    waiting = RecordState.objects.filter(state="released", current_release__kind="publish").exclude(
        pk__in=done
    )
    count = 0
    for record_id in list(waiting.order_by("pk").values_list("pk", flat=True)[:limit]):
        state = RecordState.objects.get(pk=record_id)
        check_draft(draft_of(state), state, now=now)
        count += 1
    return count
