"""Sign one kind of review (签署): for exactly the content that was shown, by someone who did not write it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.records.core.chains import REVIEW_LABELS, Step
from gongkai.records.core.errors import ContentChanged, FindingsOpen, SeparationBroken, StepRefused
from gongkai.records.core.info import RecordInfo
from gongkai.records.core.office_time import office_day
from gongkai.records.core.separation import refuse_signer
from gongkai.records.facts import RecordApproved, RecordSigned
from gongkai.records.models import RecordState, Review
from gongkai.records.services.checking import check_draft, standing
from gongkai.records.services.content import Draft, draft_of
from gongkai.records.services.info import fresh_info
from gongkai.records.services.locking import actor_of, lock_state, owner_code, subject, take_step
from gongkai.records.services.permissions import persons, require_role
from gongkai.records.services.review_round import Round, author_ids, require_round, waits_as

_SAID = {
    "author": ("您保存过这一稿，不能审签自己的文字", "请由没有参与起草的人签署"),
    "signed_other_step": ("您在这一轮已经签过另一道审查", "每人在一轮里只能签一道，请由他人签署"),
}


@transaction.atomic
def sign(
    *, record_id: int, kind: str, content_sha256: str, user: Any, opinion: str, now: datetime
) -> RecordInfo:
    """Sign one kind of review for the content with this hash; the last signature completes the chain.

    Raises:
        ContentChanged: the record does not hold the content that was shown.
        SeparationBroken: the user, or the person they replace, wrote the text or signed another step.
        FindingsOpen: findings that need a decision before publication, at the last step.
        StepRefused: not in review, not this step's turn, already signed, or no post for it.
        organisations.api.NotPermitted.
    """
    state = lock_state(record_id)
    take_step(state, "sign")
    draft = draft_of(state)
    today = office_day(now)
    _require_same(state, draft, content_sha256)
    turn, step = _turn(state, kind)
    hat = require_role(
        user=user, action=f"sign_{kind}", roles=step.roles, org_code=owner_code(draft.record), today=today
    )
    _require_separate(state, turn, step, persons(user=user, on_behalf_of=hat.on_behalf_of, today=today))
    if set(turn.chain.kinds_before) == turn.signed_kinds | {kind}:
        _require_settled(draft, state, now)
    review = Review.objects.create(
        record_id=record_id,
        round=state.round,
        kind=kind,
        decision="signed",
        content_sha256=draft.sha256,
        revision_id=draft.revision_id,
        user=user,
        role=hat.role,
        on_behalf_of=hat.on_behalf_of,
        opinion=opinion[:1000],
        at=now,
    )
    actor = actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of)
    place = {"org": draft.record.org_code, "subject": subject(record_id), "on": today}
    record_fact(
        RecordSigned(
            **place, round=state.round, review_kind=kind, content_sha256=draft.sha256, review_id=review.pk
        ),
        actor=actor,
        now=now,
    )
    following = require_round(state)
    if following.step is None:
        take_step(state, "complete")
        record_fact(
            RecordApproved(**place, round=state.round, content_sha256=draft.sha256), actor=actor, now=now
        )
    state.waits_for = waits_as(following.chain, following.step) if following.step else f"{turn.chain.id}:"
    if following.step != step:
        state.waiting_since = now
    state.save(update_fields=["state", "waits_for", "waiting_since"])
    return fresh_info(record_id)


def _require_same(state: RecordState, draft: Draft, content_sha256: str) -> None:
    unchanged = draft.sha256 == content_sha256 == state.submitted_sha256
    if not unchanged or draft.revision_id != state.submitted_revision:
        raise ContentChanged(
            code="content_changed",
            message="您看到的内容与现在的内容不一致，签署没有生效",
            where=str(draft.record),
            remedy="请重新打开审查页看过最新内容再签；若名称、目录等有变动，请退回后重新送审",
        )


def _turn(state: RecordState, kind: str) -> tuple[Round, Step]:
    turn = require_round(state)
    if turn.chain.step_of(kind) is None:
        raise StepRefused(
            code="review_kind_unknown",
            message=f"这条信息的审查流程里没有“{REVIEW_LABELS.get(kind, kind)}”",
            where=f"信息 {state.record_id}",
            remedy="请刷新页面，按显示的步骤办理",
        )
    if kind in turn.signed_kinds:
        raise StepRefused(
            code="already_signed",
            message=f"“{REVIEW_LABELS[kind]}”已经签过",
            where=f"信息 {state.record_id}",
            remedy="请刷新页面",
        )
    step = turn.step
    if step is None or kind not in step.kinds:
        waiting = "、".join(REVIEW_LABELS[k] for k in step.kinds) if step else "发布"
        raise StepRefused(
            code="not_this_turn",
            message=f"还没有轮到“{REVIEW_LABELS[kind]}”",
            where=f"信息 {state.record_id}",
            remedy=f"请先完成：{waiting}",
        )
    return turn, step


def _require_separate(state: RecordState, turn: Round, step: Step, acting: frozenset[int]) -> None:
    refusal = refuse_signer(
        persons=acting,
        authors=author_ids(state) | {turn.submission.user_id},
        signed_at=turn.persons_by_step(),
        step_name=step.name,
    )
    if refusal is not None:
        message, remedy = _SAID[refusal]
        raise SeparationBroken(
            code=f"separation_{refusal}", message=message, where=f"信息 {state.record_id}", remedy=remedy
        )


def _require_settled(draft: Draft, state: RecordState, now: datetime) -> None:
    waiting = standing(check_draft(draft, state, now=now), "publish")
    if waiting:
        raise FindingsOpen(
            keys=tuple(concern.key for concern in waiting),
            message=f"还有 {len(waiting)} 处检查发现没有处理",
            where=str(draft.record),
            remedy="请逐处判断：要改的退回修改，不必改的由有权人说明理由后放行",
        )
