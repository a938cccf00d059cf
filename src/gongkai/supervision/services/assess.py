"""Run an assessment (考核): fold values, score every organisation, let people give what no fact tells, announce, freeze."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from gongkai.journal import api as journal
from gongkai.journal.api import record_fact
from gongkai.journal.facts import Fact
from gongkai.kernel.machine import NotAllowed, step
from gongkai.organisations import api as organisations
from gongkai.supervision import facts
from gongkai.supervision.core.assessment_states import RUN_LABELS, RUNS, AppealState, RunState
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import AssessmentRun, AssessmentValue
from gongkai.supervision.services.indicator_systems import system_in_force
from gongkai.supervision.services.rights import acting
from gongkai.supervision.services.score_targets import score_run


def locked_run(run_id: int, verb: str) -> AssessmentRun:
    """Return the run locked, standing where the verb is allowed."""
    run = (
        AssessmentRun.objects.select_for_update(of=("self",))
        .select_related("system")
        .filter(pk=run_id)
        .first()
    )
    if run is None:
        raise SupervisionRefused("no_run", "没有这次考核", remedy="请刷新页面")
    try:
        run.state = step(table=RUNS, state=run.state, verb=verb).lands_in(run.state)
    except NotAllowed as refused:
        label = dict(RUN_LABELS)[run.state]  # type: ignore[index]
        raise SupervisionRefused(
            "wrong_state", f"考核“{label}”，现在不能这样做", remedy="请刷新页面查看状态"
        ) from refused
    return run


@transaction.atomic
def begin_run(
    *, org_code: str, year: int, title: str, user: object | None, today: date, now: datetime,
    replaces: int | None = None, reason: str = "",
) -> AssessmentRun:  # fmt: skip
    """Begin the assessment of a year with the indicator system in use, and compute it at once.

    `replaces` names a frozen run that this one corrects, with the reason; it loses force when this one is frozen.
    """
    acting(user=user, action="manage", org_code=org_code, today=today)
    system = system_in_force(org_code=org_code)
    if system is None:
        raise SupervisionRefused("no_system", "还没有在用的指标体系", remedy="请先启用一套指标体系")
    before = AssessmentRun.objects.filter(org_code=org_code, pk=replaces).first() if replaces else None
    if replaces and (before is None or before.state != RunState.FROZEN):
        raise SupervisionRefused("not_frozen", "只能更正已定案的考核", remedy="请选择已定案的考核")
    if before is not None and not reason.strip():
        raise SupervisionRefused("no_reason", "没有写明更正的理由", remedy="请写明理由")
    run = AssessmentRun.objects.create(
        org_code=org_code, year=year, title=(title.strip() or f"{year}年政务公开考核")[:200], system=system,
        computed_at=now, as_of=now, replaces=before, reason=reason.strip()[:300],
    )  # fmt: skip
    if before is not None:
        _carry_over(before, run)
    return compute_run(run_id=run.pk, user=user, today=today, now=now)


def _carry_over(before: AssessmentRun, run: AssessmentRun) -> None:
    """Take over what people gave; it was given once and stays a fact."""
    for old in before.results.all():
        made = run.results.create(target_code=old.target_code, level=old.level, outside=old.outside)
        kept = old.values.filter(source__in=(AssessmentValue.GIVEN, AssessmentValue.APPEALED))
        for value in kept:
            value.pk, value.result = None, made
            value.save(force_insert=True)
        for mark in (*old.vetoes.all(), *old.bonuses.all()):
            mark.pk, mark.result = None, made
            mark.save(force_insert=True)


@transaction.atomic
def compute_run(*, run_id: int, user: object | None, today: date, now: datetime) -> AssessmentRun:
    """Fold every value again over the facts written until now, and score everybody."""
    run = locked_run(run_id, "compute")
    actor = acting(user=user, action="manage", org_code=run.org_code, today=today)
    seal = journal.newest_seal()
    run.computed_at = run.as_of = now
    run.head_seq, run.head = seal if seal else (0, "")
    run.save()
    targets = score_run(run, today=today)
    fact = facts.AssessmentComputed(
        org=run.org_code, subject=f"assessment:{run.pk}", on=today, year=run.year, system_version=run.system.version,
        targets=targets, head_seq=run.head_seq, head=run.head or None,
    )  # fmt: skip
    record_fact(fact, actor=actor, now=now)
    return run


@transaction.atomic
def announce_run(*, run_id: int, appeal_until: date, user: object | None, today: date, now: datetime) -> None:
    """Show the results to the assessed (公示); nothing may be unmeasured, and they need at least a day to appeal."""
    run = locked_run(run_id, "announce")
    actor = acting(user=user, action="manage", org_code=run.org_code, today=today)
    open_ends = [r for r in run.results.all() if r.unmeasured]
    if open_ends:
        names = organisations.get_organisation(code=open_ends[0].target_code).name
        raise SupervisionRefused(
            "unmeasured", f"{len(open_ends)} 个考核对象还有没填的数（如{names}，{len(open_ends[0].unmeasured)} 个）",
            remedy="请逐项填报，或标为不适用并写明依据",
        )  # fmt: skip
    if appeal_until <= today:
        raise SupervisionRefused("too_short", "申诉截止日应晚于今天", remedy="请填写以后的日期")
    run.appeal_until = appeal_until
    run.save()
    fact = facts.AssessmentAnnounced(
        org=run.org_code, subject=f"assessment:{run.pk}", on=today, year=run.year, appeal_until=appeal_until
    )
    record_fact(fact, actor=actor, now=now)


@transaction.atomic
def freeze_run(*, run_id: int, user: object | None, today: date, now: datetime) -> None:
    """Make the assessment final (定案): every appeal decided, the time to appeal over; each score becomes a fact."""
    run = locked_run(run_id, "freeze")
    actor = acting(user=user, action="supervise", org_code=run.org_code, today=today)
    if run.appeal_until is None or today <= run.appeal_until:
        raise SupervisionRefused("appeal_time", "申诉期还没有过", remedy=f"{run.appeal_until} 之后再定案")
    if any(r.appeals.filter(state=AppealState.LODGED).exists() for r in run.results.all()):
        raise SupervisionRefused("appeals_open", "还有申诉没有处理", remedy="请先处理申诉")
    run.frozen_at, run.content_sha256 = now, run_digest(run)
    run.save()
    if run.replaces_id:
        before = locked_run(run.replaces_id, "replace")
        before.save(update_fields=["state"])
    results = list(run.results.all())
    made: list[Fact] = [
        facts.AssessmentFrozen(
            org=run.org_code, subject=f"assessment:{run.pk}", on=today, year=run.year, sha256=run.content_sha256,
            targets=len(results), replaces=f"assessment:{run.replaces_id}" if run.replaces_id else None,
        )
    ]  # fmt: skip
    for result in results:
        if result.total is not None:
            made.append(
                facts.OrganisationAssessed(
                    org=result.target_code, subject=f"result:{result.pk}", on=today, run=f"assessment:{run.pk}",
                    year=run.year, level=result.level, total=result.total, satisfaction=result.satisfaction,
                )
            )  # fmt: skip
    for one in made:
        record_fact(one, actor=actor, now=now)


def run_digest(run: AssessmentRun) -> str:
    """Return the SHA-256 over everything that is frozen: scores, values with their facts, marks, appeals."""
    content: list[Any] = [run.year, run.title, run.system_id, run.as_of.astimezone(UTC).isoformat(), run.head]
    for result in run.results.order_by("pk"):
        numbers = (
            result.base,
            result.bonus,
            result.outside,
            result.satisfaction,
            result.total_without,
            result.total,
        )
        content.append(
            [result.target_code, result.level, [fixed(n) for n in numbers], result.grade, result.detail]
        )
        for value in result.values.order_by("name"):
            facts_digest = hashlib.sha256(bytes(value.facts)).hexdigest()
            content.append([value.name, fixed(value.value), value.source, value.note, facts_digest])
        content += [[v.code, v.reason] for v in result.vetoes.order_by("code")]
        content += [[b.code, b.times, b.reason] for b in result.bonuses.order_by("code")]
        content += [
            [a.indicator, a.words, a.state, a.decision, a.value_name, fixed(a.value)]
            for a in result.appeals.order_by("pk")
        ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def fixed(number: Decimal | None) -> str | None:
    """Return a number in one form, whatever the database made of its trailing zeros."""
    return None if number is None else f"{number.normalize():f}"
