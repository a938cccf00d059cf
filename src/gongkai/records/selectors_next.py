"""What a person may sign next (下一件): one item at a time, each opened before it is signed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gongkai.kernel.calendar import load_calendar
from gongkai.organisations import api as organisations
from gongkai.records.core.chains import Step
from gongkai.records.core.office_time import OFFICE_ZONE
from gongkai.records.core.separation import refuse_signer
from gongkai.records.core.states import State
from gongkai.records.models import LaterReview, LaterState, RecordState
from gongkai.records.selectors_waiting import OpenStep, later_step_of, open_step_of, own_steps
from gongkai.records.services.permissions import holds, persons
from gongkai.records.services.review_round import Round, author_ids, round_of

_LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class ToSign:
    """One item that a person may sign now; `release_id` is given for a later review."""

    record_id: int
    title: str
    step: OpenStep
    release_id: int | None = None


def list_to_sign(*, user: Any, org_codes: Collection[str], today: date, now: datetime) -> list[ToSign]:
    """Return what the person may sign now, what runs out first in front; at most 40 that wait for their roles are looked at.

    Left out is what they wrote, and rounds in which they signed another step: nobody is sent to a page that refuses them.
    """
    names = own_steps(user=user, today=today)
    found = [*_in_review(names, org_codes, user, today, now), *_owed(names, org_codes, user, today, now)]
    open_ended = datetime.max.replace(tzinfo=OFFICE_ZONE)
    found.sort(key=lambda item: (item.step.clock.ends_at if item.step.clock else open_ended, item.record_id))
    return found


def may_sign_step(*, user: Any, step: Step, org_code: str, today: date) -> bool:
    """Tell whether the person has the post and every right that a step asks for."""
    return holds(user=user, roles=step.roles, org_code=org_code, today=today) and all(
        organisations.may(user=user, action=f"sign_{kind}", kind="record", org_code=org_code, today=today)
        for kind in step.kinds
    )


def _in_review(
    names: list[str], org_codes: Collection[str], user: Any, today: date, now: datetime
) -> Iterator[ToSign]:
    rows = RecordState.objects.filter(
        state=State.IN_REVIEW, waits_for__in=names, owner_code__in=org_codes
    ).select_related("record")
    calendar = load_calendar()
    for state in rows.order_by("waiting_since", "pk")[:_LOOKED_AT]:
        turn = round_of(state.record_id, state.round)
        step, shown = turn.step if turn else None, open_step_of(state, now=now, calendar=calendar)
        if turn is None or step is None or shown is None:
            continue
        wrote = author_ids(state) | {turn.submission.user_id}
        if _free(turn, step, wrote, user, state.owner_code, today):
            yield ToSign(state.record_id, str(state.record.title), shown)


def _owed(
    names: list[str], org_codes: Collection[str], user: Any, today: date, now: datetime
) -> Iterator[ToSign]:
    rows = LaterReview.objects.filter(
        state=LaterState.OPEN, waits_for__in=names, owner_code__in=org_codes
    ).select_related("release", "record__status")
    calendar = load_calendar()
    for later in rows.order_by("since", "pk")[:_LOOKED_AT]:
        turn = round_of(later.record_id, later.release.round)
        step, shown = turn.later_step if turn else None, later_step_of(later, now=now, calendar=calendar)
        if turn is None or step is None or shown is None:
            continue
        wrote = author_ids(later.record.status, epoch=later.release.sequence - 1) | {turn.submission.user_id}
        if _free(turn, step, wrote, user, later.owner_code, today):
            yield ToSign(later.record_id, str(later.record.title), shown, later.pk)


def _free(turn: Round, step: Step, wrote: frozenset[int], user: Any, org_code: str, today: date) -> bool:
    refused = refuse_signer(
        persons=persons(user=user, on_behalf_of=None, today=today),
        authors=wrote,
        signed_at=turn.persons_by_step(),
        step_name=step.name,
    )
    return refused is None and may_sign_step(user=user, step=step, org_code=org_code, today=today)
