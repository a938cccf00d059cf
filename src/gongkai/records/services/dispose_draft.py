"""Dispose of a draft that never went out (处置未公开的草稿): put away for good, and what it said is erased."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.models import Revision

from gongkai.journal.api import entries, record_fact
from gongkai.records.core.errors import StepRefused
from gongkai.records.core.office_time import office_day
from gongkai.records.core.states import State
from gongkai.records.facts import DraftErased
from gongkai.records.models import Record, RecordState, StoredFile
from gongkai.records.services.amend import discard
from gongkai.records.services.erase import erase_files, erase_texts
from gongkai.records.services.locking import actor_of, lock_state, owner_code, subject
from gongkai.records.services.permissions import ACTIONS, require

_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


@transaction.atomic
def dispose_draft(*, record_id: int, user: Any, now: datetime) -> tuple[str, ...]:
    """Discard a draft unless it is already, erase its texts, versions, findings, and files nobody else uses.

    Returns the hashes of its files. The number, if it has one, is not given again; who drafted and discarded it stays in
    the facts. Raises StepRefused for anything that was public or is in review, organisations.api.NotPermitted.
    """
    state = lock_state(record_id)
    hat = require(
        user=user, action=ACTIONS["discard"], org_code=owner_code(state.record), today=office_day(now)
    )
    if state.state != State.DISCARDED:
        discard(record_id=record_id, user=user, now=now)
    elif state.release_count:
        raise StepRefused(
            code="was_released",
            message="这条信息发布过，不能作为草稿处置",
            where=str(state.record),
            remedy="要清除已撤下的内容，请用“清除内容”",
        )
    files = _files_of(state.record)
    erase_texts(state.record)
    erase_files(set(files), record_id, now)
    record_fact(
        DraftErased(org=state.record.org_code, subject=subject(record_id), on=office_day(now), files=files),
        actor=actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of),
        now=now,
    )
    return files


@transaction.atomic
def replay_disposals(*, now: datetime) -> int:
    """Erase again the drafts that a restore brought back: every disposal that the journal knows. Returns how many."""
    return sum(
        erase_draft_again(
            record_id=int(entry.subject.removeprefix("record:")), files=tuple(entry.body["files"]), now=now
        )
        for entry in entries(names=("records.DraftErased",))
    )


def erase_draft_again(*, record_id: int, files: tuple[str, ...], now: datetime) -> bool:
    """Erase a disposed draft that a restore brought back; False when nothing of it did. Changes no other record."""
    state = RecordState.objects.select_related("record").filter(pk=record_id, release_count=0).first()
    if state is None or not _has_text(state.record):
        return False
    erase_texts(state.record)
    erase_files(set(files), record_id, now)
    return True


def _has_text(record: Record) -> bool:
    return Revision.objects.for_instance(record).exists()


def _files_of(record: Record) -> tuple[str, ...]:
    """Return the hashes of every kept file that the draft or one of its versions names."""
    bodies = [str(record.body.get_prep_value())]
    bodies += [
        str(content.get("body", ""))
        for content in Revision.objects.for_instance(record).values_list("content", flat=True)
    ]
    named = {digest for body in bodies for digest in _DIGEST.findall(body)}
    return tuple(sorted(StoredFile.objects.filter(pk__in=named).values_list("pk", flat=True)))
