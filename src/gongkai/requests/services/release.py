"""A reply for everyone (答复转为公开): after a waiting time, without personal data, as a record with its own reviews."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.guard import api as guard
from gongkai.records import api as records
from gongkai.requests.core.letter_rules import letter_rules
from gongkai.requests.core.states import State
from gongkai.requests.errors import Refused
from gongkai.requests.models import Case, Letter
from gongkai.requests.services.acting import (
    advance,
    allow,
    day_of,
    locked,
    office_calendar,
    permit,
    require_text,
)
from gongkai.requests.services.letter_values import particulars
from gongkai.requests.services.letters import content_of
from gongkai.requests.services.office import office_choices

GIVEN_ROWS = ("granted", "partial")


def without_personal_data(text: str, *, known: list[str]) -> str:
    """Return a text without what the guard takes for personal data and without the particulars of the applicant."""
    for value in sorted((v for v in known if len(v) >= 2), key=len, reverse=True):
        text = text.replace(value, "某申请人" if not any(c.isdigit() for c in value) else "＊＊＊")
    spans = [
        finding.span
        for finding in guard.check_text(text)
        if finding.detector.startswith("pii.") and finding.span is not None
    ]
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + "＊＊＊" + text[end:]
    return text


def served_reply(case: Case) -> Letter | None:
    """Return the reply that was served, None when the case ended without one."""
    for letter in case.letters.filter(service__isnull=False).order_by("-pk"):
        if letter_rules()[letter.kind].reply:
            return letter
    return None


def latest_row(case: Case) -> str:
    """Return what came of the latest round, by which the reply is open or not."""
    further = case.rounds.last() if case.round > 1 else None
    return further.row if further is not None else case.row


def release_day(case: Case) -> date | None:
    """Return the first day on which the reply may be shown to everyone, None when it may not."""
    if case.state != State.CLOSED or case.closed_date is None or latest_row(case) not in GIVEN_ROWS:
        return None
    days = office_choices(case.org_code).release_after_working_days
    letter = served_reply(case)
    closed = max(case.closed_date, letter.service.served_date) if letter is not None else case.closed_date
    return office_calendar().nth_working_day_after(closed, days)


@transaction.atomic
def release_reply(*, case_id: int, title: str, catalogue_codes: list[str], user: Any, now: datetime) -> int:
    """Begin a record from a served reply: personal data removed; guard and review follow as for any record.

    Returns the record's id. Refused before the waiting time is over, and a second time.
    """
    case, today = locked(case_id), day_of(now)
    by = permit(case, user=user, action="manage", today=today)
    allow(case, "release_reply")
    first, letter = release_day(case), served_reply(case)
    if first is None or letter is None:
        raise Refused("只有予以公开或部分公开的答复可以转为公开", code="requests.not_releasable")
    if today < first:
        raise Refused(
            "还没有到可以转为公开的日期",
            where=f"最早 {first.isoformat()}",
            remedy="到期后再办",
            code="requests.too_early",
        )
    if case.release_record is not None:
        raise Refused(
            "这份答复已经转为公开", where=f"条目 {case.release_record}", remedy="请到信息列表中查看"
        )
    content, known = content_of(letter), list(particulars(case).values())
    asked = without_personal_data(case.content, known=known)
    blocks: list[dict[str, Any]] = [{"type": "heading", "level": 1, "text": "申请内容"}]
    blocks += [{"type": "paragraph", "text": line} for line in asked.split("\n") if line.strip()]
    blocks.append({"type": "heading", "level": 1, "text": "答复内容"})
    blocks += [
        {"type": "paragraph", "text": without_personal_data(text, known=known)} for text in content.paragraphs
    ]
    info = records.create_draft(
        org_code=case.org_code,
        catalogue_codes=catalogue_codes,
        title=without_personal_data(require_text(title, "标题"), known=known),
        blocks=blocks,
        metadata={"kind": "other", "formed_date": case.closed_date, "disclosure": "active"},
        user=user,
        now=now,
    )
    case.release_record = info.id
    advance(case, "release_reply", by=by, now=now, on=today, record=int(info.id))
    return int(info.id)
