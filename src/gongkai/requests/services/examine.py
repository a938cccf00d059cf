"""Is the request complete (审查), and the one-time supplement (补正)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.kernel.clocks import clock, due
from gongkai.requests.core.outcomes import derive_row, outcomes
from gongkai.requests.core.rules import room_rules
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case, Part, Supplement
from gongkai.requests.services.acting import (
    CITIZEN,
    advance,
    allow,
    check_day,
    close,
    day_of,
    locked,
    office_calendar,
    permit,
    refuse_in_further_round,
    require_text,
)

PERIOD_DEFAULT, PERIOD_MAX = 15, 60


@transaction.atomic
def accept(*, case_id: int, user: Any, now: datetime) -> Case:
    """Find the request complete."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="handle", today=today)
    advance(case, "accept", by=by, now=now, on=today, public=True)
    return case


@transaction.atomic
def ask_supplement(
    *,
    case_id: int,
    grounds: Sequence[str],
    items: str,
    period_days: int = PERIOD_DEFAULT,
    asked: date,
    served: date | None = None,
    user: Any,
    now: datetime,
) -> Case:
    """Ask once for everything that is missing. The notice must go out within its own limit to move the reply limit.

    A later notice is kept but does not restart the reply limit (`in_time` false). Raises Refused for a second notice.
    """
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="handle", today=today)
    allow(case, "ask_supplement")
    refuse_in_further_round(case, "要求补正")
    if Supplement.objects.filter(case=case).exists():
        raise Refused(
            "补正只能一次性告知，这件申请已经要求过补正",
            remedy="内容仍不明确的，请作“补正后仍不明确”的答复",
            code="requests.supplement_once",
        )
    known = room_rules().supplement_grounds
    if not grounds or any(ground not in known for ground in grounds):
        raise Refused("请选择补正事由", remedy="、".join(rule.name for rule in known.values()))
    if not 1 <= period_days <= PERIOD_MAX:
        raise Refused(
            f"补正期限应为 1 至 {PERIOD_MAX} 个工作日", where=str(period_days), remedy="请填写合理的期限"
        )
    check_day(case, asked, today=today, what="告知日期")
    served = served or asked
    if served < asked:
        raise Refused("送达日期早于告知日期", where=served.isoformat(), remedy="请核对日期")
    calendar = office_calendar()
    assert case.received_date is not None  # noqa: S101  (an open case was received)
    notice = due(
        rule=clock("ogi.correction_notice", case.received_date), start=case.received_date, calendar=calendar
    )
    in_time = notice.due_date is not None and asked <= notice.due_date
    limit = calendar.nth_working_day_after(served, period_days)
    Supplement.objects.create(
        case=case, grounds=list(grounds), items=require_text(items, "需要补正的事项"), period_days=period_days,
        asked_date=asked, served_date=served, due_date=limit, in_time=in_time,
    )  # fmt: skip
    advance(
        case, "ask_supplement", by=by, now=now, on=asked, note=items, public=True,
        grounds=tuple(grounds), due=limit, in_time=in_time,
    )  # fmt: skip
    return case


@transaction.atomic
def receive_supplement(*, case_id: int, answer: str, received: date, now: datetime, user: Any = None) -> Case:
    """Take the applicant's supplement; the reply limit begins anew on that day when the notice went out in time.

    `user` is None when the applicant answers at the counter. Raises NotAllowed when nothing is asked (any more).
    """
    case, today = locked(case_id), day_of(now)
    by = CITIZEN if user is None else permit(case, user=user, action="register", today=today)
    allow(case, "receive_supplement")
    supplement = case.supplement
    check_day(case, received, today=today, what="补正日期")
    if received < supplement.asked_date:
        raise Refused("补正日期早于补正告知日期", where=received.isoformat(), remedy="请核对日期")
    supplement.answer, supplement.answered_date = require_text(answer, "补正的内容"), received
    supplement.save()
    if supplement.in_time:
        case.extensions.filter(is_void=False).update(is_void=True)
    advance(
        case,
        "receive_supplement",
        by=by,
        now=now,
        on=received,
        note="",
        public=True,
        restarts=supplement.in_time,
    )
    return case


@transaction.atomic
def lapse_supplement(*, case_id: int, no_valid_reason: str, user: Any, now: datetime) -> Case:
    """Close a request whose applicant did not supplement in time and gave no good reason (视为放弃)."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="handle", today=today)
    allow(case, "lapse_supplement")
    supplement = case.supplement
    if today <= supplement.due_date:
        raise Refused(
            "补正期限还没有届满", where=f"截止 {supplement.due_date.isoformat()}", remedy="届满次日起才能按放弃处理",
            code="requests.term_not_over",
        )  # fmt: skip
    note = require_text(no_valid_reason, "没有正当理由的认定")
    set_all_parts(case, "other.lapsed_no_supplement", {"reason": note}, user=user, now=now)
    _close_as(case, "lapse_supplement", "other.lapsed_no_supplement", by=by, now=now, on=today, note=note)
    return case


def _close_as(case: Case, verb: str, outcome: str, *, by: Any, now: datetime, on: date, note: str) -> None:
    row = derive_row([outcome])
    close(
        case, verb, row=row.row, why=row.why, rule_version=row.rule_version, outcomes=(outcome,), how="lapsed",
        by=by, now=now, on=on, note=f"{outcomes()[outcome].label}。{note}",
    )  # fmt: skip


def set_all_parts(case: Case, outcome: str, detail: dict[str, str], *, user: Any, now: datetime) -> None:
    """Give every part of a case the same outcome (a lapse, a withdrawal)."""
    Part.objects.filter(case=case).update(outcome=outcome, detail=detail, decided_by=user, decided_at=now)


close_lapsed = _close_as
