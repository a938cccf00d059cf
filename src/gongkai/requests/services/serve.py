"""Serve letters (送达): by a way the law knows, on the day that counts, with proof; the served reply ends the case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.requests.core.letter_rules import letter_rules
from gongkai.requests.core.outcomes import derive_row
from gongkai.requests.core.rules import room_rules
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case, Letter, Service
from gongkai.requests.services.acting import (
    CITIZEN,
    advance,
    allow,
    check_day,
    close,
    day_of,
    locked,
    permit,
    require_text,
)
from gongkai.requests.services.decide import case_outcomes
from gongkai.requests.services.examine import set_all_parts
from gongkai.requests.services.files import require_replies_clear
from gongkai.requests.services.letters import content_of, freeze


def _service(letter: Letter, *, way: str, served: date, proof: str, user: Any, now: datetime) -> Service:
    rule = room_rules().service_ways.get(way)
    if rule is None:
        names = "、".join(row.name for row in room_rules().service_ways.values())
        raise Refused("请选择送达方式", where=way, remedy=names)
    if hasattr(letter, "service"):
        raise Refused("这份文书已经送达", where=letter.service.served_date.isoformat(), remedy="请刷新页面")
    return Service.objects.create(
        letter=letter, way=way, served_date=served, proof=require_text(proof, f"送达凭据（{rule.proof}）")[:200],
        served_by=user, recorded_at=now,
    )  # fmt: skip


@transaction.atomic
def serve_reply(*, case_id: int, way: str, served: date, proof: str, user: Any, now: datetime) -> Case:
    """Serve the signed reply and close the case. Refused before both signatures, and for a day before the last of them."""
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="reply", today=today)
    allow(case, "serve")
    check_day(case, served, today=today, what="送达日期")
    replies = case.letters.filter(frozen_date__isnull=False, is_void=False).order_by("-pk")
    letter = next(row for row in replies if letter_rules()[row.kind].reply and not hasattr(row, "service"))
    signatures = list(letter.signatures.all())
    if len(signatures) < len(room_rules().signatures) or any(
        row.sha256 != letter.sha256 for row in signatures
    ):
        raise Refused("双签没有完成，答复不能送出", remedy="请先完成双签", code="requests.not_signed")
    if content_of(letter).digest() != letter.sha256:
        raise Refused("文书内容与签批的不一致，不能送出", remedy="请退回重签", code="requests.other_bytes")
    last_signed = max(day_of(row.signed_at) for row in signatures)
    if served < last_signed:
        raise Refused(
            "送达日期早于签批日期",
            where=last_signed.isoformat(),
            remedy="请核对日期",
            code="requests.served_before_signed",
        )
    require_replies_clear(case)
    _service(letter, way=way, served=served, proof=proof, user=user, now=now)
    chosen = case_outcomes(case)
    row = derive_row(chosen)
    close(
        case, "serve", row=row.row, why=row.why, rule_version=row.rule_version, outcomes=chosen, how="served", by=by,
        now=now, on=served, way=way,
    )  # fmt: skip
    return case


@transaction.atomic
def serve_notice(*, letter_id: int, way: str, served: date, proof: str, user: Any, now: datetime) -> Letter:
    """Serve a letter other than the reply; it is numbered and frozen by that, unless it needs both signatures first."""
    letter = Letter.objects.select_for_update().get(pk=letter_id)
    case, today = locked(letter.case_id), day_of(now)
    by = permit(case, user=user, action="reply", today=today)
    allow(case, "serve_notice")
    if letter_rules()[letter.kind].reply:
        raise Refused("答复文书须经双签后送达", remedy="请送签", code="requests.not_signed")
    check_day(case, served, today=today, what="送达日期")
    if letter_rules()[letter.kind].signed and letter.signatures.count() < len(room_rules().signatures):
        raise Refused("这份文书须经双签后送达", remedy="请先送签", code="requests.not_signed")
    if letter.frozen_date is None:
        freeze(letter, case=case, today=today)
    _service(letter, way=way, served=served, proof=proof, user=user, now=now)
    advance(
        case,
        "serve_notice",
        by=by,
        now=now,
        on=served,
        public=True,
        letter=int(letter.pk),
        kind=letter.kind,
        way=way,
    )
    return letter


@transaction.atomic
def withdraw(*, case_id: int, how: str, now: datetime, user: Any = None) -> Case:
    """End a request because its applicant takes it back; `how` tells of the paper or the call."""
    case, today = locked(case_id), day_of(now)
    by = CITIZEN if user is None else permit(case, user=user, action="handle", today=today)
    allow(case, "withdraw")
    note = require_text(how, "撤回的凭据（撤回书或通话记录）")
    set_all_parts(case, "other.misc", {"reason": "申请人撤回申请"}, user=user, now=now)
    case.pauses.filter(end_date__isnull=True).update(end_date=today)
    row = derive_row(["other.misc"])
    close(
        case, "withdraw", row=row.row, why=row.why, rule_version=row.rule_version, outcomes=("other.misc",),
        how="withdrawn", by=by, now=now, on=today, note=note,
    )  # fmt: skip
    return case
