"""Deciding on what the back-scan found (回查事项): no matter this once, or never again; each with its reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.records.core.chains import waiver_rule
from gongkai.records.core.errors import BadInput, NotFound, StepRefused
from gongkai.records.core.office_time import office_day
from gongkai.records.facts import BackScanDecided
from gongkai.records.models import ScanState, ScanTask
from gongkai.records.services.locking import actor_of, subject
from gongkai.records.services.permissions import ACTIONS, require_role


@transaction.atomic
def ignore_finding(*, task_id: int, always: bool, reason: str, user: Any, now: datetime) -> None:
    """Say that a finding in something public is no matter: until the rules change, or `always`.

    Raises BadInput without a reason, NotFound, StepRefused when it is decided already or nobody may let it pass,
    organisations.api.NotPermitted.
    """
    if len(reason.strip()) < 2:
        raise BadInput(
            code="reason_missing", message="没有写理由", where="理由", remedy="请写明为什么可以继续公开"
        )
    task = ScanTask.objects.select_for_update().select_related("record").filter(pk=task_id).first()
    if task is None:
        raise NotFound(
            code="task_unknown", message="没有这件回查事项", where=f"回查 {task_id}", remedy="请刷新列表"
        )
    if task.state != ScanState.OPEN:
        raise StepRefused(
            code="task_decided",
            message="这件回查事项已经办结",
            where=str(task.record),
            remedy="请刷新列表",
        )
    rule = waiver_rule(detector=task.detector, severity=task.severity)
    if not rule.roles:
        raise StepRefused(
            code="not_waivable",
            message="这一处不能不算，只能改正或撤回",
            where=str(task.record),
            remedy="请启动修改，或撤回",
        )
    hat = require_role(
        user=user, action=ACTIONS["waive"], roles=rule.roles, org_code=task.owner_code, today=office_day(now)
    )
    task.state = ScanState.ALWAYS if always else ScanState.ONCE
    task.reason, task.decided_by, task.decided_at = reason.strip()[:500], user, now
    task.save()
    record_fact(
        BackScanDecided(
            org=task.record.org_code,
            subject=subject(task.record_id),
            on=office_day(now),
            task_id=task.pk,
            decision=task.state,
        ),
        actor=actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of),
        now=now,
    )
