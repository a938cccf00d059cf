"""A reply for everyone (答复转为公开), and the proposal to disclose what many ask for (条例第44条)."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Count

from gongkai.guard import api as guard
from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.records import api as records
from gongkai.requests.core.letter_rules import letter_rules
from gongkai.requests.core.rules import room_rules
from gongkai.requests.core.states import State
from gongkai.requests.errors import Refused
from gongkai.requests.facts import DisclosureProposed
from gongkai.requests.models import Case, Letter, Proposal
from gongkai.requests.services.acting import (
    SYSTEM,
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


def release_day(case: Case) -> date | None:
    """Return the first day on which the reply may be shown to everyone, None when it may not."""
    if case.state != State.CLOSED or case.row not in GIVEN_ROWS or case.closed_date is None:
        return None
    days = room_rules().settings.release_after_working_days
    return office_calendar().nth_working_day_after(case.closed_date, days)


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


def propose_disclosures(*, now: datetime) -> int:
    """Find what several different applicants asked for and propose to disclose it; return how many proposals are new."""
    least, made = room_rules().settings.same_subject_requests, 0
    groups = (
        Case.objects.exclude(subject_digest="")
        .filter(received_date__isnull=False, erased_date__isnull=True)
        .values("org_code", "subject_digest")
        .annotate(requests=Count("pk"), applicants=Count("applicant__identity_lookup", distinct=True))
        .filter(applicants__gte=least)
    )
    for group in groups:
        with transaction.atomic():
            title = Case.objects.filter(
                org_code=group["org_code"], subject_digest=group["subject_digest"]
            ).values_list("title", flat=True)[0]
            _, is_new = Proposal.objects.get_or_create(
                org_code=group["org_code"], digest=group["subject_digest"],
                defaults={"title": title, "requests": group["requests"], "applicants": group["applicants"], "made_date": day_of(now)},
            )  # fmt: skip
            if is_new:
                made += 1
                journal.record_fact(
                    DisclosureProposed(
                        org=group["org_code"], subject=f"proposal:{group['subject_digest'][:16]}", on=day_of(now),
                        digest=sha256(group["subject_digest"].encode()).hexdigest(), requests=group["requests"],
                        applicants=group["applicants"],
                    ),
                    actor=SYSTEM, now=now,
                )  # fmt: skip
    return made


@transaction.atomic
def answer_proposal(*, proposal_id: int, answer: str, user: Any, now: datetime) -> Proposal:
    """Note what was decided about a proposal."""
    row = Proposal.objects.select_for_update().get(pk=proposal_id)
    organisations.require(
        user=user, action="manage", kind="request", org_code=row.org_code, today=day_of(now)
    )
    row.answer, row.answered_date = require_text(answer, "处理意见")[:300], day_of(now)
    row.save()
    return row
