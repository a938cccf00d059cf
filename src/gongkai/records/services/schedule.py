"""Publish at a set moment (定时发布): the moment is ours, not Wagtail's, and the gate is the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.records.core.errors import BadInput, RecordError
from gongkai.records.core.info import RecordInfo
from gongkai.records.core.office_time import office_day
from gongkai.records.facts import RecordScheduled, RecordUnscheduled
from gongkai.records.models import RecordState
from gongkai.records.services.gate import pass_gate
from gongkai.records.services.info import fresh_info
from gongkai.records.services.locking import actor_of, lock_state, owner_code, subject, take_step
from gongkai.records.services.permissions import ACTIONS, require
from gongkai.records.services.publish import publish


@transaction.atomic
def schedule(*, record_id: int, publish_at: datetime, user: Any, now: datetime) -> RecordInfo:
    """Set the moment at which an approved record goes out. Raises BadInput for a moment that has passed."""
    if publish_at.tzinfo is None or publish_at <= now:
        raise BadInput(
            code="moment_passed",
            message="定时发布的时间已经过去",
            where="定时发布",
            remedy="请选将来的时间，或直接发布",
        )
    state = lock_state(record_id)
    today = office_day(now)
    hat = require(user=user, action=ACTIONS["schedule"], org_code=owner_code(state.record), today=today)
    take_step(state, "schedule")
    draft = pass_gate(state, now=now)
    state.publish_at = publish_at
    state.save(update_fields=["state", "publish_at"])
    record_fact(
        RecordScheduled(
            org=draft.record.org_code,
            subject=subject(record_id),
            on=today,
            publish_at=publish_at,
            content_sha256=draft.sha256,
        ),
        actor=actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of),
        now=now,
    )
    return fresh_info(record_id)


@transaction.atomic
def unschedule(*, record_id: int, user: Any, now: datetime, reason: str = "person") -> RecordInfo:
    """Give the set moment up; the record stays approved. `user` None is the scheduler that met a closed gate."""
    state = lock_state(record_id)
    today = office_day(now)
    if user is not None:
        require(user=user, action=ACTIONS["unschedule"], org_code=owner_code(state.record), today=today)
    take_step(state, "unschedule")
    state.publish_at = None
    state.save(update_fields=["state", "publish_at"])
    record_fact(
        RecordUnscheduled(org=state.record.org_code, subject=subject(record_id), on=today, reason=reason),
        actor=actor_of(user),
        now=now,
    )
    return fresh_info(record_id)


def publish_due(*, now: datetime) -> Iterator[tuple[int, RecordError | None]]:
    """Publish everything whose moment has come; yield record id and None, or why the gate stayed closed.

    A record that cannot go out loses its moment and waits as approved, so that the desk shows it.
    """
    waiting = RecordState.objects.filter(state="scheduled", publish_at__lte=now).order_by("publish_at", "pk")
    for record_id in list(waiting.values_list("pk", flat=True)):
        try:
            publish(record_id=record_id, user=None, now=now)
        except RecordError as error:
            unschedule(record_id=record_id, user=None, now=now, reason="gate")
            yield record_id, error
        else:
            yield record_id, None
