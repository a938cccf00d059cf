"""Close a record that is not for the public (不予公开办结), look at it again in time, open it when it may go out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.kernel.calendar import load_calendar
from gongkai.records.core.errors import BadInput, SeparationBroken, StepRefused
from gongkai.records.core.info import RecordInfo
from gongkai.records.core.kinds import DISCLOSURE
from gongkai.records.core.office_time import office_day
from gongkai.records.core.withholding import Ground, ground_of, next_assessment
from gongkai.records.facts import RecordWithheld, WithholdingAssessed
from gongkai.records.models import RecordState, Withholding, WithholdingDecision
from gongkai.records.services.content import Draft, draft_of
from gongkai.records.services.info import fresh_info
from gongkai.records.services.locking import actor_of, lock_state, owner_code, subject, take_step
from gongkai.records.services.permissions import ACTIONS, Hat, persons, require
from gongkai.records.services.review_round import author_ids

_REASON_MIN = 2


@transaction.atomic
def withhold(
    *,
    record_id: int,
    ground: str,
    reason: str,
    public_words: str,
    content_sha256: str,
    user: Any,
    now: datetime,
) -> RecordInfo:
    """Decide that a draft is not published, and close it until it must be looked at again.

    The drafter marked it 不予公开 or 依申请公开; somebody who did not write it and may publish decides, for exactly the
    content with this hash. `public_words` (up to 200 characters, may be empty) is what may be told of it in public.

    Raises:
        BadInput: unknown ground, ground of the other attribute, no reason, changed content, state secrets.
        StepRefused: the record is marked for publication, was public before, or is not a draft.
        SeparationBroken: the decider wrote the text.
        organisations.api.NotPermitted.
    """
    state = lock_state(record_id)
    draft, chosen = draft_of(state), _ground(ground)
    hat = _decider(state, "withhold", user, now)
    _require_marked(draft, chosen)
    if state.release_count:
        raise StepRefused(
            code="was_released",
            message="这条信息发布过，不能这样办结",
            where=str(draft.record),
            remedy="要撤下请用“撤回”",
        )
    _require_shown(draft, content_sha256)
    row = _decide(state, draft, chosen, WithholdingDecision.WITHHELD, reason, public_words, user, hat, now)
    take_step(state, "withhold")
    state.reassess_date = row.next_date
    state.save(update_fields=["state", "reassess_date"])
    record_fact(
        RecordWithheld(
            org=draft.record.org_code,
            subject=subject(record_id),
            on=office_day(now),
            decision_id=row.pk,
            ground=chosen.id,
            attribute=chosen.attribute,
            content_sha256=draft.sha256,
            next_date=row.next_date,
        ),
        actor=actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of),
        now=now,
    )
    return fresh_info(record_id)


@transaction.atomic
def assess_withheld(
    *, record_id: int, opened: bool, reason: str, user: Any, now: datetime, ground: str = ""
) -> RecordInfo:
    """Look again at something withheld (定期评估): keep it so for another term, or open it for publication.

    An opened record is a draft again and goes through review like any other. `ground` changes the ground when given.
    Raises BadInput, StepRefused, SeparationBroken, organisations.api.NotPermitted.
    """
    state = lock_state(record_id)
    last = Withholding.objects.filter(record_id=record_id).last()
    hat = _decider(state, "open_withheld" if opened else "keep_withheld", user, now)
    take_step(state, "open_withheld" if opened else "keep_withheld")
    if last is None:
        raise StepRefused(
            code="never_withheld",
            message="没有不予公开的决定",
            where=str(state.record),
            remedy="请刷新页面",
        )
    draft, chosen = draft_of(state), _ground(ground or last.ground)
    decision = WithholdingDecision.OPENED if opened else WithholdingDecision.KEPT
    row = _decide(state, draft, chosen, decision, reason, last.public_words, user, hat, now)
    state.reassess_date = row.next_date
    state.save(update_fields=["state", "reassess_date"])
    record_fact(
        WithholdingAssessed(
            org=draft.record.org_code,
            subject=subject(record_id),
            on=office_day(now),
            decision_id=row.pk,
            decision=decision.value,
            ground=chosen.id,
            next_date=row.next_date,
        ),
        actor=actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of),
        now=now,
    )
    return fresh_info(record_id)


def _decider(state: RecordState, verb: str, user: Any, now: datetime) -> Hat:
    today = office_day(now)
    hat = require(user=user, action=ACTIONS[verb], org_code=owner_code(state.record), today=today)
    if persons(user=user, on_behalf_of=hat.on_behalf_of, today=today) & author_ids(state):
        raise SeparationBroken(
            code="separation_author",
            message="您保存过这一稿，不能自己决定不公开",
            where=str(state.record),
            remedy="请由没有参与起草的有权人决定",
        )
    return hat


def _ground(ground_id: str) -> Ground:
    try:
        ground = ground_of(ground_id)
    except LookupError as error:
        raise BadInput(
            code="ground_unknown", message=str(error), where="理由", remedy="请从清单中选择"
        ) from error
    if not ground.in_system:
        raise BadInput(
            code="ground_not_here",
            message="涉密内容不得录入、留存在本系统",
            where="理由",
            remedy="请停止操作，立即报告保密机构，由其在场处置",
        )
    return ground


def _require_marked(draft: Draft, ground: Ground) -> None:
    marked = draft.record.disclosure
    if marked == "active":
        raise StepRefused(
            code="marked_active",
            message="这条信息的公开属性是“主动公开”",
            where=str(draft.record),
            remedy="确需不公开的，请退回起草人改公开属性并写明理由",
        )
    if marked != ground.attribute:
        raise BadInput(
            code="ground_of_other_attribute",
            message=f"公开属性为“{DISCLOSURE[marked]}”，与所选理由不一致",
            where="理由",
            remedy="请另选理由，或请起草人改公开属性",
        )


def _require_shown(draft: Draft, content_sha256: str) -> None:
    if draft.sha256 != content_sha256:
        raise BadInput(
            code="content_changed",
            message="您看到的内容与现在的内容不一致，决定没有生效",
            where=str(draft.record),
            remedy="请看过最新内容再决定",
        )


def _decide(
    state: RecordState,
    draft: Draft,
    ground: Ground,
    decision: WithholdingDecision,
    reason: str,
    public_words: str,
    user: Any,
    hat: Hat,
    now: datetime,
) -> Withholding:
    if len(reason.strip()) < _REASON_MIN:
        raise BadInput(
            code="reason_missing", message="没有写具体说明", where="具体说明", remedy="请写明为什么"
        )
    opened = decision is WithholdingDecision.OPENED
    return Withholding.objects.create(
        record_id=state.record_id,
        sequence=Withholding.objects.filter(record_id=state.record_id).count() + 1,
        decision=decision,
        ground=ground.id,
        reason=reason.strip()[:500],
        public_words=public_words.strip()[:200],
        content_sha256=draft.sha256,
        user=user,
        role=hat.role,
        on_behalf_of=hat.on_behalf_of,
        at=now,
        next_date=None
        if opened
        else next_assessment(ground, decided=office_day(now), calendar=load_calendar()),
    )
