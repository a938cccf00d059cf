"""The processing fee (信息处理费) and requests beyond reason (明显超过合理范围)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.kernel.clocks import clock, due
from gongkai.requests.core.fees import fee_for
from gongkai.requests.errors import Refused
from gongkai.requests.models import Applicant, Case, Fee
from gongkai.requests.services.acting import (
    CITIZEN,
    advance,
    allow,
    check_day,
    day_of,
    locked,
    office_calendar,
    permit,
    refuse_in_further_round,
    require_text,
)
from gongkai.requests.services.examine import close_lapsed, set_all_parts


def earlier_items(case: Case) -> int:
    """Count the requests of the same applicant received earlier in the same calendar month."""
    lookup = case.applicant.identity_lookup
    if not lookup or case.received_date is None:
        return 0
    first = case.received_date.replace(day=1)
    return (
        Applicant.objects.filter(identity_lookup=lookup, case__org_code=case.org_code)
        .filter(
            case__received_date__gte=first, case__received_date__lte=case.received_date, case__pk__lt=case.pk
        )
        .count()
    )


@transaction.atomic
def charge_fee(*, case_id: int, mode: str, count: int, served: date, user: Any, now: datetime) -> Fee:
    """Serve a fee notice inside the reply limit: per item or per page, never both; what is free is not charged."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="handle", today=today)
    allow(case, "charge_fee")
    refuse_in_further_round(case, "收取信息处理费")
    if Fee.objects.filter(case=case).exists():
        raise Refused("这件申请已经发过收费通知，只能按一种方式计收一次", code="requests.fee_once")
    check_day(case, served, today=today, what="收费通知送达日期")
    if case.due_date is not None and served > case.due_date:
        raise Refused(
            "收费通知应在答复期限内送达", where=f"答复期限 {case.due_date.isoformat()}", remedy="已过期限，不能再收费",
            code="requests.fee_too_late",
        )  # fmt: skip
    already = earlier_items(case) if mode == "per_item" else 0
    try:
        fee = fee_for(mode=mode, count=count, on=served, already=already)
    except (LookupError, ValueError) as error:
        raise Refused("信息处理费算不出来", where=str(error), remedy="请核对计收方式与件数、页数") from error
    if fee.yuan == 0:
        raise Refused("没有超过免费的件数或页数，不收费", remedy="请直接答复", code="requests.fee_zero")
    limit = due(rule=clock("ogi.fee_payment", served), start=served, calendar=office_calendar()).due_date
    assert limit is not None  # noqa: S101  (no pauses)
    row = Fee.objects.create(
        case=case, mode=mode, rule_version=fee.rule_version, count=count, already=already, yuan=fee.yuan,
        steps=[asdict(step) for step in fee.steps], served_date=served, due_date=limit,
    )  # fmt: skip
    advance(
        case,
        "charge_fee",
        by=by,
        now=now,
        on=served,
        public=True,
        mode=mode,
        count=count,
        yuan=fee.yuan,
        due=limit,
    )
    return row


@transaction.atomic
def receive_payment(*, case_id: int, paid: date, user: Any, now: datetime) -> Case:
    """Note the payment; a full new reply limit begins."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="handle", today=today)
    allow(case, "receive_payment")
    fee = case.fee
    if not fee.served_date <= paid <= today:
        raise Refused("缴费日期应在通知送达日期与今天之间", where=paid.isoformat(), remedy="请核对日期")
    fee.paid_date = paid
    fee.save()
    case.extensions.filter(is_void=False).update(is_void=True)
    advance(case, "receive_payment", by=by, now=now, on=paid, public=True, yuan=fee.yuan)
    return case


@transaction.atomic
def lapse_fee(*, case_id: int, user: Any, now: datetime) -> Case:
    """Close a request whose fee was not paid in time."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="handle", today=today)
    allow(case, "lapse_fee")
    if today <= case.fee.due_date:
        raise Refused(
            "缴费期限还没有届满", where=f"截止 {case.fee.due_date.isoformat()}", remedy="届满次日起才能按放弃处理",
            code="requests.term_not_over",
        )  # fmt: skip
    set_all_parts(case, "other.lapsed_no_fee", {}, user=user, now=now)
    close_lapsed(case, "lapse_fee", "other.lapsed_no_fee", by=by, now=now, on=today, note="")
    return case


@transaction.atomic
def ask_reasons(*, case_id: int, why: str, asked: date, user: Any, now: datetime) -> Case:
    """Ask the applicant for reasons, because number or frequency is clearly beyond reason."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="handle", today=today)
    check_day(case, asked, today=today, what="告知日期")
    advance(
        case,
        "ask_reasons",
        by=by,
        now=now,
        on=asked,
        note=require_text(why, "为什么认为超过合理范围"),
        public=True,
    )
    return case


@transaction.atomic
def receive_reasons(*, case_id: int, reasons: str, received: date, now: datetime, user: Any = None) -> Case:
    """Take the applicant's reasons; refused when none were asked for."""
    case, today = locked(case_id), day_of(now)
    by = CITIZEN if user is None else permit(case, user=user, action="register", today=today)
    allow(case, "receive_reasons")
    if not case.events.filter(verb="ask_reasons").exists():
        raise Refused(
            "没有要求过说明理由", remedy="请先发出说明理由告知书", code="requests.reasons_not_asked"
        )
    check_day(case, received, today=today, what="收到理由的日期")
    advance(
        case,
        "receive_reasons",
        by=by,
        now=now,
        on=received,
        note=require_text(reasons, "说明的理由"),
        public=True,
    )
    return case


@transaction.atomic
def delay_reply(*, case_id: int, until: date, user: Any, now: datetime) -> Case:
    """Fix a reasonable later day because the reasons are good but the work cannot be done in time; needs the office head."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="manage", today=today)
    allow(case, "delay_reply")
    if not case.events.filter(verb="receive_reasons").exists():
        raise Refused("申请人还没有说明理由，不能确定延迟答复的期限", code="requests.reasons_not_given")
    if case.due_date is None or until <= case.due_date:
        raise Refused("延迟的日期应晚于现在的答复期限", where=until.isoformat(), remedy="请核对日期")
    case.delayed_until = until
    advance(case, "delay_reply", by=by, now=now, on=today, public=True, until=until)
    return case
