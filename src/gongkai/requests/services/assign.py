"""Who works on a case (分办、移交) and what its parts are (拆分)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from gongkai.organisations import api as organisations
from gongkai.requests.core.submission import clean
from gongkai.requests.errors import Refused
from gongkai.requests.models import Assignment, Case, Part
from gongkai.requests.services.acting import advance, allow, day_of, locked, may, permit, require_text

PARTS_MAX = 50


@transaction.atomic
def assign(*, case_id: int, section_code: str, inner_due: date, user: Any, now: datetime) -> Case:
    """Send the case to a section with an inner date before the reply limit."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="handle", today=today)
    allow(case, "assign")
    if section_code not in organisations.subtree_codes(code=case.org_code):
        raise Refused("这个科室不属于本机关", where=section_code, remedy="请从本机关的科室中选择")
    if inner_due < today or (case.due_date and inner_due > case.due_date):
        limit = case.due_date.isoformat() if case.due_date else "未定"
        raise Refused("内部期限应在今天与答复期限之间", where=f"答复期限 {limit}", remedy="请改早内部期限")
    try:
        with transaction.atomic():
            Assignment.objects.create(
                case=case, section_code=section_code, inner_due=inner_due, sent_date=today
            )
    except IntegrityError:
        raise Refused("已经交给这个科室办理，还没有退回", remedy="如需改期，请先由科室退回") from None
    case.section_code = section_code
    advance(case, "assign", by=by, now=now, on=today, section=section_code, inner_due=inner_due)
    return case


@transaction.atomic
def return_assignment(*, case_id: int, section_code: str, reason: str, user: Any, now: datetime) -> Case:
    """Send the case back from a section, with the reason."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="view", today=today)
    note = require_text(reason, "退回的理由")
    row = case.assignments.filter(section_code=section_code, returned_date__isnull=True).first()
    if row is None:
        raise Refused("这个科室现在没有承办这件申请", where=section_code, remedy="请刷新页面")
    row.returned_date, row.reason = today, note[:300]
    row.save()
    if case.section_code == section_code:
        case.section_code = ""
    advance(case, "return_assignment", by=by, now=now, on=today, note=note, section=section_code)
    return case


@transaction.atomic
def hand_over(*, case_id: int, to: Any, user: Any, now: datetime) -> Case:
    """Give the case to another handler; anybody who may register may take a case that has none."""
    case, today = locked(case_id), day_of(now)
    takes = case.handler_id is None and to.pk == getattr(user, "pk", None)
    by = permit(case, user=user, action="register" if takes else "manage", today=today)
    allow(case, "hand_over")
    before, case.handler = case.handler_id, to
    if not may(case, user=to, action="handle", today=today):
        case.handler_id = before
        raise Refused(
            "接办人没有办理依申请公开的岗位", where=str(to), remedy="请另选接办人，或请安全管理员任命"
        )
    advance(case, "hand_over", by=by, now=now, on=today, note=f"经办人：{to}", handler=int(to.pk))
    return case


@transaction.atomic
def split(*, case_id: int, texts: Sequence[str], user: Any, now: datetime) -> Case:
    """Split the request into parts, each to be decided on its own (一事一办); earlier decisions on parts are void."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="handle", today=today)
    allow(case, "split")
    parts = [clean(text) for text in texts if clean(text)]
    if not 1 <= len(parts) <= PARTS_MAX:
        raise Refused(
            f"拆分后应有 1 至 {PARTS_MAX} 个事项", where=f"现有 {len(parts)} 个", remedy="每行写一个事项"
        )
    case.parts.all().delete()
    Part.objects.bulk_create(Part(case=case, position=n, text=text) for n, text in enumerate(parts, start=1))
    advance(case, "split", by=by, now=now, on=today, parts=len(parts))
    return case
