"""Policies and their interpretations (政策与解读配对): planned, due, late, published; and how much was copied."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from gongkai.kernel.calendar import CalendarUnknown, WorkCalendar, load_calendar
from gongkai.kernel.clocks import ClockNotInForce, Deadline, clock, due
from gongkai.records.core.interpretation import (
    Stage,
    asks_for_interpretation,
    kinds_with_plan,
    plan_from,
    stage_light,
    stage_of,
)
from gongkai.records.core.office_time import office_day
from gongkai.records.core.overlap import Overlap, measure, overlap_rule
from gongkai.records.core.reading import body_lines
from gongkai.records.core.states import OPEN_STATES, State
from gongkai.records.models import (
    InterpretationExemption,
    Record,
    RecordLink,
    RecordState,
    ReleasePayload,
)
from gongkai.records.services.content import draft_of
from gongkai.records.services.due import INTERPRET_RULE

SHOWN = 500
_GONE = (State.DISCARDED, State.WITHHELD, State.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Material:
    """An interpretation of a policy; `released` is its first day in public, None while it is being made."""

    record_id: int
    title: str
    released: date | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A policy and what interprets it. Days are working days: `left` until the last day (negative after it), `taken` to publish."""

    record_id: int
    title: str
    number: str
    stage: Stage
    light: str
    planned: date | None
    released: date | None
    due: date | None
    provisional: bool
    left: int | None
    taken: int | None
    materials: tuple[Material, ...]

    @property
    def days_over(self) -> int:
        """Return how many working days the last day, or the planned one, is past."""
        return max(0, -(self.left or 0))


@dataclass(frozen=True, slots=True)
class Copied:
    """How much of an interpretation stands in one of its policies word for word."""

    record_id: int
    title: str
    overlap: Overlap
    light: str


def pairs(*, org_codes: Collection[str], today: date, stage: str = "") -> list[Pair]:
    """Return the policies of these organisations that ask for an interpretation, newest first, at most 500."""
    states = list(
        RecordState.objects.filter(
            owner_code__in=org_codes, record__kind__in=kinds_with_plan(), record__migrated__isnull=True
        )
        .exclude(state__in=_GONE)
        .select_related("record")
        .order_by("-pk")[:SHOWN]
    )
    states = [state for state in states if _asked(state, today)]
    numbers = [state.pk for state in states]
    materials = _materials(numbers)
    exempt = set(
        InterpretationExemption.objects.filter(record_id__in=numbers).values_list("record_id", flat=True)
    )
    calendar = load_calendar()
    rows = [
        _pair(state, materials[state.pk], exempt=state.pk in exempt, today=today, calendar=calendar)
        for state in states
    ]
    return [row for row in rows if not stage or row.stage == stage]


def pair_counts(rows: Collection[Pair]) -> dict[Stage, int]:
    """Return how many pairs stand at each stage."""
    return {stage: sum(row.stage is stage for row in rows) for stage in Stage}


def overlaps_of(state: RecordState, payload: Mapping[str, Any], policies: Collection[int]) -> list[Copied]:
    """Return how much of an interpretation's text stands in each policy it names, as the policies read now."""
    rule, text = overlap_rule(), _prose(payload)
    found = []
    rows = RecordState.objects.filter(pk__in=policies).exclude(pk=state.pk).select_related("record")
    for policy in rows.order_by("pk"):
        original = _text_of(policy)
        overlap = measure(original=_prose(original), text=text, run_length=rule.run_length)
        found.append(Copied(policy.pk, original["title"] or "（无标题）", overlap, overlap.light(rule)))
    return found


def _text_of(state: RecordState) -> dict[str, Any]:
    """Return what is public of a policy, or its draft while nothing is."""
    release_id = state.current_release_id if state.record.live else None
    stored = ReleasePayload.objects.filter(pk=release_id).first() if release_id else None
    if stored is None:
        return draft_of(state).payload
    found: dict[str, Any] = json.loads(stored.text)
    return found


def _prose(payload: Mapping[str, Any]) -> str:
    """Return the text of the body; tables and the names of files are no sentences."""
    return "\n".join(
        line.text
        for line in body_lines(payload)
        if line.rows is None and not line.part.startswith("attachment:")
    )


def _asked(state: RecordState, today: date) -> bool:
    record = state.record
    asked = asks_for_interpretation(
        kind=record.kind, genre=record.genre, grade="", migrated=bool(record.migrated), on=today
    )
    return asked is not None and record.grade != "relayed"


def _materials(policies: Collection[int]) -> dict[int, list[Material]]:
    """Return by policy what interprets it: what is public by its link, what is being made by its draft."""
    found: dict[int, list[Material]] = defaultdict(list)
    links = RecordLink.objects.filter(
        target_id__in=list(policies), relation="interprets", source__live=True
    ).select_related("source__status")
    for link in links.order_by("source_id"):
        moment = link.source.status.first_released_at
        found[link.target_id].append(
            Material(link.source_id, link.source.title, office_day(moment) if moment else None)
        )
    drafts = Record.objects.filter(Q(kind="interpretation"), live=False, status__state__in=OPEN_STATES)
    for record_id, title, interprets in drafts.order_by("-pk").values_list("pk", "title", "interprets")[
        :SHOWN
    ]:
        for policy in interprets or ():
            found[policy].append(Material(record_id, title, None))
    return found


def _pair(
    state: RecordState, materials: list[Material], *, exempt: bool, today: date, calendar: WorkCalendar
) -> Pair:
    plan = plan_from(state.record.interpretation_plan)
    released = office_day(state.first_released_at) if state.first_released_at else None
    interpreted = min((m.released for m in materials if m.released), default=None)
    deadline = _deadline(released, calendar) if released else None
    last = deadline.due_date if deadline else None
    stage = stage_of(
        has_plan=plan is not None,
        exempt=exempt,
        released=released,
        interpreted=interpreted,
        due=last,
        today=today,
    )
    planned = plan.planned_date if plan else None
    counts_to = last if released else planned
    left = _days(today, counts_to, calendar)
    near = left is not None and left <= overlap_rule().near_days
    return Pair(
        record_id=state.pk,
        title=state.record.title or "（无标题）",
        number=state.record.document_number or state.index_number or "",
        stage=stage,
        light=stage_light(stage, near=near),
        planned=planned,
        released=released,
        due=last,
        provisional=bool(deadline and deadline.provisional),
        left=left if stage in (Stage.DUE, Stage.LATE, Stage.PLANNED) else None,
        taken=_days(released, max(released, interpreted), calendar) if released and interpreted else None,
        materials=tuple(materials),
    )


def _deadline(released: date, calendar: WorkCalendar) -> Deadline | None:
    try:
        return due(rule=clock(INTERPRET_RULE, released), start=released, calendar=calendar)
    except (CalendarUnknown, ClockNotInForce):
        return None


def _days(start: date | None, end: date | None, calendar: WorkCalendar) -> int | None:
    """Return the working days after `start` up to `end`, negative when `end` is past; None when a day is not known."""
    if start is None or end is None:
        return None
    try:
        if end >= start:
            return calendar.working_days_between(start, end)
        return -calendar.working_days_between(end, start)
    except CalendarUnknown:
        return None
