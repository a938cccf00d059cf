"""Confirm, drop, restore, close and reopen tasks (确认、剔除、恢复、办结、重新办理)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from gongkai.catalogue import api as catalogue
from gongkai.journal.api import record_fact
from gongkai.journal.facts import Fact
from gongkai.kernel.machine import NotAllowed, step
from gongkai.organisations import api as organisations
from gongkai.registers import api as registers
from gongkai.supervision.core.duties import duties, offers_for
from gongkai.supervision.core.plan_values import EVERY, KINDS
from gongkai.supervision.core.states import TASK_LABELS, TASKS
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.facts import (
    TaskAdded,
    TaskClosed,
    TaskConfirmed,
    TaskDropped,
    TaskReopened,
    TaskRestored,
)
from gongkai.supervision.models import Plan, Task
from gongkai.supervision.services.rights import acting


@dataclass(frozen=True, slots=True)
class TaskSettings:
    """What a person confirms: who, by when, which duty of the shipped list it is ("" = none).

    `proof_kind` item or register with `proof_code` says directly what the system looks for, instead of the duty's own proof.
    `text` replaces the words of the task when given.
    """

    owner_code: str
    deadline_kind: str
    deadline_date: date | None = None
    deadline_every: str = ""
    duty_id: str = ""
    proof_kind: str = ""
    proof_code: str = ""
    text: str = ""


def locked(task_id: int, verb: str) -> Task:
    """Return the task locked for change, standing where the verb is allowed."""
    task = Task.objects.select_for_update().select_related("plan").filter(pk=task_id).first()
    if task is None:
        raise SupervisionRefused("no_task", "没有这项任务", remedy="请刷新页面")
    try:
        task.state = step(table=TASKS, state=task.state, verb=verb).lands_in(task.state)
    except NotAllowed as refused:
        label = dict(TASK_LABELS)[task.state]  # type: ignore[index]
        raise SupervisionRefused(
            "wrong_state", f"任务“{label}”，现在不能这样做", remedy="请刷新页面查看状态"
        ) from refused
    return task


def confirm_task(
    *, task_id: int, settings: TaskSettings, user: object | None, today: date, now: datetime
) -> None:
    """Confirm or correct owner, deadline and duty of a task."""
    with transaction.atomic():
        task = locked(task_id, "confirm")
        actor = acting(user=user, action="manage", org_code=task.plan.org_code, today=today)
        _check(task, settings)
        task.owner_code, task.deadline_kind = settings.owner_code, settings.deadline_kind
        task.deadline_date, task.deadline_every = settings.deadline_date, settings.deadline_every
        task.duty_id, task.proof_kind = settings.duty_id, settings.proof_kind
        task.proof_code = settings.proof_code if settings.proof_kind else ""
        task.text = settings.text.strip() or task.text
        task.save()
        fact = TaskConfirmed(
            org=task.plan.org_code, subject=f"task:{task.pk}", on=today, plan=f"plan:{task.plan_id}",
            owner=settings.owner_code, deadline_kind=settings.deadline_kind, due=settings.deadline_date,
            proof=f"{task.proof_kind}:{task.proof_code}" if task.proof_kind else None,
        )  # fmt: skip
        record_fact(fact, actor=actor, now=now)


def _check(task: Task, settings: TaskSettings) -> None:
    known = {o.code for o in organisations.list_organisations(under=task.plan.org_code)} | {
        task.plan.org_code
    }
    if settings.owner_code not in known:
        raise SupervisionRefused("no_owner", "责任科室不在本机关之内", remedy="请从列表中选择")
    if settings.deadline_kind not in KINDS:
        raise SupervisionRefused("bad_deadline", "时限种类不正确", remedy="请从列表中选择")
    if settings.deadline_kind == "recurring" and settings.deadline_every not in EVERY:
        raise SupervisionRefused("no_rhythm", "定期任务没有写明周期", remedy="请选择每月、每季度等周期")
    if (
        settings.deadline_kind in ("date", "month_end", "quarter", "half_year", "year_end")
        and not settings.deadline_date
    ):
        raise SupervisionRefused("no_date", "没有写明到期日", remedy="请填写到期日")
    if settings.duty_id and settings.duty_id not in {duty.id for duty in duties()}:
        raise SupervisionRefused("no_duty", "没有这项职责", remedy="请从列表中选择，或留空")
    if settings.proof_kind and not proof_exists(task, settings.proof_kind, settings.proof_code):
        raise SupervisionRefused(
            "no_proof",
            f"本机关没有编号为“{settings.proof_code[:40]}”的公开事项或台账",
            remedy="请从列表中选择",
        )


def proof_exists(task: Task, kind: str, code: str) -> bool:
    """Tell whether a catalogue item or a register of this code is there."""
    if kind == "item":
        return any(item.code == code for item in catalogue.list_items(org_code=task.plan.org_code))
    return kind == "register" and code in registers.registers(on=task.plan.imported_at.date())


@transaction.atomic
def add_task(
    *, plan_id: int, part: str, heading: str, text: str, user: object | None, today: date, now: datetime
) -> Task:
    """Add a task that the file does not have, to be confirmed as any other (新增任务)."""
    plan = Plan.objects.select_for_update().filter(pk=plan_id).first()
    if plan is None:
        raise SupervisionRefused("no_plan", "没有这份计划", remedy="请刷新页面")
    actor = acting(user=user, action="manage", org_code=plan.org_code, today=today)
    if not text.strip():
        raise SupervisionRefused("no_words", "没有写明任务", remedy="请填写任务内容")
    last = plan.tasks.aggregate(n=Max("position"))["n"] or 0
    offers = offers_for(text=text, heading=heading)
    task = Task.objects.create(
        plan=plan, position=last + 1, part=part.strip()[:500], heading=heading.strip()[:1000], text=text.strip(),
        source_line=0, deadline_kind="none", duty_id=offers[0].duty.id if offers else "",
    )  # fmt: skip
    fact = TaskAdded(org=plan.org_code, subject=f"task:{task.pk}", on=today, plan=f"plan:{plan.pk}")
    record_fact(fact, actor=actor, now=now)
    return task


def close_task(*, task_id: int, user: object | None, today: date, now: datetime) -> None:
    """Close a task; it must have evidence of its own (没有证据不能办结)."""
    with transaction.atomic():
        task = locked(task_id, "close")
        actor = acting(user=user, action="manage", org_code=task.plan.org_code, today=today)
        count = task.evidence.count()
        if not count:
            raise SupervisionRefused(
                "no_evidence", "没有证据，不能办结", remedy="请先挂上发布件、台账或文件等证据"
            )
        task.closed_date = today
        task.save(update_fields=["state", "closed_date"])
        in_time = task.deadline_date is None or today <= task.deadline_date
        fact = TaskClosed(
            org=task.plan.org_code, subject=f"task:{task.pk}", on=today, plan=f"plan:{task.plan_id}", evidence=count,
            in_time=in_time, owner=task.owner_code or None,
        )  # fmt: skip
        record_fact(fact, actor=actor, now=now)


def reopen_task(*, task_id: int, reason: str, user: object | None, today: date, now: datetime) -> None:
    """Open a closed task again, with a reason."""
    _turn(task_id, "reopen", TaskReopened, reason=_needed(reason), user=user, today=today, now=now)


def drop_task(*, task_id: int, reason: str, user: object | None, today: date, now: datetime) -> None:
    """Mark a line as no task, with a reason."""
    _turn(task_id, "drop", TaskDropped, reason=_needed(reason), user=user, today=today, now=now)


def restore_task(*, task_id: int, user: object | None, today: date, now: datetime) -> None:
    """Take a dropped line back as a proposed task."""
    _turn(task_id, "restore", TaskRestored, reason="", user=user, today=today, now=now)


def _needed(reason: str) -> str:
    if not reason.strip():
        raise SupervisionRefused("no_reason", "没有写明理由", remedy="请写明理由")
    return reason.strip()[:300]


def _turn(
    task_id: int, verb: str, fact: type[Fact], *, reason: str, user: object | None, today: date, now: datetime
) -> None:
    with transaction.atomic():
        task = locked(task_id, verb)
        actor = acting(user=user, action="manage", org_code=task.plan.org_code, today=today)
        task.reason, task.closed_date = reason, None
        task.save(update_fields=["state", "reason", "closed_date"])
        made = fact(org=task.plan.org_code, subject=f"task:{task.pk}", on=today, plan=f"plan:{task.plan_id}")  # type: ignore[call-arg]
        record_fact(made, actor=actor, now=now)
