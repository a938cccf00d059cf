"""Import a work plan (导入计划) as proposed tasks."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.supervision.core.duties import offers_for
from gongkai.supervision.core.plan_values import PlannedTask, WorkPlan, plan_to_json
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.facts import PlanImported
from gongkai.supervision.models import Plan, Task
from gongkai.supervision.reading.plan_file import read_plan_bytes
from gongkai.supervision.services.rights import acting


def import_plan(
    *,
    org_code: str,
    name: str,
    data: bytes,
    user: object | None,
    today: date,
    now: datetime,
    year: int | None = None,
) -> int:
    """Store a plan file's tasks as proposed and return the plan's id; `year` is used where the file names none.

    Raises:
        Unreadable: the file cannot be read.
        SupervisionRefused: no task in it, no year, or the same file is there already.
    """
    actor = acting(user=user, action="manage", org_code=org_code, today=today)
    plan = read_plan_bytes(data, name)
    digest = hashlib.sha256(data).hexdigest()
    settled = plan.year or year
    if not plan.tasks:
        raise SupervisionRefused(
            "no_tasks", "文件里没有认出任何任务", where=name, remedy="请检查是否选错了文件"
        )
    if settled is None:
        raise SupervisionRefused("no_year", "没有认出计划年度", where=name, remedy="请填写年度后再导入")
    if Plan.objects.filter(org_code=org_code, source_sha256=digest).exists():
        raise SupervisionRefused(
            "same_file", "这份文件已经导入过", where=name, remedy="请在计划列表中打开已有的计划"
        )
    with transaction.atomic():
        kept = plan_to_json(plan)
        stored = Plan.objects.create(
            org_code=org_code, title=(plan.title or name)[:300], year=settled, issuer=(plan.issuer or "")[:200],
            source_name=name[:255], source_sha256=digest, unread=kept["not_understood"], remarks=kept["warnings"],
            imported_at=now,
        )  # fmt: skip
        Task.objects.bulk_create(_row(stored, place, task) for place, task in enumerate(plan.tasks, start=1))
        record_fact(
            PlanImported(
                org=org_code,
                subject=f"plan:{stored.pk}",
                on=today,
                year=settled,
                tasks=len(plan.tasks),
                source_sha256=digest,
            ),
            actor=actor,
            now=now,
        )
    return int(stored.pk)


def preview_plan(*, name: str, data: bytes) -> WorkPlan:
    """Read a plan file without storing anything."""
    return read_plan_bytes(data, name)


def _row(plan: Plan, position: int, task: PlannedTask) -> Task:
    offers = offers_for(text=task.text, heading=task.heading or "")
    return Task(
        plan=plan, position=position, number=(task.number or "")[:40], part=(task.part or "")[:500],
        heading=(task.heading or "")[:1000], text=task.text, source_line=task.source_line, lead=list(task.lead),
        co_owners=list(task.co_owners), deadline_kind=task.deadline.kind, deadline_date=task.deadline.date,
        deadline_every=task.deadline.every or "", deadline_text=(task.deadline.text or "")[:200], weight=task.weight,
        note=task.note, duty_id=offers[0].duty.id if offers and offers[0].confidence >= 1 else "",
    )  # fmt: skip
