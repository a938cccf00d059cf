"""Taking hold of a record for one act: the state row is locked first, always."""

from __future__ import annotations

from typing import Any

from gongkai.journal.api import SYSTEM, Actor
from gongkai.kernel.machine import NotAllowed, Transition, step
from gongkai.organisations import api as organisations
from gongkai.records.core.errors import NotFound, StepRefused
from gongkai.records.core.states import LABELS, TABLE, VERB_LABELS
from gongkai.records.models import Record, RecordState

#: verbs that make sense only for a record that went out once
_AFTER_RELEASE = frozenset(
    {
        "withdraw",
        "review_withdrawal",
        "sign_later",
        "refuse_later",
        "drop_amendment",
        "drop_reopening",
        "erase",
    }
)


def lock_state(record_id: int) -> RecordState:
    """Lock and return the state of a record, inside the caller's transaction. Raises NotFound."""
    return _found(RecordState.objects.select_for_update().filter(record_id=record_id).first(), record_id)


def get_state(record_id: int) -> RecordState:
    """Return the state of a record with its row, for reading. Raises NotFound."""
    return _found(RecordState.objects.select_related("record").filter(record_id=record_id).first(), record_id)


def _found(state: RecordState | None, record_id: int) -> RecordState:
    if state is None:
        raise NotFound(
            code="record_unknown",
            message="没有这条信息",
            where=f"信息 {record_id}",
            remedy="请从列表中重新选择",
        )
    return state


def take_step(state: RecordState, verb: str) -> Transition:
    """Return the transition of a verb and set the state in memory. Raises StepRefused with what is allowed instead."""
    try:
        transition = step(table=TABLE, state=state.state, verb=verb)
    except NotAllowed as refused:
        silent = {"check", "complete", *(() if state.release_count else _AFTER_RELEASE)}
        allowed = "、".join(VERB_LABELS[verb] for verb in refused.allowed if verb not in silent) or "没有"
        raise StepRefused(
            code="step_refused",
            message=f"这条信息{LABELS[state.state]}，不能“{VERB_LABELS[verb]}”",
            where=f"信息 {state.record_id}",
            remedy=f"现在可以做的：{allowed}",
        ) from refused
    state.state = transition.lands_in(state.state)
    return transition


def actor_of(user: Any, *, role: str = "", on_behalf_of: int | None = None) -> Actor:
    """Return who acts; no user stands for the system."""
    if user is None:
        return SYSTEM
    return organisations.actor(user=user, role=role, on_behalf_of=on_behalf_of)


def owner_code(record: Record) -> str:
    """Return the organisation whose people handle the record: its section, else its publisher (责任单位)."""
    return str(record.section_code or record.org_code)


def subject(record_id: int) -> str:
    """Return how facts name a record."""
    return f"record:{record_id}"
