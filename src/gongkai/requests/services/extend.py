"""Extend the reply limit once (延期): asked for, approved by another person, told on or before the limit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from gongkai.kernel.clocks import ExtensionNotAllowed, clock
from gongkai.requests.core.case_clock import REPLY
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case, Extension
from gongkai.requests.services.acting import (
    advance,
    allow,
    check_day,
    day_of,
    deadline_of,
    locked,
    permit,
    require_text,
)


@transaction.atomic
def propose_extension(*, case_id: int, working_days: int, reason: str, user: Any, now: datetime) -> Extension:
    """Ask for an extension of so many working days, with the reason."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="handle", today=today)
    allow(case, "propose_extension")
    rule = clock(REPLY, case.received_date).extension
    most = rule.max if rule else 0
    if not 1 <= working_days <= most:
        raise Refused(
            f"延长期限最多 {most} 个工作日", where=str(working_days), remedy="请改短", code="over_maximum"
        )
    try:
        with transaction.atomic():
            row = Extension.objects.create(
                case=case, working_days=working_days, reason=require_text(reason, "延期的理由")[:300],
                proposed_by=user, proposed_date=today,
            )  # fmt: skip
    except IntegrityError:
        raise Refused(
            "答复期限只能延长一次", remedy="请在已延长的期限内答复", code="requests.extended_already"
        ) from None
    advance(case, "propose_extension", by=by, now=now, on=today, note=reason, working_days=working_days)
    return row


@transaction.atomic
def approve_extension(*, case_id: int, user: Any, now: datetime) -> Extension:
    """Approve the extension as the head of the disclosure office; never the person who asked for it."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="manage", today=today)
    allow(case, "approve_extension")
    row = case.extensions.filter(is_void=False, approved_date__isnull=True).first()
    if row is None:
        raise Refused("没有等待批准的延期", remedy="请刷新页面")
    if user.pk in (row.proposed_by_id, case.handler_id):
        raise Refused("延期须由经办人以外的人批准", remedy="请由政府信息公开工作机构负责人批准")
    row.approved_by, row.approved_date = user, today
    row.save()
    advance(case, "approve_extension", by=by, now=now, on=today, working_days=row.working_days)
    return row


@transaction.atomic
def extend(*, case_id: int, told: date, user: Any, now: datetime) -> Case:
    """Tell the applicant; the limit is longer from then on. Raises Refused when it was not approved or told too late."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="handle", today=today)
    allow(case, "extend")
    row = case.extensions.filter(is_void=False, told_date__isnull=True).first()
    if row is None or row.approved_date is None:
        raise Refused(
            "延期还没有批准，不能告知申请人",
            remedy="请先由公开工作机构负责人批准",
            code="requests.not_approved",
        )
    check_day(case, told, today=today, what="告知日期")
    if told < row.approved_date:
        raise Refused("告知日期早于批准日期", where=told.isoformat(), remedy="请核对日期")
    row.told_date = told
    row.save()
    try:
        deadline_of(case)
    except ExtensionNotAllowed as refused:
        raise Refused(
            str(refused), remedy="延期须在原期限届满前告知；请按原期限答复", code=refused.code
        ) from refused
    advance(
        case, "extend", by=by, now=now, on=told, note=row.reason, public=True, working_days=row.working_days
    )
    return case
