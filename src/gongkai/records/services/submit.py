"""Hand a draft in for review (送审)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.records.core.errors import FindingsOpen, StepRefused
from gongkai.records.core.info import RecordInfo
from gongkai.records.core.office_time import office_day
from gongkai.records.core.places import place_label
from gongkai.records.core.validity import ValidityLoop, successors
from gongkai.records.facts import RecordSubmitted
from gongkai.records.models import Record, RecordState, Submission
from gongkai.records.services.chain_choice import chain_of, require_authority, require_demands
from gongkai.records.services.checking import Concern, check_draft, standing
from gongkai.records.services.content import draft_of, newest
from gongkai.records.services.info import fresh_info
from gongkai.records.services.locking import actor_of, lock_state, owner_code, subject, take_step
from gongkai.records.services.numbering import give_number
from gongkai.records.services.permissions import ACTIONS, require
from gongkai.records.services.review_round import waits_as


def submit(
    *,
    record_id: int,
    user: Any,
    now: datetime,
    note: str = "",
    authority: str = "",
    authority_note: str = "",
) -> RecordInfo:
    """Give the record its index number, check it, and open a round of review bound to exactly this content.

    Records it refers to (解读、修改、相关) get their numbers too, so that the signed content can name them. A chain that lets
    something go out before its review asks on whose decision: `authority` is one of the chain's, `authority_note` says
    who decided and when (2 to 200 characters); other chains take none.

    Raises:
        BadInput: the record is not what its grade is for, or the authority is missing or unknown.
        FindingsOpen: something must be repaired or waived first; the findings are stored all the same.
        StepRefused: not a draft, or its validity chain is a circle.
        organisations.api.NotPermitted.
    """
    recheck(record_id=record_id, now=now)
    return _submit(record_id, user, now, note, authority, authority_note.strip())


@transaction.atomic
def recheck(*, record_id: int, now: datetime) -> list[Concern]:
    """Check the newest text and store what is found, so that a refused submission leaves its findings behind."""
    state = lock_state(record_id)
    return check_draft(draft_of(state), state, now=now)


@transaction.atomic
def _submit(
    record_id: int, user: Any, now: datetime, note: str, authority: str, authority_note: str
) -> RecordInfo:
    state = lock_state(record_id)
    record = newest(state.record)
    today = office_day(now)
    hat = require(user=user, action=ACTIONS["submit"], org_code=owner_code(record), today=today)
    take_step(state, "submit")
    _number_all(state, record, now)
    _check_chain(record)
    chain = chain_of(record, state, today)
    require_demands(chain, record, state)
    require_authority(chain, authority, authority_note)
    draft = draft_of(state, record)
    concerns = standing(check_draft(draft, state, now=now), "submit")
    if concerns:
        raise FindingsOpen(
            keys=tuple(concern.key for concern in concerns),
            message=f"检查发现 {len(concerns)} 处必须先处理："
            + "；".join(
                f"{place_label(c.finding.part)}，{c.finding.message or c.finding.suggestion}"
                for c in concerns[:3]
            ),
            where=str(record),
            remedy="请按提示修改，或由有权人说明理由后放行",
        )
    state.round += 1
    state.submitted_revision, state.submitted_sha256 = draft.revision_id, draft.sha256
    state.waits_for, state.waiting_since = waits_as(chain, chain.steps[0]), now
    state.save(
        update_fields=[
            "state", "round", "submitted_revision", "submitted_sha256", "waits_for", "waiting_since",
        ]
    )  # fmt: skip
    Submission.objects.create(
        record_id=record_id,
        round=state.round,
        chain_id=chain.id,
        chain_version=chain.version,
        revision_id=draft.revision_id,
        content_sha256=draft.sha256,
        user=user,
        note=note[:500],
        authority=authority,
        authority_note=authority_note,
        at=now,
    )
    record_fact(
        RecordSubmitted(
            org=record.org_code,
            subject=subject(record_id),
            on=today,
            round=state.round,
            chain=f"{chain.id}:{chain.version}",
            content_sha256=draft.sha256,
        ),
        actor=actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of),
        now=now,
    )
    return fresh_info(record_id)


def _number_all(state: RecordState, record: Record, now: datetime) -> None:
    linked = {*record.interprets, *record.related, record.amends, record.validity_by} - {None, record.pk}
    give_number(state, org_code=record.org_code, now=now)
    for other in (
        RecordState.objects.select_for_update()
        .filter(pk__in=linked, index_number__isnull=True)
        .order_by("pk")
    ):
        if other.state != "discarded":
            give_number(other, org_code=other.record.org_code, now=now)


def _check_chain(record: Record) -> None:
    if record.validity_by is None:
        return
    replaced = dict(
        Record.objects.filter(validity_by__isnull=False)
        .exclude(pk=record.pk)
        .values_list("pk", "validity_by")
    )
    try:
        successors(record.pk, {**replaced, record.pk: record.validity_by})
    except ValidityLoop as loop:
        raise StepRefused(
            code="validity_loop", message=str(loop), where=str(record), remedy="请核对“修改、废止它的文件”"
        ) from loop
