"""Return a draft with a comment (退回), and take it out of review again (收回)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.records.core.errors import BadInput, StepRefused
from gongkai.records.core.info import RecordInfo
from gongkai.records.core.office_time import office_day
from gongkai.records.facts import RecordSentBack, RecordTakenBack
from gongkai.records.models import RecordState, Review
from gongkai.records.services.info import fresh_info
from gongkai.records.services.locking import actor_of, lock_state, owner_code, subject, take_step
from gongkai.records.services.permissions import ACTIONS, require
from gongkai.records.services.review_round import author_ids, require_round

_CLOSED = ["state", "publish_at", "waits_for", "waiting_since"]


@transaction.atomic
def send_back(*, record_id: int, user: Any, opinion: str, now: datetime) -> RecordInfo:
    """Return the draft to its authors; the signatures of this round lapse.

    Raises BadInput without a comment, StepRefused outside review, organisations.api.NotPermitted.
    """
    state = lock_state(record_id)
    today = office_day(now)
    if not opinion.strip():
        raise BadInput(
            code="comment_missing", message="没有写退回意见", where="意见", remedy="请写明要改什么，再退回"
        )
    hat = require(user=user, action=ACTIONS["send_back"], org_code=owner_code(state.record), today=today)
    take_step(state, "send_back")
    turn = require_round(state)
    step = turn.step or turn.chain.first_steps[-1]
    review = Review.objects.create(
        record_id=record_id,
        round=state.round,
        kind=step.kinds[0],
        decision="returned",
        content_sha256=state.submitted_sha256,
        revision_id=state.submitted_revision,
        user=user,
        role=hat.role,
        on_behalf_of=hat.on_behalf_of,
        opinion=opinion[:1000],
        at=now,
    )
    close_round(state)
    record_fact(
        RecordSentBack(
            org=state.record.org_code,
            subject=subject(record_id),
            on=today,
            round=state.round,
            review_kind=review.kind,
            content_sha256=state.submitted_sha256,
            review_id=review.pk,
        ),
        actor=actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of),
        now=now,
    )
    return fresh_info(record_id)


@transaction.atomic
def take_back(*, record_id: int, user: Any, now: datetime) -> RecordInfo:
    """Take the draft out of review; only who wrote or submitted it may. The signatures of this round lapse."""
    state = lock_state(record_id)
    today = office_day(now)
    require(user=user, action=ACTIONS["take_back"], org_code=owner_code(state.record), today=today)
    take_step(state, "take_back")
    turn = require_round(state)
    if user.pk not in author_ids(state) | {turn.submission.user_id}:
        raise StepRefused(
            code="not_author",
            message="这条信息不是您起草或送审的，不能收回",
            where=str(state.record),
            remedy="请由起草人收回，或由审核人退回",
        )
    close_round(state)
    record_fact(
        RecordTakenBack(org=state.record.org_code, subject=subject(record_id), on=today, round=state.round),
        actor=actor_of(user),
        now=now,
    )
    return fresh_info(record_id)


def close_round(state: RecordState) -> None:
    """Save a state that has left review: no moment set, nobody waited for."""
    state.publish_at, state.waits_for, state.waiting_since = None, "", None
    state.save(update_fields=_CLOSED)
