"""Fix the receipt day together with the applicant (确认收到), or set a paper aside that can never be confirmed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.kernel.clocks import Deadline, clock, due
from gongkai.requests.core.rules import room_rules
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case
from gongkai.requests.services.acting import (
    advance,
    allow,
    day_of,
    locked,
    office_calendar,
    permit,
    require_text,
)
from gongkai.requests.services.receive import fix_receipt


def confirm_limit(case: Case) -> Deadline | None:
    """Return by when the office should confirm with the applicant, None when nothing waits or no rule names a day."""
    rule = room_rules().channels[case.channel].confirm_clock
    if case.received_date is not None or rule is None:
        return None
    return due(rule=clock(rule, case.arrived_date), start=case.arrived_date, calendar=office_calendar())


@transaction.atomic
def confirm_receipt(*, case_id: int, confirmed: date, proof: str, user: Any, now: datetime) -> Case:
    """Note the day on which both sides confirmed; the limit runs from it. Refuses days before arrival or after today."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="register", today=today)
    allow(case, "confirm_receipt")
    if not case.arrived_date <= confirmed <= today:
        raise Refused(
            "确认日期应在到达日期与今天之间", where=confirmed.isoformat(),
            remedy=f"请填写 {case.arrived_date.isoformat()} 至 {today.isoformat()} 之间的日期", code="requests.day_before_receipt",
        )  # fmt: skip
    case.receipt_proof = require_text(proof, "确认的凭据（时间、方式、接听人）")[:200]
    fix_receipt(case, received=confirmed, how="confirmed", by=by, now=now)
    return case


@transaction.atomic
def note_contact_try(*, case_id: int, note: str, user: Any, now: datetime) -> Case:
    """Note that the office tried to reach the applicant."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="register", today=today)
    advance(case, "note_contact_try", by=by, now=now, on=today, note=require_text(note, "联系经过"))
    return case


@transaction.atomic
def set_aside(*, case_id: int, reason: str, user: Any, now: datetime) -> Case:
    """Set aside a paper whose sender could not be reached; it is not counted as received."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="manage", today=today)
    note = require_text(reason, "不受理的情况说明")
    advance(case, "set_aside", by=by, now=now, on=today, note=note, public=True, reason="unreachable")
    return case
