"""Reads of the supervision room: proof that the system finds by itself, progress and lights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from gongkai.journal import api as journal
from gongkai.kernel.calendar import load_calendar
from gongkai.organisations import api as organisations
from gongkai.registers import api as registers
from gongkai.supervision.core.duties import Duty, Proof, duties, expected_periods, share_met
from gongkai.supervision.core.lights import LightRead, TaskTime, light_rule, order_light, read_light
from gongkai.supervision.core.states import OrderState, TaskState
from gongkai.supervision.models import Plan, SupervisionOrder, Task

#: no more than this many pieces of proof are named for one task
MAX_PROOF = 500
#: in a condition: the field holds something
ANY = "*"
_RHYTHM = {
    "day": "daily",
    "week": "monthly",
    "month": "monthly",
    "quarter": "quarterly",
    "half_year": "yearly",
    "year": "yearly",
}


@dataclass(frozen=True, slots=True)
class ProofFound:
    """One thing the system found by itself: the day it counts for and what it is (`entry:12`, `row:5`)."""

    day: date
    ref: str


@dataclass(frozen=True, slots=True)
class TaskStanding:
    """A task with its light, progress 0 to 1, and what was found for it."""

    task: Task
    light: LightRead
    progress: float
    found: tuple[ProofFound, ...]
    evidence: int
    duty: Duty | None


def duty_of(duty_id: str) -> Duty | None:
    """Return a shipped duty."""
    return next((duty for duty in duties() if duty.id == duty_id), None)


def find_proof(
    *, org_code: str, proofs: Iterable[Proof], year: int, today: date
) -> dict[tuple[str, str, str], list[ProofFound]]:
    """Find what proves, each kind of fact read once: releases under an item, rows of a register, facts that fit."""
    start, end = date(year, 1, 1), min(today, date(year, 12, 31))
    found: dict[tuple[str, str, str], list[ProofFound]] = defaultdict(list)
    by_name: dict[str, list[Proof]] = defaultdict(list)
    for proof in {proof_key(p): p for p in proofs}.values():
        if proof.kind == "register":
            found[proof_key(proof)] = list(_rows(org_code, proof.code, start, end))
        elif proof.kind in ("item", "fact"):
            by_name["records.RecordPublished" if proof.kind == "item" else proof.code].append(proof)
    if by_name and end >= start:
        orgs = organisations.subtree_codes(code=org_code)
        for entry in journal.entries(names=tuple(by_name), orgs=orgs, since=start, until=end):
            for proof in by_name[entry.name]:
                kept = found[proof_key(proof)]
                if len(kept) < MAX_PROOF and _fits(proof, entry.body):
                    kept.append(ProofFound(entry.on, f"entry:{entry.id}"))
    return found


def proof_key(proof: Proof) -> tuple[str, str, str]:
    """Return what tells proofs apart."""
    return proof.kind, proof.code, ",".join(f"{k}={v}" for k, v in sorted(proof.where.items()))


def _fits(proof: Proof, body: dict[str, object]) -> bool:
    if proof.kind == "item":
        placed = body.get("catalogue") or ()
        return isinstance(placed, list | tuple) and proof.code in placed
    return all(
        body.get(field) is not None if value == ANY else str(body.get(field)) == value
        for field, value in proof.where.items()
    )


def _rows(org_code: str, register_id: str, start: date, end: date) -> Iterator[ProofFound]:
    try:
        rule = registers.register(register_id, on=end)
    except registers.RegisterUnknown:
        return
    rows = registers.rows_of(rule=rule, org_code=org_code, start=start, end=end)
    for pk, day in rows.values_list("pk", "counted_on")[:MAX_PROOF]:
        yield ProofFound(day, f"row:{pk}")


def list_standings(*, plan: Plan, today: date) -> list[TaskStanding]:
    """Read every task of a plan with its light: a fixed number of queries however many tasks there are."""
    tasks = list(plan.tasks.prefetch_related("evidence"))
    linked = {task.pk: duty_of(task.duty_id) for task in tasks}
    wanted = {task.pk: proof_of(task, linked[task.pk]) for task in tasks}
    proofs = [proof for proof in wanted.values() if proof]
    found = find_proof(org_code=plan.org_code, proofs=proofs, year=plan.year, today=today)
    calendar, rule = load_calendar(), light_rule()
    standings = []
    for task in tasks:
        duty = linked[task.pk]
        one = wanted[task.pk]
        proof = tuple(found.get(proof_key(one), ())) if one else ()
        time = task_time(task=task, year=plan.year, duty=duty, found=proof, today=today)
        light = read_light(time=time, today=today, calendar=calendar, rule=rule)
        standings.append(TaskStanding(task, light, time.progress, proof, len(task.evidence.all()), duty))
    return standings


def proof_of(task: Task, duty: Duty | None) -> Proof | None:
    """Return what the system looks for: what a person linked directly, else the duty's own proof."""
    if task.proof_kind:
        return Proof(task.proof_kind, task.proof_code)
    return duty.proof if duty else None


@dataclass(frozen=True, slots=True)
class DutyStanding:
    """A usual duty of a plan: the tasks that carry it and how much the system found for it."""

    duty: Duty
    tasks: tuple[Task, ...]
    found: int


def list_duties(*, plan: Plan, today: date) -> list[DutyStanding]:
    """Read every shipped duty with the tasks of a plan that carry it and what proves it by itself."""
    everything = duties()
    proofs = [duty.proof for duty in everything if duty.is_provable]
    found = find_proof(org_code=plan.org_code, proofs=proofs, year=plan.year, today=today)
    by_duty: dict[str, list[Task]] = defaultdict(list)
    for task in plan.tasks.all():
        by_duty[task.duty_id].append(task)
    return [DutyStanding(d, tuple(by_duty[d.id]), len(found.get(proof_key(d.proof), ()))) for d in everything]


def task_time(
    *, task: Task, year: int, duty: Duty | None, found: tuple[ProofFound, ...], today: date
) -> TaskTime:
    """Return what the light is read from; only a confirmed task is served by what the system finds."""
    attached = [piece.counted_on for piece in task.evidence.all() if piece.counted_on <= today]
    days = attached + ([f.day for f in found] if task.state != TaskState.PROPOSED else [])
    closed = task.state == TaskState.CLOSED
    cadence = _RHYTHM.get(task.deadline_every, "yearly") if task.deadline_kind == "recurring" else "yearly"
    if task.deadline_kind != "recurring" and duty is not None and task.deadline_date is None:
        cadence = duty.cadence
    progress = (
        1.0
        if closed and attached
        else share_met(days=days, expected=expected_periods(cadence=cadence, year=year))
    )
    due = task.deadline_date or (
        date(year, 12, 31) if task.deadline_kind in ("recurring", "immediate") else None
    )
    kind = "continuous" if task.deadline_kind == "continuous" else task.deadline_kind
    return TaskTime(kind, date(year, 1, 1), due, progress, tuple(sorted(days)), closed)


def list_plans(*, org_codes: Iterable[str]) -> list[Plan]:
    """List the plans of some authorities, newest first."""
    return list(Plan.objects.filter(org_code__in=list(org_codes)))


def list_orders(*, org_codes: Iterable[str], today: date) -> list[tuple[SupervisionOrder, LightRead]]:
    """List the orders that an authority gave or a section got, with their lights."""
    codes = list(org_codes)
    calendar, rule = load_calendar(), light_rule()
    orders = SupervisionOrder.objects.filter(org_code__in=codes) | SupervisionOrder.objects.filter(
        owner_code__in=codes
    )
    over = (OrderState.CLOSED, OrderState.CANCELLED)
    return [
        (
            o,
            order_light(
                due=o.due_date, today=today, is_open=o.state not in over, calendar=calendar, rule=rule
            ),
        )
        for o in orders.distinct()
    ]
