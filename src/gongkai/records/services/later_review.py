"""Review after an emergency release (事后补审): what went out first is signed afterwards, for exactly what went out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.records.core.chains import Step
from gongkai.records.core.errors import BadInput, ContentChanged, SeparationBroken, StepRefused
from gongkai.records.core.office_time import office_day
from gongkai.records.core.separation import refuse_signer
from gongkai.records.facts import LaterReviewClosed, LaterReviewOpened, RecordSigned
from gongkai.records.models import LaterReview, LaterState, RecordState, Release, Review
from gongkai.records.services.locking import actor_of, lock_state, owner_code, subject, take_step
from gongkai.records.services.permissions import Hat, persons, require_role
from gongkai.records.services.review_round import Round, author_ids, round_of, waits_as

_SAID = {
    "author": ("这次发布的文字您参与起草，不能补审", "请由没有参与起草的人补审"),
    "signed_other_step": ("您在这一轮已经签过另一道审查", "每人在一轮里只能签一道，请由他人补审"),
}


def open_later_review(state: RecordState, release: Release, *, now: datetime) -> None:
    """Open the review that a release owes when its chain let it go out first; called inside `publish`."""
    turn = round_of(state.record_id, release.round)
    if turn is None or turn.later_step is None:
        return
    LaterReview.objects.create(
        release=release,
        record_id=state.record_id,
        owner_code=state.owner_code or release.org_code,
        authority=turn.submission.authority,
        authority_note=turn.submission.authority_note,
        waits_for=waits_as(turn.chain, turn.later_step),
        opened_at=now,
        since=now,
    )
    record_fact(
        LaterReviewOpened(
            org=release.org_code,
            subject=subject(state.record_id),
            on=office_day(now),
            release_id=release.pk,
            authority=turn.submission.authority,
        ),
        actor=actor_of(None),
        now=now,
    )


def supersede(release: Release, *, now: datetime) -> None:
    """Close what earlier releases of the record still owe: a release signed in full before it went out replaced them.

    A release that itself went out first, or a typo that one person signed, closes nothing; the earlier one is reviewed all the same.
    """
    turn = round_of(release.record_id, release.round)
    if turn is None or turn.chain.later_steps or turn.chain.is_light:
        return
    owed = LaterReview.objects.filter(
        record_id=release.record_id, state__in=(LaterState.OPEN, LaterState.REFUSED)
    ).select_related("release")
    for later in owed:
        _close(later, LaterState.SUPERSEDED, actor=actor_of(None), now=now)


@transaction.atomic
def sign_later(
    *, release_id: int, kind: str, content_sha256: str, user: Any, opinion: str, now: datetime
) -> None:
    """Sign one kind of the later review of a release, for the content with this hash: the one that went out.

    Raises:
        ContentChanged: the hash is not that of the release.
        SeparationBroken: the user, or the person they replace, wrote the text or signed another step of the round.
        StepRefused: nothing is owed, not this step's turn, or no post for it.
        organisations.api.NotPermitted.
    """
    later, state, turn, step = _open(release_id, "sign_later")
    if content_sha256 != later.release.content_sha256:
        raise ContentChanged(
            code="content_changed",
            message="您看到的内容不是发布出去的内容，补审没有生效",
            where=str(later.record),
            remedy="请重新打开补审页，看过发布的内容再签",
        )
    if kind not in step.kinds or kind in turn.signed_kinds:
        raise StepRefused(
            code="not_this_turn",
            message="这一道不在等待补审",
            where=str(later.record),
            remedy=f"现在等待：{step.label}",
        )
    hat = _require_signer(later, state, turn, step, user, now, action=f"sign_{kind}")
    review = _keep(later, state, kind, "signed", user, hat, opinion, now)
    actor = actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of)
    record_fact(
        RecordSigned(
            org=later.release.org_code,
            subject=subject(later.record_id),
            on=office_day(now),
            round=later.release.round,
            review_kind=kind,
            content_sha256=later.release.content_sha256,
            review_id=review.pk,
        ),
        actor=actor,
        now=now,
    )
    following = round_of(later.record_id, later.release.round)
    if following is None or following.later_step is None:
        _close(later, LaterState.UPHELD, actor=actor, now=now)
    elif following.later_step != step:
        later.waits_for, later.since = waits_as(following.chain, following.later_step), now
        later.save(update_fields=["waits_for", "since"])


@transaction.atomic
def refuse_later(*, release_id: int, user: Any, opinion: str, now: datetime) -> None:
    """Say that what went out first should not have: it must be corrected or withdrawn, and shows red until it is.

    Raises BadInput without an opinion, else as `sign_later`.
    """
    if not opinion.strip():
        raise BadInput(
            code="comment_missing",
            message="没有写补审意见",
            where="意见",
            remedy="请写明哪里不妥，应更正还是撤回",
        )
    later, state, turn, step = _open(release_id, "refuse_later")
    hat = _require_signer(later, state, turn, step, user, now, action=f"sign_{step.kinds[0]}")
    _keep(later, state, step.kinds[0], "returned", user, hat, opinion, now)
    actor = actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of)
    _close(later, LaterState.REFUSED, actor=actor, now=now)


def _open(release_id: int, verb: str) -> tuple[LaterReview, RecordState, Round, Step]:
    found = LaterReview.objects.filter(pk=release_id).values_list("record_id", flat=True).first()
    if found is None:
        raise StepRefused(
            code="nothing_owed",
            message="这次发布不欠事后补审",
            where=f"发布件 {release_id}",
            remedy="请刷新列表",
        )
    state = lock_state(found)
    take_step(state, verb)
    later = LaterReview.objects.select_related("release", "record").get(pk=release_id)
    turn = round_of(later.record_id, later.release.round)
    step = turn.later_step if turn else None
    if later.state != LaterState.OPEN or turn is None or step is None:
        raise StepRefused(
            code="later_review_closed",
            message=f"这次补审已经办结：{LaterState(later.state).label}",
            where=str(later.record),
            remedy="请刷新列表",
        )
    return later, state, turn, step


def _require_signer(
    later: LaterReview,
    state: RecordState,
    turn: Round,
    step: Step,
    user: Any,
    now: datetime,
    *,
    action: str,
) -> Hat:
    today = office_day(now)
    hat = require_role(
        user=user, action=action, roles=step.roles, org_code=owner_code(later.record), today=today
    )
    refusal = refuse_signer(
        persons=persons(user=user, on_behalf_of=hat.on_behalf_of, today=today),
        authors=author_ids(state, epoch=later.release.sequence - 1) | {turn.submission.user_id},
        signed_at=turn.persons_by_step(),
        step_name=step.name,
    )
    if refusal is not None:
        message, remedy = _SAID[refusal]
        raise SeparationBroken(
            code=f"separation_{refusal}", message=message, where=str(later.record), remedy=remedy
        )
    return hat


def _keep(
    later: LaterReview,
    state: RecordState,
    kind: str,
    decision: str,
    user: Any,
    hat: Hat,
    opinion: str,
    now: datetime,
) -> Review:
    return Review.objects.create(
        record_id=state.record_id,
        round=later.release.round,
        kind=kind,
        decision=decision,
        content_sha256=later.release.content_sha256,
        revision_id=later.release.revision_id,
        user=user,
        role=hat.role,
        on_behalf_of=hat.on_behalf_of,
        opinion=opinion[:1000],
        at=now,
    )


def _close(later: LaterReview, outcome: LaterState, *, actor: Any, now: datetime) -> None:
    later.state, later.closed_at, later.waits_for = outcome, now, ""
    later.save(update_fields=["state", "closed_at", "waits_for"])
    record_fact(
        LaterReviewClosed(
            org=later.release.org_code,
            subject=subject(later.record_id),
            on=office_day(now),
            release_id=later.release_id,
            outcome=outcome.value,
        ),
        actor=actor,
        now=now,
    )
