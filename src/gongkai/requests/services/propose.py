"""The proposal to disclose what many ask for (建议主动公开，条例第44条)."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.requests.core.rules import room_rules
from gongkai.requests.core.similarity import groups
from gongkai.requests.facts import DisclosureProposed
from gongkai.requests.models import Case, Proposal
from gongkai.requests.services.acting import SYSTEM, day_of, require_text
from gongkai.requests.services.office import office_choices

AT_ONCE = 3_000
"""Of the newest requests of an authority; comparing them takes seconds."""


def propose_disclosures(*, now: datetime) -> int:
    """Find what several different applicants asked for, in whatever words, and propose to disclose it; return how many are new.

    A subject that was proposed before keeps its proposal; its counts and cases are brought up to date while it is unanswered.
    """
    today, made = day_of(now), 0
    recent = Case.objects.filter(received_date__gte=_since(today), erased_date__isnull=True)
    for org_code in recent.order_by().values_list("org_code", flat=True).distinct():
        rows = (
            recent.filter(org_code=org_code)
            .order_by("-pk")
            .values_list("pk", "content", "title", "subject_digest", "applicant__identity_lookup")[:AT_ONCE]
        )
        made += sum(_propose(org_code, group, today=today, now=now) for group in _same(list(rows)[::-1]))
    return made


def _since(today: date) -> date:
    months = today.year * 12 + today.month - 1 - room_rules().settings.similar_months
    return date(months // 12, months % 12 + 1, 1)


def _same(rows: list[Any]) -> list[list[Any]]:
    found = groups([row[1] for row in rows], share=room_rules().settings.similar_share)
    return [[rows[place] for place in members] for members in found]


def _propose(org_code: str, group: list[Any], *, today: date, now: datetime) -> bool:
    applicants = len({row[4] for row in group})  # those who did not identify themselves count as one
    if applicants < office_choices(org_code).same_subject_requests:
        return False
    digests, cases = {row[3] for row in group}, [row[0] for row in group]
    with transaction.atomic():
        known = Proposal.objects.filter(org_code=org_code, digest__in=digests).order_by("pk").first()
        if known is not None:
            if known.answered_date is None:
                known.requests, known.applicants, known.cases = len(group), applicants, cases
                known.save()
            return False
        digest = group[0][3]
        Proposal.objects.create(
            org_code=org_code, digest=digest, title=group[0][2], requests=len(group), applicants=applicants, cases=cases,
            made_date=today,
        )  # fmt: skip
        journal.record_fact(
            DisclosureProposed(
                org=org_code, subject=f"proposal:{digest[:16]}", on=today,
                digest=sha256(digest.encode()).hexdigest(), requests=len(group), applicants=applicants,
            ),
            actor=SYSTEM, now=now,
        )  # fmt: skip
    return True


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
