"""What waits, for whom, since when and until when (待办): read from states and chains, lights computed when asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import F, Q

from gongkai.kernel.calendar import WorkCalendar, load_calendar
from gongkai.organisations import api as organisations
from gongkai.records.core.chains import Chain, Step, chains
from gongkai.records.core.info import WaitingInfo
from gongkai.records.core.office_time import OFFICE_ZONE, office_day
from gongkai.records.core.states import LABELS, State
from gongkai.records.core.step_clock import StepClock, read_clock
from gongkai.records.models import LaterReview, LaterState, RecordState
from gongkai.records.selectors_due import due_condition, due_words


def deciders() -> frozenset[str]:
    """Return the roles that publish what is signed, and decide on what is withheld."""
    return organisations.role_book().able("record", "publish")


def drafters() -> frozenset[str]:
    """Return the roles that are reminded of validity that ends: they may begin an amendment."""
    return organisations.role_book().able("record", "amend")


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A stop that waits: whose roles, what it is called, its clock (None where the calendar does not reach)."""

    record_id: int
    owner_code: str
    key: str
    label: str
    roles: tuple[str, ...]
    clock: StepClock | None
    day_light: str = ""

    @property
    def light(self) -> str:
        """Return late, near or fine, empty where nothing tells."""
        return self.clock.light.value if self.clock else self.day_light

    @property
    def text(self) -> str:
        """Return the stop with what is left of its time."""
        return f"{self.label}，{self.clock.left_text}" if self.clock else self.label


def step_named(waits_for: str) -> tuple[Chain, Step] | None:
    """Return the chain and stop of `chain:stop`, the newest version of the chain; None when no such stop is left."""
    chain_id, _, name = waits_for.partition(":")
    for chain in reversed(chains()):
        step = next((step for step in chain.steps if step.name == name), None)
        if chain.id == chain_id and step is not None:
            return chain, step
    return None


def open_step_of(
    state: RecordState, *, now: datetime, calendar: WorkCalendar | None = None
) -> OpenStep | None:
    """Return the stop that a record in review or ready for publication waits for."""
    return _opened(
        record_id=state.record_id,
        owner_code=state.owner_code,
        state=str(state.state),
        round_number=state.round,
        waits_for=state.waits_for,
        since=state.waiting_since,
        now=now,
        calendar=calendar or load_calendar(),
    )


def later_step_of(
    later: LaterReview, *, now: datetime, calendar: WorkCalendar | None = None
) -> OpenStep | None:
    """Return the stop that a later review waits for, None when it is closed."""
    found = step_named(later.waits_for) if later.state == LaterState.OPEN else None
    if found is None:
        return None
    _, step = found
    return OpenStep(
        record_id=later.record_id,
        owner_code=later.owner_code,
        key=f"later:{later.release_id}:{step.name}",
        label=f"事后补审：{step.label}",
        roles=step.roles,
        clock=read_clock(
            rule_id=step.clock, since=later.since, now=now, calendar=calendar or load_calendar()
        ),
    )


def own_steps(*, user: Any, today: date) -> list[str]:
    """Return the steps of chains, as `chain:step`, that one of the person's roles signs."""
    roles = _roles(user, today)
    return sorted({f"{chain.id}:{s.name}" for chain in chains() for s in chain.steps if roles & set(s.roles)})


def _roles(user: Any, today: date) -> set[str]:
    return {post.role for post in organisations.roles_of(user=user, today=today)}


def waiting_for(*, user: Any, today: date) -> Q:
    """Return the condition for what waits for this person's roles: steps of review, later reviews, publication, returned drafts."""
    roles = _roles(user, today)
    names = own_steps(user=user, today=today)
    condition = Q(state=State.IN_REVIEW, waits_for__in=names)
    condition |= due_condition(roles, today, deciders=deciders(), drafters=drafters())
    if roles & deciders():
        condition |= Q(state=State.APPROVED)
        refused = LaterReview.objects.filter(state=LaterState.REFUSED, record__live=True)
        condition |= Q(pk__in=refused.values("record_id"))
    owed = LaterReview.objects.filter(state=LaterState.OPEN, waits_for__in=names)
    return condition | Q(pk__in=owed.values("record_id")) | Q(state=State.RETURNED, editor=user)


def list_waiting(
    *, user: Any, org_codes: Collection[str], today: date, limit: int
) -> tuple[int, list[WaitingInfo]]:
    """Return how many records wait for this person (等我办的) and the first of them, those due soonest in front."""
    rows = RecordState.objects.filter(waiting_for(user=user, today=today), owner_code__in=org_codes)
    first = rows.order_by(F("due_date").asc(nulls_last=True), "saved_at", "pk")
    found = list(first.select_related("record")[:limit])
    moment = datetime.combine(today, time(12), OFFICE_ZONE)
    steps = open_steps(found, now=moment)
    return rows.count(), [
        WaitingInfo(
            record_id=state.pk,
            title=state.record.title,
            step=steps[state.pk].text if state.pk in steps else LABELS[state.state],
            due_date=state.due_date if state.release_count == 0 else None,
            light=steps[state.pk].light if state.pk in steps else "",
        )
        for state in found
    ]


def open_steps(states: Iterable[RecordState], *, now: datetime) -> dict[int, OpenStep]:
    """Return the stop that each of these records waits for, later reviews before all; one query for those."""
    rows, calendar, today = list(states), load_calendar(), office_day(now)
    found = {}
    for state in rows:
        step = open_step_of(state, now=now, calendar=calendar) or _due_step(state, today)
        if step is not None:
            found[state.pk] = step
    owed = LaterReview.objects.filter(record_id__in=[s.pk for s in rows], state=LaterState.OPEN)
    for later in owed.order_by("-release_id"):
        step = later_step_of(later, now=now, calendar=calendar)
        if step is not None:
            found[later.record_id] = step
    return found


def _due_step(state: RecordState, today: date) -> OpenStep | None:
    told = due_words(state, today)
    if told is None:
        return None
    words, shown = told
    day = state.reassess_date or state.record.expires_date
    return OpenStep(
        record_id=state.record_id,
        owner_code=state.owner_code,
        key=f"due:{state.record_id}:{day}",
        label=words,
        roles=tuple(sorted(drafters() if state.state == State.RELEASED else deciders())),
        clock=None,
        day_light=shown,
    )


def due_steps(org_codes: Collection[str], today: date) -> list[OpenStep]:
    """Return everything of these organisations that comes due by itself, for notices."""
    everybody = deciders() | drafters()
    condition = due_condition(everybody, today, deciders=deciders(), drafters=drafters())
    rows = RecordState.objects.filter(condition, owner_code__in=org_codes).select_related("record")
    return [step for state in rows.iterator(chunk_size=500) if (step := _due_step(state, today))]


def _opened(
    *,
    record_id: int,
    owner_code: str,
    state: str,
    round_number: int,
    waits_for: str,
    since: datetime | None,
    now: datetime,
    calendar: WorkCalendar,
) -> OpenStep | None:
    if since is None or state not in (State.IN_REVIEW, State.APPROVED):
        return None
    if state == State.APPROVED:
        chain_id = waits_for.partition(":")[0]
        label, roles, rule_id, name = (
            LABELS[state],
            tuple(sorted(deciders())),
            _publish_clock(chain_id),
            "publish",
        )
    else:
        found = step_named(waits_for)
        if found is None:
            return None
        _, step = found
        label, roles, rule_id, name = step.label, step.roles, step.clock, step.name
    return OpenStep(
        record_id=record_id,
        owner_code=owner_code,
        key=f"record:{record_id}:{round_number}:{name}",
        label=label,
        roles=roles,
        clock=read_clock(rule_id=rule_id, since=since, now=now, calendar=calendar),
    )


def _publish_clock(chain_id: str) -> str:
    return next(
        (chain.publish_clock for chain in chains() if chain.id == chain_id), chains()[0].publish_clock
    )
