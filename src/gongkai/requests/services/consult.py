"""Ask third parties and joint makers (征求意见): the clock stands still meanwhile, as intervals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from gongkai.requests.core.applicants import normalise
from gongkai.requests.core.case_clock import pause_end
from gongkai.requests.core.personal import lookup, seal
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case, Consultation, Pause
from gongkai.requests.services.acting import (
    advance,
    allow,
    check_day,
    day_of,
    locked,
    office_calendar,
    permit,
    require_text,
)
from gongkai.requests.services.keys import lookup_key, sealing_key

CLOCKS = {
    Consultation.THIRD_PARTY: "ogi.third_party_opinion",
    Consultation.JOINT: "ogi.joint_agency_opinion",
    Consultation.OTHER: "ogi.joint_agency_opinion",
}
GROUNDS = {
    Consultation.THIRD_PARTY: "条例第三十二条、第三十三条第三款",
    Consultation.JOINT: "条例第三十四条、第三十三条第三款",
    Consultation.OTHER: "条例第三十三条第三款",
}


@transaction.atomic
def ask(
    *,
    case_id: int,
    kind: str,
    name: str,
    contact: str = "",
    documents: str,
    sent: date,
    delivered: date | None = None,
    user: Any,
    now: datetime,
) -> Consultation:
    """Send a letter of consultation; the days after sending do not count until the answer. Returns the consultation.

    Raises Refused when the same addressee is already being asked (the database refuses it too).
    """
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="handle", today=today)
    verb = "ask_third_party" if kind == Consultation.THIRD_PARTY else "ask_joint_maker"
    allow(case, verb)
    if kind not in CLOCKS:
        raise Refused("请选择征求意见的对象种类", remedy="第三方、共同制作机关或其他机关")
    name = require_text(name, "征求意见的对象")
    check_day(case, sent, today=today, what="发出日期")
    key = lookup("addressee", normalise(name), key=lookup_key())
    try:
        with transaction.atomic():
            row = Consultation.objects.create(
                case=case, kind=kind, sealed_addressee=b"", addressee_lookup=key,
                documents=require_text(documents, "涉及的信息"), sent_date=sent,
            )  # fmt: skip
            row.sealed_addressee = seal(
                {"name": name, "contact": contact}, key=sealing_key(), owner=f"consultation:{row.pk}"
            )
            row.save(update_fields=["sealed_addressee"])
            Pause.objects.create(
                case=case, consultation=row, kind=kind, addressee_lookup=key, start_date=sent, ground=GROUNDS[kind],
                author=user,
            )  # fmt: skip
    except IntegrityError:
        raise Refused(
            "已经在征求这个对象的意见", remedy="请等其答复，或先记下答复结果", code="requests.asked_already"
        ) from None
    advance(case, verb, by=by, now=now, on=sent, public=True, consultation=int(row.pk))
    if delivered is not None:
        note_delivery(case_id=case_id, consultation_id=row.pk, delivered=delivered, user=user, now=now)
    return row


def _open_consultation(case: Case, consultation_id: int) -> Consultation:
    row = Consultation.objects.filter(pk=consultation_id, case=case).first()
    if row is None:
        raise Refused("这件申请没有这次征求意见", remedy="请刷新页面", code="requests.no_such_consultation")
    if row.answer:
        raise Refused(
            "这次征求意见已经有了结果",
            where=row.get_answer_display(),
            remedy="如来件迟到，请作为迟到来件登记",
        )
    return row


@transaction.atomic
def note_delivery(
    *, case_id: int, consultation_id: int, delivered: date, user: Any, now: datetime
) -> Consultation:
    """Note when the letter arrived: from then the answer's own limit runs."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="handle", today=today)
    allow(case, "note_delivery")
    row = _open_consultation(case, consultation_id)
    if not row.sent_date <= delivered <= today:
        raise Refused("送达日期应在发出日期与今天之间", where=delivered.isoformat(), remedy="请核对日期")
    row.delivered_date = delivered
    row.due_date = pause_end(delivered=delivered, rule_id=CLOCKS[row.kind], calendar=office_calendar())
    row.save()
    advance(case, "note_delivery", by=by, now=now, on=delivered, consultation=int(row.pk), due=row.due_date)
    return row


@transaction.atomic
def note_answer(
    *,
    case_id: int,
    consultation_id: int,
    answer: str,
    answered: date,
    reasons: str = "",
    user: Any,
    now: datetime,
) -> Consultation:
    """Note the answer, or `silent` when the limit has passed without one. The pause ends with it.

    A third party's silence leaves the decision to the agency; a joint maker's silence is consent.
    """
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="handle", today=today)
    allow(case, "note_answer")
    row = _open_consultation(case, consultation_id)
    if answer not in dict(Consultation.ANSWERS):
        raise Refused("请选择答复的意见", remedy="同意、不同意、部分同意或逾期未答复")
    if answer == "refuse":
        require_text(reasons, "不同意公开的理由")
    if not row.sent_date <= answered <= today:
        raise Refused("答复日期应在发出日期与今天之间", where=answered.isoformat(), remedy="请核对日期")
    end = answered
    if answer == "silent":
        if row.due_date is None:
            raise Refused("还没有记下意见书的送达日期，不能按逾期处理", remedy="请先填写送达日期")
        if today <= row.due_date:
            raise Refused(
                "征求意见的期限还没有届满", where=f"截止 {row.due_date.isoformat()}", remedy="届满次日起才能按逾期处理",
                code="requests.term_not_over",
            )  # fmt: skip
        end = row.due_date
    elif row.due_date is not None and answered > row.due_date:
        end = row.due_date
    row.answer, row.answered_date, row.reasons = answer, answered, reasons.strip()
    row.save()
    row.pauses.filter(end_date__isnull=True).update(end_date=end)
    advance(
        case, "note_answer", by=by, now=now, on=answered, public=True, consultation=int(row.pk), answer=answer
    )
    return row
