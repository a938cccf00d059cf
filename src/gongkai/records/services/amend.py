"""Work on a new version of what is public, or give it up (修改); put a draft away for good (作废)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.records.core.errors import BadInput, StepRefused
from gongkai.records.core.info import RecordInfo
from gongkai.records.core.kinds import AMENDMENTS
from gongkai.records.core.office_time import office_day
from gongkai.records.facts import AmendmentDropped, AmendmentStarted, RecordDiscarded
from gongkai.records.models import Record
from gongkai.records.services.info import fresh_info
from gongkai.records.services.locking import actor_of, lock_state, owner_code, subject, take_step
from gongkai.records.services.permissions import ACTIONS, require


@transaction.atomic
def amend(*, record_id: int, change: str, note: str, user: Any, now: datetime) -> RecordInfo:
    """Open a released (or withdrawn) record for a new version; what is public stays until that is published.

    `change` is correction, amendment, validity or typo; `note` (up to 500 characters) is shown in the public history.
    Raises BadInput, StepRefused, organisations.api.NotPermitted.
    """
    if change not in AMENDMENTS:
        options = "、".join(AMENDMENTS)
        raise BadInput(
            code="change_unknown",
            message=f"没有变更类型“{change}”",
            where="变更类型",
            remedy=f"可选：{options}",
        )
    if not note.strip():
        raise BadInput(
            code="note_missing",
            message="没有写变更说明",
            where="变更说明",
            remedy="请写一句改了什么，会公开显示",
        )
    state = lock_state(record_id)
    today = office_day(now)
    hat = require(user=user, action=ACTIONS["amend"], org_code=owner_code(state.record), today=today)
    take_step(state, "amend")
    state.change, state.change_note = change, note.strip()[:500]
    state.version += 1
    state.editor, state.saved_at = user, now
    state.save()
    record_fact(
        AmendmentStarted(org=state.record.org_code, subject=subject(record_id), on=today, change=change),
        actor=actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of),
        now=now,
    )
    return fresh_info(record_id)


@transaction.atomic
def drop_amendment(*, record_id: int, user: Any, now: datetime) -> RecordInfo:
    """Give a new version up: what is public stays, what was withdrawn stays withdrawn."""
    state = lock_state(record_id)
    today = office_day(now)
    require(user=user, action=ACTIONS["drop_amendment"], org_code=owner_code(state.record), today=today)
    release = state.current_release
    if release is None:
        raise StepRefused(
            code="never_released",
            message="这条信息还没有发布过",
            where=str(state.record),
            remedy="不要的草稿请“作废”",
        )
    if release.kind == "publish":
        take_step(state, "drop_amendment")
        state.change, state.change_note = release.change, release.change_note
        state.submitted_revision, state.submitted_sha256 = release.revision_id, release.content_sha256
        Record.objects.filter(pk=record_id).update(
            latest_revision_id=release.revision_id, has_unpublished_changes=False
        )
    else:
        take_step(state, "drop_reopening")
    state.version += 1
    state.save()
    record_fact(
        AmendmentDropped(org=state.record.org_code, subject=subject(record_id), on=today),
        actor=actor_of(user),
        now=now,
    )
    return fresh_info(record_id)


@transaction.atomic
def discard(*, record_id: int, user: Any, now: datetime) -> RecordInfo:
    """Put a draft away that never went out; its index number, if it has one, is not given again."""
    state = lock_state(record_id)
    today = office_day(now)
    require(user=user, action=ACTIONS["discard"], org_code=owner_code(state.record), today=today)
    if state.release_count:
        raise StepRefused(
            code="was_released",
            message="这条信息发布过，不能作废",
            where=str(state.record),
            remedy="不改了请“放弃修改”，要撤下请“撤回”",
        )
    take_step(state, "discard")
    state.save()
    record_fact(
        RecordDiscarded(org=state.record.org_code, subject=subject(record_id), on=today),
        actor=actor_of(user),
        now=now,
    )
    return fresh_info(record_id)
