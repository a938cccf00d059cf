"""Reconsideration and suits (复议、诉讼): noted, and written back when they end; ratings and late papers too."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from gongkai.requests.errors import Refused
from gongkai.requests.models import Case, Rating, Remedy, Round
from gongkai.requests.services.acting import CITIZEN, advance, allow, day_of, locked, permit, require_text


@transaction.atomic
def lodge_remedy(
    *, case_id: int, kind: str, body: str, lodged: date, reference: str = "", user: Any, now: datetime
) -> Remedy:
    """Note that a reconsideration or a suit was lodged, also while the reply is late (omission)."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="handle", today=today)
    allow(case, "lodge_remedy")
    if kind not in dict(Remedy.KINDS):
        raise Refused("请选择救济的种类", remedy="、".join(name for _, name in Remedy.KINDS))
    if not case.arrived_date <= lodged <= today:
        raise Refused("提起日期应在收到申请与今天之间", where=lodged.isoformat(), remedy="请核对日期")
    row = Remedy.objects.create(
        case=case,
        kind=kind,
        body=require_text(body, "受理机关")[:120],
        reference=reference[:80],
        lodged_date=lodged,
    )
    advance(case, "lodge_remedy", by=by, now=now, on=lodged, public=True, remedy=int(row.pk), kind=kind)
    return row


@transaction.atomic
def end_remedy(
    *, case_id: int, remedy_id: int, result: str, ended: date, note: str = "", user: Any, now: datetime
) -> Remedy:
    """Write the result of a reconsideration or suit back to the case."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="handle", today=today)
    allow(case, "end_remedy")
    row = Remedy.objects.filter(pk=remedy_id, case=case).first()
    if row is None or row.result:
        raise Refused("没有这件未审结的复议或诉讼", remedy="请刷新页面")
    if result not in dict(Remedy.RESULTS):
        raise Refused("请选择结果", remedy="、".join(name for _, name in Remedy.RESULTS))
    if not row.lodged_date <= ended <= today:
        raise Refused("办结日期应在提起日期与今天之间", where=ended.isoformat(), remedy="请核对日期")
    row.result, row.ended_date, row.note = result, ended, note
    row.save()
    advance(
        case,
        "end_remedy",
        by=by,
        now=now,
        on=ended,
        public=True,
        remedy=int(row.pk),
        kind=row.kind,
        result=result,
    )
    return row


@transaction.atomic
def open_round(
    *, case_id: int, remedy_id: int, opened: date, named: date | None = None, user: Any, now: datetime
) -> Round:
    """Begin a further round because this reconsideration or suit was corrected: parts are undecided again, a new limit runs.

    `opened` is the day the decision or judgment arrived, `named` the day by which it wants the new reply, if it names one;
    else the reply limit runs in full. What the first round counts as in tables three and four stays.
    """
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="manage", today=today)
    allow(case, "open_round")
    row = Remedy.objects.filter(pk=remedy_id, case=case).first()
    if row is None or row.result != "corrected" or row.ended_date is None:
        raise Refused(
            "只有结果纠正的复议或诉讼才需要重新办理",
            remedy="请先登记复议、诉讼的结果",
            code="requests.not_corrected",
        )
    if Round.objects.filter(remedy=row).exists():
        raise Refused("这件复议或诉讼已经重新办理过", remedy="请刷新页面", code="requests.round_once")
    if case.erased_date is not None:
        raise Refused("个人信息已按期删除，不能重新办理", remedy="请与申请人联系，按新的申请登记")
    last = case.rounds.last()
    first_day = max(d for d in (row.ended_date, case.closed_date, last and last.closed_date) if d)
    if not first_day <= opened <= today:
        raise Refused(
            "收到决定或判决的日期应在复议、诉讼办结之后，不晚于今天",
            where=opened.isoformat(),
            remedy="请核对日期",
        )
    if named is not None and named <= opened:
        raise Refused(
            "限定的答复日期应晚于收到决定或判决的日期", where=named.isoformat(), remedy="请核对日期"
        )
    before = [
        {"position": p.position, "text": p.text, "outcome": p.outcome, "detail": p.detail}
        for p in case.parts.all()
    ]
    case.round += 1
    further = Round.objects.create(
        case=case, number=case.round, remedy=row, opened_date=opened, named_date=named, before=before
    )
    case.parts.update(outcome="", detail={}, decided_by=None, decided_at=None)
    case.extensions.filter(is_void=False).update(is_void=True)
    case.delayed_until = case.keep_until = case.archived_date = None
    advance(
        case,
        "open_round",
        by=by,
        now=now,
        on=opened,
        public=True,
        round=case.round,
        remedy=int(row.pk),
        named=named,
    )
    return further


@transaction.atomic
def rate(*, case_id: int, score: int, text: str, now: datetime) -> Rating:
    """Take the applicant's rating, once."""
    case, today = locked(case_id), day_of(now)
    allow(case, "rate")
    if not 1 <= score <= 5:
        raise Refused("请在 1 至 5 分中选择", where=str(score))
    try:
        with transaction.atomic():
            row = Rating.objects.create(case=case, score=score, text=text.strip()[:1000], rated_at=now)
    except IntegrityError:
        raise Refused(
            "这件申请已经评价过", remedy="感谢您的评价，每件申请只能评价一次", code="requests.rated"
        ) from None
    advance(case, "rate", by=CITIZEN, now=now, on=today, score=score)
    return row


@transaction.atomic
def note_late_paper(*, case_id: int, note: str, now: datetime, user: Any = None) -> Case:
    """Keep a paper that arrived after the case was closed; it changes neither state nor figures."""
    case, today = locked(case_id), day_of(now)
    by = CITIZEN if user is None else permit(case, user=user, action="register", today=today)
    advance(case, "note_late_paper", by=by, now=now, on=today, note=require_text(note, "来件的内容"))
    return case
