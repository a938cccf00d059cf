"""Take a published record down (撤回): one person may, a second one looks at it afterwards."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.organisations import api as organisations
from gongkai.records.core.canonical import canonical_text, digest
from gongkai.records.core.errors import BadInput, SeparationBroken, StepRefused
from gongkai.records.core.fact_values import as_code, as_codes
from gongkai.records.core.info import ReleaseInfo
from gongkai.records.core.office_time import office_day, office_time
from gongkai.records.core.payload import Named, tombstone
from gongkai.records.core.withdrawal import WithdrawalReason, withdrawal_reason
from gongkai.records.facts import RecordWithdrawn, WithdrawalReviewed
from gongkai.records.models import Record, RecordState, Release, ReleasePayload, WithdrawalReview
from gongkai.records.services.info import release_info
from gongkai.records.services.locking import actor_of, lock_state, owner_code, subject, take_step
from gongkai.records.services.permissions import ACTIONS, require
from gongkai.records.services.pins import end_pins_of


@transaction.atomic
def withdraw(
    *,
    record_id: int,
    reason_code: str,
    note: str,
    replaced_by: str | None,
    user: Any,
    now: datetime,
    emergency: bool = True,
) -> ReleaseInfo:
    """Write a release of kind withdraw; the public sees a tombstone with the coded reason.

    `note` stays inside; `replaced_by` is the index number of a live record of the house, or None.

    Raises BadInput for an unknown reason or replacement, StepRefused when the record is not public,
    organisations.api.NotPermitted.
    """
    state = lock_state(record_id)
    today = office_day(now)
    hat = require(user=user, action=ACTIONS["withdraw"], org_code=owner_code(state.record), today=today)
    current = _live_release(state)
    reason = _reason(reason_code)
    _check_replacement(replaced_by, state)
    take_step(state, "withdraw")
    last = json.loads(current.stored_payload.text)
    org = organisations.get_organisation(code=current.org_code)
    payload = tombstone(
        last=last,
        reason_code=reason.id,
        reason=reason.public_text,
        withdrawn_at=office_time(now),
        by=Named(org.code, org.name),
        replaced_by=replaced_by,
    )
    release = Release.objects.create(
        record_id=record_id,
        org_code=current.org_code,
        kind="withdraw",
        sequence=state.release_count + 1,
        sha256=digest(payload),
        reason_code=reason.id,
        note=note.strip()[:500],
        emergency=emergency,
        published_at=now,
        published_by=user,
    )
    ReleasePayload.objects.create(release=release, text=canonical_text(payload))
    _move_state(state, release, now)
    record_fact(
        RecordWithdrawn(
            org=current.org_code,
            subject=subject(record_id),
            on=today,
            release_id=release.pk,
            release_sha256=release.sha256,
            sequence=release.sequence,
            index_number=as_code(last["index_number"]),
            reason=reason.id,
            catalogue=as_codes(item["code"] for item in last["catalogue"]),
            columns=as_codes(last["columns"]),
            topics=as_codes(last["topics"]),
            emergency=emergency,
        ),
        actor=actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of),
        now=now,
    )
    return release_info(release)


@transaction.atomic
def review_withdrawal(*, release_id: int, upheld: bool, opinion: str, user: Any, now: datetime) -> None:
    """Say afterwards whether a withdrawal was right; never the person who withdrew.

    A withdrawal that is not upheld changes nothing by itself: the record goes out again through review.
    """
    release = Release.objects.filter(pk=release_id, kind="withdraw").first()
    if release is None:
        raise BadInput(
            code="not_withdrawal", message="没有这次撤回", where=f"发布件 {release_id}", remedy="请刷新列表"
        )
    state = lock_state(release.record_id)
    today = office_day(now)
    hat = require(
        user=user, action=ACTIONS["review_withdrawal"], org_code=owner_code(state.record), today=today
    )
    take_step(state, "review_withdrawal")
    if user.pk == release.published_by_id or hat.on_behalf_of == release.published_by_id:
        raise SeparationBroken(
            code="own_withdrawal",
            message="撤回是您做的，不能自己复核",
            where=str(state.record),
            remedy="请由另一位有权人复核",
        )
    if not opinion.strip():
        raise BadInput(code="comment_missing", message="没有写复核意见", where="意见", remedy="请写明意见")
    _, made = WithdrawalReview.objects.get_or_create(
        release=release,
        defaults={"user": user, "upheld": upheld, "opinion": opinion.strip()[:500], "at": now},
    )
    if not made:
        raise StepRefused(
            code="already_reviewed",
            message="这次撤回已经复核过",
            where=str(state.record),
            remedy="请刷新列表",
        )
    record_fact(
        WithdrawalReviewed(
            org=release.org_code,
            subject=subject(release.record_id),
            on=today,
            release_id=release.pk,
            upheld=upheld,
        ),
        actor=actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of),
        now=now,
    )


def _live_release(state: RecordState) -> Release:
    current = state.current_release
    if current is None or current.kind != "publish":
        raise StepRefused(
            code="not_live",
            message="这条信息现在没有公开，不用撤回",
            where=str(state.record),
            remedy="不要的草稿请“作废”",
        )
    return current


def _reason(code: str) -> WithdrawalReason:
    try:
        return withdrawal_reason(code)
    except LookupError as error:
        raise BadInput(
            code="reason_unknown", message=str(error), where="撤回原因", remedy="请从清单中选择"
        ) from error


def _check_replacement(number: str | None, state: RecordState) -> None:
    if number is None:
        return
    found = RecordState.objects.filter(index_number=number, record__live=True).exclude(pk=state.pk)
    if not found.exists():
        raise BadInput(
            code="replacement_unknown",
            message=f"没有索引号为“{number}”的公开信息",
            where="代替它的信息",
            remedy="请核对索引号，或留空",
        )


def _move_state(state: RecordState, release: Release, now: datetime) -> None:
    state.current_release = release
    state.release_count = release.sequence
    state.released_at, state.publish_at, state.waits_for, state.waiting_since = now, None, "", None
    state.save()
    Record.objects.filter(pk=state.record_id).update(has_unpublished_changes=True, live_revision=None)
    end_pins_of(state.record_id, reason="withdrawn", user=release.published_by, now=now)
