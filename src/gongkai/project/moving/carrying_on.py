"""Carrying a move on (后台续办): lists, signatures and releases for every record, in chunks; killed, it goes on where it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.journal.api import SYSTEM, record_fact
from gongkai.organisations import api as organisations
from gongkai.project.facts import MovePutForward, MoveReleased
from gongkai.project.moving.core.listing import list_digest
from gongkai.project.moving.core.problems import Problem
from gongkai.project.moving.models import MoveIn, MoveSignature, MoveState
from gongkai.project.moving.review import listed_of
from gongkai.project.moving.telling import chunks, tell_problems
from gongkai.records import api as records

AT_ONCE = 200
Clock = Callable[[], datetime]


def carry_on(*, move: MoveIn, clock: Clock) -> MoveIn:
    """Do what the acts so far ask for; doing it again, or at the same time elsewhere, changes nothing.

    `clock` gives the moment of each chunk: a release of thousands takes a while.
    """
    move = MoveIn.objects.get(pk=move.pk)
    if move.state == MoveState.RETURNING:
        _give_back(move, clock)
    elif move.state == MoveState.PUTTING_FORWARD:
        for chunk in chunks(listed_of(move), AT_ONCE):
            _hand_in(move, dict(chunk), clock())
        _ask_for_signatures(move, clock())
    move = MoveIn.objects.get(pk=move.pk)
    if move.state == MoveState.IN_REVIEW:
        _write_signatures(move, clock)
    move = MoveIn.objects.get(pk=move.pk)
    if move.state == MoveState.RELEASING:
        _release(move, clock)
    return MoveIn.objects.get(pk=move.pk)


def carry_on_all(*, clock: Clock) -> int:
    """Carry on every move that waits for it; return how many did."""
    done = 0
    for move in MoveIn.objects.exclude(state__in=[MoveState.STAGING, MoveState.STAGED, MoveState.RELEASED]):
        signed = move.signatures.filter(round=move.round, decision="signed").count()
        if move.state != MoveState.IN_REVIEW or signed > move.written_signatures:
            carry_on(move=move, clock=clock)
            done += 1
    return done


def _step(move: MoveIn, before: MoveState, after: MoveState, **values: Any) -> None:
    MoveIn.objects.filter(pk=move.pk, state=before).update(state=after, **values)


def _hand_in(move: MoveIn, listed: dict[int, str], now: datetime) -> None:
    """Hand in what is listed; what was changed in the meantime leaves the list, which nobody has seen yet."""
    try:
        records.submit_moved(listed=listed, user=move.put_by, now=now)
    except records.RecordError as error:
        if len(listed) > 1:
            for number, digest in listed.items():
                _hand_in(move, {number: digest}, now)
            return
        note = f"{error.message}；{error.remedy}"[:300]
        move.items.filter(record_id__in=listed).update(listed_sha256="", note=note)


@transaction.atomic
def _ask_for_signatures(move: MoveIn, now: datetime) -> None:
    listed = list(listed_of(move))
    digest = list_digest(listed)
    state = MoveState.IN_REVIEW if listed else MoveState.STAGED
    waiting = MoveIn.objects.filter(pk=move.pk, state=MoveState.PUTTING_FORWARD)
    if waiting.update(state=state, list_sha256=digest, listed_count=len(listed)) and listed:
        record_fact(
            MovePutForward(
                org=organisations.authority_of(code=move.org_code).code, subject=f"move:{move.pk}", on=records.office_day(now),
                round=move.round, list_sha256=digest, listed=len(listed),
            ),
            actor=organisations.actor(user=move.put_by, role=""),
            now=now,
        )  # fmt: skip


def _write_signatures(move: MoveIn, clock: Clock) -> None:
    steps = {step.name: step for step in records.batch_steps(now=clock())}
    signatures = list(move.signatures.filter(round=move.round, decision="signed"))
    for signature in signatures[move.written_signatures :]:
        for chunk in chunks(listed_of(move), AT_ONCE):
            records.sign_moved(
                listed=dict(chunk),
                step=steps[signature.step],
                user=signature.user,
                opinion=f"{signature.opinion}（清单 {signature.list_sha256[:12]}）".strip(),
                signed_at=signature.at,
                now=clock(),
            )
    MoveIn.objects.filter(pk=move.pk).update(written_signatures=len(signatures))
    if {signature.step for signature in signatures} == set(steps):
        _step(move, MoveState.IN_REVIEW, MoveState.RELEASING)


def _release(move: MoveIn, clock: Clock) -> None:
    """Publish what was signed, oldest first, each through the gate on its own; what the gate keeps back is told."""
    approver = _approver(move)
    order = move.items.exclude(listed_sha256="").order_by("published_at", "record_id")
    for ids in chunks(order.values_list("pk", "record_id").iterator(chunk_size=2000), AT_ONCE):
        states = records.states_of(record_ids=[int(number or 0) for _, number in ids])
        for item_id, number in ids:
            if states.get(int(number or 0)) == "approved":
                _release_one(move, item_id, int(number or 0), approver, clock())
    states = records.states_of(record_ids=[number for number, _ in listed_of(move)])
    released = sum(state in ("released", "withdrawn") for state in states.values())
    now = clock()
    with transaction.atomic():
        if not MoveIn.objects.filter(pk=move.pk, state=MoveState.RELEASING).update(
            state=MoveState.RELEASED, finished_at=now
        ):
            return
        record_fact(
            MoveReleased(
                org=organisations.authority_of(code=move.org_code).code, subject=f"move:{move.pk}", on=records.office_day(now),
                round=move.round, list_sha256=move.list_sha256, released=released, kept_back=len(states) - released,
            ),
            actor=SYSTEM,
            now=now,
        )  # fmt: skip


def _release_one(move: MoveIn, item_id: int, record_id: int, approver: MoveSignature, now: datetime) -> None:
    try:
        records.publish(record_id=record_id, user=approver.user, now=now)
    except (records.RecordError, organisations.OrganisationError) as error:
        if records.states_of(record_ids=[record_id]).get(record_id) != "approved":
            return
        note = f"{error.message}；{error.remedy}"
        move.items.filter(pk=item_id).update(note=note[:300])
        place = move.items.filter(pk=item_id).values_list("place", flat=True).first() or ""
        tell_problems(move, [Problem(place, "not_released", note[:300])])


def _approver(move: MoveIn) -> MoveSignature:
    return (
        move.signatures.filter(round=move.round, decision="signed").order_by("-pk").select_related("user")[0]
    )


def _give_back(move: MoveIn, clock: Clock) -> None:
    returned = move.signatures.filter(round=move.round, decision="returned").select_related("user")[0]
    for chunk in chunks(listed_of(move), AT_ONCE):
        states = records.states_of(record_ids=[number for number, _ in chunk])
        for number, _ in chunk:
            if states.get(number) in ("in_review", "approved"):
                records.send_back(record_id=number, user=returned.user, opinion=returned.opinion, now=clock())
    _step(move, MoveState.RETURNING, MoveState.STAGED)
