"""Review of what moves in (迁移批次审签): submitted and signed by the list, every record bound to its own content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.journal.api import record_facts
from gongkai.journal.facts import Fact
from gongkai.records.core.chains import batch_chain
from gongkai.records.core.errors import ContentChanged, SeparationBroken
from gongkai.records.core.office_time import office_day
from gongkai.records.core.states import State
from gongkai.records.facts import RecordApproved, RecordSigned, RecordSubmitted
from gongkai.records.models import Author, RecordState, Review, Submission
from gongkai.records.services.chain_choice import require_demands
from gongkai.records.services.content import RememberedNames, draft_of, newest
from gongkai.records.services.locking import actor_of, owner_code, subject, take_step
from gongkai.records.services.permissions import ACTIONS, Hat, persons, require, require_role


@dataclass(frozen=True, slots=True)
class BatchStep:
    """A step of the chain of what moves in: its kinds are signed by one person of one of `roles`."""

    name: str
    label: str
    kinds: tuple[str, ...]
    roles: tuple[str, ...]


def batch_steps(*, now: datetime) -> tuple[BatchStep, ...]:
    """Return the steps of the chain in force, in order."""
    chain = batch_chain(on=office_day(now))
    return tuple(BatchStep(s.name, s.label, tuple(s.kinds), s.roles) for s in chain.first_steps)


def require_batch_signer(*, user: Any, step: BatchStep, org_code: str, now: datetime) -> Hat:
    """Return the role somebody signs a step in at an organisation. Raises NotPermitted, StepRefused."""
    today = office_day(now)
    hats = [
        require_role(user=user, action=f"sign_{kind}", roles=step.roles, org_code=org_code, today=today)
        for kind in step.kinds
    ]
    if "approval" in step.kinds:
        require(user=user, action=ACTIONS["publish"], org_code=org_code, today=today)
    return hats[0]


@transaction.atomic
def submit_moved(*, listed: Mapping[int, str], user: Any, now: datetime) -> int:
    """Open a round of the batch chain for drafts that hold exactly the listed content (record → SHA-256); return how many.

    Records that are no drafts any more are left alone. Raises ContentChanged, BadInput (not moved in), NotPermitted.
    """
    chain, today, names = batch_chain(on=office_day(now)), office_day(now), RememberedNames()
    hats: dict[str, Hat] = {}
    facts: list[Fact] = []
    rows: list[Submission] = []
    states = _locked(listed, (State.DRAFT, State.RETURNED))
    for state in states:
        record = newest(state.record)
        require_demands(chain, record, state)
        place = owner_code(record)
        if place not in hats:
            hats[place] = require(user=user, action=ACTIONS["submit"], org_code=place, today=today)
        draft = draft_of(state, record, names)
        if draft.sha256 != listed[state.pk]:
            raise _changed(state)
        take_step(state, "submit")
        state.round += 1
        state.submitted_revision, state.submitted_sha256 = draft.revision_id, draft.sha256
        rows.append(
            Submission(
                record_id=state.pk, round=state.round, chain_id=chain.id, chain_version=chain.version,
                revision_id=draft.revision_id, content_sha256=draft.sha256, user=user, at=now,
            )
        )  # fmt: skip
        facts.append(
            RecordSubmitted(
                org=record.org_code, subject=subject(state.pk), on=today, round=state.round,
                chain=f"{chain.id}:{chain.version}", content_sha256=draft.sha256,
            )
        )  # fmt: skip
    RecordState.objects.bulk_update(states, ["state", "round", "submitted_revision", "submitted_sha256"])
    Submission.objects.bulk_create(rows)
    hat = next(iter(hats.values()), Hat(""))
    record_facts(facts, actor=actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of), now=now)
    return len(states)


@transaction.atomic
def sign_moved(
    *, listed: Mapping[int, str], step: BatchStep, user: Any, opinion: str, signed_at: datetime, now: datetime
) -> int:
    """Write one person's signature of a step for listed records in review that lack it; return how many.

    `signed_at` is the moment at which the list was signed, which the rights are asked for. Raises ContentChanged,
    SeparationBroken, StepRefused, NotPermitted.
    """
    today = office_day(now)
    states = _locked(listed, (State.IN_REVIEW,))
    done = _signed_kinds(states)
    states = [state for state in states if not set(step.kinds) & done.get(state.pk, set())]
    hats: dict[str, Hat] = {}
    reviews: list[Review] = []
    _require_separate(states, user, signed_at)
    for state in states:
        place = owner_code(state.record)
        if place not in hats:
            hats[place] = require_batch_signer(user=user, step=step, org_code=place, now=signed_at)
        if not state.submitted_sha256 == listed[state.pk]:
            raise _changed(state)
        reviews += [
            Review(
                record_id=state.pk, round=state.round, kind=kind, decision="signed", content_sha256=state.submitted_sha256,
                revision_id=state.submitted_revision, user=user, role=hats[place].role,
                on_behalf_of=hats[place].on_behalf_of, opinion=opinion[:1000], at=signed_at,
            )
            for kind in step.kinds
        ]  # fmt: skip
    written = Review.objects.bulk_create(reviews, batch_size=1000)
    wanted = {kind for one in batch_steps(now=now) for kind in one.kinds}
    by_id = {state.pk: state for state in states}
    facts: list[Fact] = []
    for review in written:
        state = by_id[review.record_id]
        place_of = {
            "org": state.record.org_code,
            "subject": subject(state.pk),
            "on": today,
            "round": state.round,
        }
        facts.append(
            RecordSigned(
                **place_of, review_kind=review.kind, content_sha256=review.content_sha256, review_id=review.pk
            )
        )
        kinds = done.setdefault(state.pk, set())
        kinds.add(review.kind)
        if kinds >= wanted and state.state == State.IN_REVIEW:
            take_step(state, "complete")
            facts.append(RecordApproved(**place_of, content_sha256=review.content_sha256))
    RecordState.objects.bulk_update(states, ["state"])
    hat = next(iter(hats.values()), Hat(""))
    record_facts(facts, actor=actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of), now=now)
    return len(states)


def require_separate_from(*, record_ids: Sequence[int], user: Any, now: datetime) -> None:
    """Raise SeparationBroken when the user, or somebody they stand in for, wrote, submitted or signed one of these records."""
    _require_separate(list(RecordState.objects.filter(pk__in=record_ids)), user, now)


def _require_separate(states: Sequence[RecordState], user: Any, at: datetime) -> None:
    acting = persons(user=user, on_behalf_of=None, today=office_day(at))
    rounds = {state.pk: (state.round, state.release_count) for state in states}
    involved = [
        (number, user_id, other)
        for number, epoch, user_id, other in Author.objects.filter(record_id__in=rounds).values_list(
            "record_id", "epoch", "user_id", "on_behalf_of"
        )
        if epoch == rounds[number][1]
    ]
    involved += [
        (number, user_id, None)
        for number, turn, user_id in Submission.objects.filter(record_id__in=rounds).values_list(
            "record_id", "round", "user_id"
        )
        if turn == rounds[number][0]
    ]
    involved += [
        (number, user_id, other)
        for number, turn, user_id, other in Review.objects.filter(
            record_id__in=rounds, decision="signed"
        ).values_list("record_id", "round", "user_id", "on_behalf_of")
        if turn == rounds[number][0]
    ]
    for number, user_id, other in involved:
        if {user_id, other} & acting:
            raise SeparationBroken(
                code="separation_moved_in",
                message="您导入、提请或已经签过这一批里的信息，不能再签",
                where=f"信息 {number}",
                remedy="请由没有经手的人签署；每人在一轮里只能签一道",
            )


def _locked(listed: Mapping[int, str], states: Sequence[State]) -> list[RecordState]:
    return list(
        RecordState.objects.select_for_update(of=("self",))
        .select_related("record__latest_revision")
        .filter(pk__in=listed, state__in=states)
        .order_by("pk")
    )


def _signed_kinds(states: Sequence[RecordState]) -> dict[int, set[str]]:
    rounds = {state.pk: state.round for state in states}
    done: dict[int, set[str]] = {}
    rows = Review.objects.filter(record_id__in=rounds, decision="signed")
    for number, turn, kind in rows.values_list("record_id", "round", "kind"):
        if turn == rounds[number]:
            done.setdefault(number, set()).add(kind)
    return done


def _changed(state: RecordState) -> ContentChanged:
    return ContentChanged(
        code="content_changed",
        message="清单里的这一条已经不是列入清单时的内容",
        where=str(state.record),
        remedy="请重新生成清单再提请审签",
    )
