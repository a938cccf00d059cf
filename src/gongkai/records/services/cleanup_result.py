"""From decisions to public pages (清理结果): the notice, and each change of validity through its own review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.journal import api as journal
from gongkai.records.core.cleanup import decision_rule
from gongkai.records.core.info import RecordInfo
from gongkai.records.core.office_time import office_day
from gongkai.records.core.states import State
from gongkai.records.facts import CleanupAnnounced, CleanupDrafted
from gongkai.records.models import CleanupRound, RecordState, Release
from gongkai.records.services.amend import amend
from gongkai.records.services.cleanup import lock_round, round_subject, take_round_step
from gongkai.records.services.cleanup_list import changed_items, expected_blocks
from gongkai.records.services.content import newest
from gongkai.records.services.create_draft import create_draft
from gongkai.records.services.edit_draft import edit_draft
from gongkai.records.services.info import fresh_info
from gongkai.records.services.locking import actor_of
from gongkai.records.services.permissions import require


@dataclass(frozen=True, slots=True)
class Prepared:
    """What became of the documents whose validity changes: drafts made now, in work before, and busy with another change."""

    made: tuple[int, ...]
    already: tuple[int, ...]
    busy: tuple[int, ...]


@transaction.atomic
def draft_cleanup_result(*, round_id: int, user: Any, now: datetime) -> RecordInfo:
    """Make the draft of the public notice from the decisions; asked again, return the draft that is there.

    It goes through review like any record, and the gate refuses it when its tables are not the decisions.
    Raises StepRefused before every document is decided, organisations.api.NotPermitted.
    """
    turn = lock_round(round_id)
    today = office_day(now)
    hat = require(user=user, action="publish", org_code=turn.org_code, today=today)
    if turn.result_id and turn.state == "drafted":
        if RecordState.objects.get(pk=turn.result_id).state != State.DISCARDED:
            return fresh_info(turn.result_id)
        turn.state, turn.result = "decided", None
    take_round_step(turn, "draft_result")
    made = create_draft(
        org_code=turn.org_code,
        catalogue_codes=(),
        title=f"{turn.title}结果",
        blocks=expected_blocks(turn),
        metadata={"kind": "notice", "formed_date": today},
        user=user,
        now=now,
        origin="cleanup",
    )
    turn.result_id = made.id
    turn.save(update_fields=["state", "result"])
    journal.record_fact(
        CleanupDrafted(
            org=turn.org_code, subject=round_subject(turn.pk), on=today, round_id=turn.pk, record_id=made.id
        ),
        actor=actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of),
        now=now,
    )
    return made


@transaction.atomic
def prepare_validity(*, round_id: int, user: Any, now: datetime) -> Prepared:
    """Begin, for each document whose validity changes, a new version that says so and names the result as its source.

    Each goes through the short review on its own; none can go out before the result is public. Asked again, only what is
    missing is begun. Raises StepRefused before the result is drafted, organisations.api.NotPermitted.
    """
    turn = lock_round(round_id)
    require(user=user, action="publish", org_code=turn.org_code, today=office_day(now))
    take_round_step(turn, "prepare")
    made, already, busy = [], [], []
    for item, wanted, source in changed_items(turn):
        state = RecordState.objects.select_related("record").get(pk=item.record_id)
        if _says(state, wanted, source):
            already.append(item.record_id)
        elif state.state != State.RELEASED:
            busy.append(item.record_id)
        else:
            note = f"{turn.title}：{decision_rule(item.decision).name}"
            opened = amend(record_id=item.record_id, change="validity", note=note, user=user, now=now)
            changes = {
                "validity_state": wanted[0],
                "validity_note": wanted[1],
                "validity_by": source,
                "grade": "minor",
            }
            edit_draft(record_id=opened.id, version=opened.version, changes=changes, user=user, now=now)
            made.append(item.record_id)
    return Prepared(tuple(made), tuple(already), tuple(busy))


def announce_cleanup(state: RecordState, release: Release, *, now: datetime) -> None:
    """Note that the result of a round is public; called inside `publish`."""
    turn = CleanupRound.objects.select_for_update().filter(result_id=state.record_id, state="drafted").first()
    if turn is None:
        return
    take_round_step(turn, "announce")
    turn.announced_at = now
    turn.save(update_fields=["state", "announced_at"])
    journal.record_fact(
        CleanupAnnounced(
            org=turn.org_code,
            subject=round_subject(turn.pk),
            on=office_day(now),
            round_id=turn.pk,
            release_id=release.pk,
        ),
        actor=actor_of(None),
        now=now,
    )


def _says(state: RecordState, wanted: tuple[str, str], source: int | None) -> bool:
    record = newest(state.record)
    return (record.validity_state, record.validity_note, record.validity_by) == (*wanted, source)
