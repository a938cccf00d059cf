"""Plan the interpretation of a policy (制定解读方案), or decide that it needs none (决定不配发解读)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.records.core.canonical import digest
from gongkai.records.core.errors import BadInput, SeparationBroken, StepRefused
from gongkai.records.core.info import RecordInfo
from gongkai.records.core.interpretation import (
    Plan,
    asks_for_interpretation,
    checked_plan,
    exceptions,
    kinds_with_plan,
)
from gongkai.records.core.office_time import office_day
from gongkai.records.facts import InterpretationExempted, InterpretationPlanned
from gongkai.records.models import InterpretationExemption, RecordState
from gongkai.records.services.content import draft_of, newest
from gongkai.records.services.info import fresh_info
from gongkai.records.services.locking import actor_of, get_state, lock_state, owner_code, subject, take_step
from gongkai.records.services.permissions import ACTIONS, persons, require
from gongkai.records.services.review_round import author_ids
from gongkai.records.services.save_draft import Saved, save_draft

_REASON_MIN = 2


@transaction.atomic
def plan_interpretation(
    *, record_id: int, plan: Mapping[str, Any], version: int, user: Any, now: datetime
) -> Saved:
    """Save the interpretation plan with the draft of its policy; it is signed together with the text.

    `plan` holds outline, forms (ids), channels, interpreter_post (id), interpreter, planned_date (date or ISO text) and
    drafter; parts may be missing until the policy is handed in, and nothing at all takes the plan away. `version` is the one the caller read: a draft that was
    saved in between is kept apart, as with any text.

    Raises BadInput, organisations.api.NotPermitted, NotFound.
    """
    record = newest(get_state(record_id).record)
    if record.kind not in kinds_with_plan():
        raise BadInput(
            code="plan_needless",
            message="只有政策文件写解读方案",
            where=str(record),
            remedy="请先核对信息类别",
        )
    wanted = checked_plan(plan)
    record.interpretation_plan = wanted.as_json() if wanted != Plan() else None
    saved = save_draft(record=record, version=version, user=user, now=now)
    if not saved.kept_apart:
        record_fact(
            InterpretationPlanned(
                org=record.org_code,
                subject=subject(record_id),
                on=office_day(now),
                plan_sha256=digest(record.interpretation_plan),
                forms=wanted.forms,
                post=wanted.interpreter_post or None,
                planned_on=wanted.planned_date,
            ),
            actor=actor_of(user),
            now=now,
        )
    return saved


@transaction.atomic
def exempt_interpretation(
    *, record_id: int, ground: str, reason: str, content_sha256: str, user: Any, now: datetime
) -> RecordInfo:
    """Decide that a policy goes to review without an interpretation plan, for exactly the content with this hash.

    The decision is signed with the text: taking it changes what later signatures are bound to. A plan outweighs it.

    Raises:
        BadInput: unknown ground, no reason, other content than shown.
        StepRefused: not a draft, nothing asks for a plan, or there is one.
        SeparationBroken: the decider wrote the text.
        organisations.api.NotPermitted.
    """
    state, today = lock_state(record_id), office_day(now)
    code = owner_code(state.record)
    hat = require(user=user, action=ACTIONS["exempt_interpretation"], org_code=code, today=today)
    if persons(user=user, on_behalf_of=hat.on_behalf_of, today=today) & author_ids(state):
        raise SeparationBroken(
            code="separation_author",
            message="您保存过这一稿，不能自己决定不配发解读",
            where=str(state.record),
            remedy="请由没有参与起草的有权人决定",
        )
    take_step(state, "exempt_interpretation")
    draft = draft_of(state)
    _require_asked(state, draft.record, today)
    if ground not in {one.id for one in exceptions()}:
        options = "、".join(one.name for one in exceptions())
        raise BadInput(
            code="ground_unknown", message="没有这个理由", where="不配发解读的理由", remedy=f"可选：{options}"
        )
    if len(reason.strip()) < _REASON_MIN:
        raise BadInput(
            code="reason_missing", message="没有写具体说明", where="具体说明", remedy="请写明为什么"
        )
    if draft.sha256 != content_sha256:
        raise BadInput(
            code="content_changed",
            message="您看到的内容与现在的内容不一致，决定没有生效",
            where=str(draft.record),
            remedy="请看过最新内容再决定",
        )
    row = InterpretationExemption.objects.create(
        record_id=record_id,
        sequence=InterpretationExemption.objects.filter(record_id=record_id).count() + 1,
        ground=ground,
        reason=reason.strip()[:500],
        content_sha256=draft.sha256,
        user=user,
        role=hat.role,
        on_behalf_of=hat.on_behalf_of,
        at=now,
    )
    record_fact(
        InterpretationExempted(
            org=draft.record.org_code,
            subject=subject(record_id),
            on=today,
            decision_id=row.pk,
            ground=ground,
            content_sha256=draft.sha256,
        ),
        actor=actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of),
        now=now,
    )
    return fresh_info(record_id)


def _require_asked(state: RecordState, record: Any, today: Any) -> None:
    asked = asks_for_interpretation(
        kind=record.kind, genre=record.genre, grade=record.grade, migrated=bool(record.migrated), on=today
    )
    if asked is None or state.change not in asked.changes:
        raise StepRefused(
            code="plan_not_asked",
            message="这条信息不要求解读方案，不必作这个决定",
            where=str(record),
            remedy="可以直接送审",
        )
    if record.interpretation_plan:
        raise StepRefused(
            code="plan_present",
            message="这条信息已有解读方案",
            where=str(record),
            remedy="按方案解读；确不解读的，请起草人先删去方案",
        )
