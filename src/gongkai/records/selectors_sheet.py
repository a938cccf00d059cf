"""The sign-off sheet of one round (审签单): who signed what and when, within which limit, and what changed since the last signature."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from wagtail.models import Revision

from gongkai.kernel.calendar import WorkCalendar, load_calendar
from gongkai.kernel.clocks import Light
from gongkai.organisations import api as organisations
from gongkai.records.core.chains import REVIEW_LABELS
from gongkai.records.core.differences import ChangedLine, compare_payloads
from gongkai.records.core.errors import BadInput, NotFound
from gongkai.records.core.interpretation import signed_lines
from gongkai.records.core.kinds import CHANGES, GRADES
from gongkai.records.core.payload import public_payload
from gongkai.records.core.step_clock import read_clock
from gongkai.records.models import (
    InterpretationExemption,
    LaterReview,
    Record,
    RecordState,
    Release,
    ReleasePayload,
    Review,
    Waiver,
)
from gongkai.records.services.content import content_of
from gongkai.records.services.review_round import Round, round_of


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One signature or return, or a stop that is still open (`at` None). `in_time` is None where no clock applies."""

    label: str
    after: bool
    person: str
    stands_for: str
    role: str
    at: datetime | None
    decision: str
    opinion: str
    sha256: str
    limit: str
    in_time: bool | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet of one round. `changes` is None when nothing was signed before, empty when the text is the same."""

    record_id: int
    round: int
    title: str
    index_number: str
    document_number: str
    publisher: str
    owner: str
    grade: str
    chain: str
    chain_version: int
    basis: tuple[str, ...]
    change: str
    submitted_by: str
    submitted_at: datetime
    note: str
    authority: str
    sha256: str
    lines: tuple[SheetLine, ...]
    interpretation: tuple[tuple[str, str], ...]
    waivers: tuple[str, ...]
    compared_with: str
    changes: tuple[ChangedLine, ...] | None


def sheet_of(state: RecordState, number: int) -> Sheet:
    """Return the sheet of a round. Raises NotFound when the record had no such round."""
    turn = round_of(state.record_id, number)
    if turn is None:
        raise NotFound(
            code="round_unknown",
            message=f"这条信息没有第 {number} 次送审",
            where=f"信息 {state.record_id}",
            remedy="请从信息页重新选择",
        )
    payload = payload_of_revision(state, turn.submission.revision_id) or {}
    reviews = list(Review.objects.filter(record_id=state.record_id, round=number).order_by("pk"))
    before, compared_with = _signed_before(state, turn)
    named = turn.chain.authority(turn.submission.authority)
    people = names_of(
        {turn.submission.user_id, *(r.user_id for r in reviews), *(r.on_behalf_of for r in reviews)}
    )
    release = Release.objects.filter(record_id=state.record_id, round=number, kind="publish").first()
    return Sheet(
        record_id=state.record_id,
        round=number,
        title=payload.get("title") or str(state.record),
        index_number=state.index_number or "",
        document_number=payload.get("document_number") or "",
        publisher=organisations.get_organisation(code=state.record.org_code).name,
        owner=organisations.get_organisation(code=state.owner_code or state.record.org_code).name,
        grade=GRADES.get(_grade(turn.submission.revision_id), ""),
        chain=turn.chain.name,
        chain_version=turn.chain.version,
        basis=turn.chain.basis,
        change=CHANGES.get(release.change if release else state.change, ""),
        submitted_by=people.get(turn.submission.user_id, ""),
        submitted_at=turn.submission.at,
        note=turn.submission.note,
        authority=f"{named.name}：{turn.submission.authority_note}" if named else "",
        sha256=turn.submission.content_sha256,
        lines=tuple(_lines(turn, reviews, people)),
        interpretation=tuple(signed_lines(_beside(turn))),
        waivers=tuple(_waivers(state, turn)),
        compared_with=compared_with,
        changes=tuple(compare_payloads(before, payload)) if before and payload else None,
    )


def payload_of_revision(state: RecordState, revision_id: int | None) -> dict[str, Any] | None:
    """Return what a revision would show the public, as released if it was; None when the text is gone or unreadable."""
    release = Release.objects.filter(
        record_id=state.record_id, kind="publish", revision_id=revision_id
    ).first()
    stored = ReleasePayload.objects.filter(pk=release.pk).first() if release else None
    if stored is not None:
        found: dict[str, Any] = json.loads(stored.text)
        return found
    revision = Revision.objects.for_instance(state.record).filter(pk=revision_id).first()
    if revision is None:
        return None
    try:
        return public_payload(content_of(revision.as_object(), state), None)
    except BadInput:
        return None


def names_of(numbers: Iterable[int | None]) -> dict[int, str]:
    """Return the names of people by number."""
    wanted = [number for number in numbers if number]
    people = get_user_model().objects.filter(pk__in=wanted) if wanted else ()
    return {person.pk: person.get_full_name() for person in people}


def _beside(turn: Round) -> dict[str, Any]:
    """Return what was signed beside the text of a round: the plan of its revision, else the decision taken before."""
    sent = turn.submission
    content = Revision.objects.filter(pk=sent.revision_id).values_list("content", flat=True).first() or {}
    if plan := content.get("interpretation_plan"):
        return {"interpretation": {"plan": plan}}
    last = InterpretationExemption.objects.filter(record_id=sent.record_id, at__lte=sent.at).last()
    return {"interpretation": {"exempt": {"ground": last.ground, "reason": last.reason}}} if last else {}


def _grade(revision_id: int) -> str:
    content = Revision.objects.filter(pk=revision_id).values_list("content", flat=True).first()
    return str((content or {}).get("grade", ""))


def _signed_before(state: RecordState, turn: Round) -> tuple[dict[str, Any] | None, str]:
    """Return the content that was signed last before this round, and in words which one that is."""
    last = (
        Review.objects.filter(record_id=state.record_id, round__lt=turn.number, decision="signed")
        .order_by("pk")
        .last()
    )
    if last is None:
        return None, "此前没有签署过的内容"
    words = f"第 {last.round} 次送审时签署的内容（{last.content_sha256[:16]}）"
    before = payload_of_revision(state, last.revision_id)
    return before, words if before else f"{words}，这个版本的文字已经清理，不能比对"


def _lines(turn: Round, reviews: list[Review], people: dict[int, str]) -> Iterable[SheetLine]:
    calendar, roles = load_calendar(), organisations.role_book().roles
    later = LaterReview.objects.filter(
        record_id=turn.submission.record_id, release__round=turn.number
    ).first()
    since = turn.submission.at
    for step in turn.chain.steps:
        if step.after and later is not None:
            since = max(since, later.opened_at)
        done = [review for review in reviews if review.kind in step.kinds]
        for review in done:
            limit, in_time = _limit(step.clock, since, review.at, calendar)
            yield SheetLine(
                label=REVIEW_LABELS[review.kind],
                after=step.after,
                person=people.get(review.user_id, ""),
                stands_for=people.get(review.on_behalf_of or 0, ""),
                role=roles[review.role].name if review.role in roles else review.role,
                at=review.at,
                decision=review.get_decision_display(),
                opinion=review.opinion,
                sha256=review.content_sha256,
                limit=limit,
                in_time=in_time,
            )
        signed = {review.kind for review in done if review.decision == "signed"}
        for kind in [kind for kind in step.kinds if kind not in signed]:
            if not any(review.kind == kind for review in done):
                yield SheetLine(REVIEW_LABELS[kind], step.after, "", "", "", None, "未签", "", "", "", None)
        if done:
            since = max(since, done[-1].at)


def _limit(rule_id: str, since: datetime, at: datetime, calendar: WorkCalendar) -> tuple[str, bool | None]:
    clock = read_clock(rule_id=rule_id, since=since, now=at, calendar=calendar)
    return (clock.length_text, clock.light is not Light.LATE) if clock else ("", None)


def _waivers(state: RecordState, turn: Round) -> Iterable[str]:
    """Return what was let pass up to this round's end, as lines; the matched text itself is never shown."""
    last = Review.objects.filter(record_id=state.record_id, round=turn.number).order_by("pk").last()
    until = last.at if last else turn.submission.at
    rows = Waiver.objects.filter(record_id=state.record_id, at__lte=until).select_related("user")
    return [f"{row.detector}：{row.reason}（{row.user.get_full_name()}）" for row in rows]


@dataclass(frozen=True, slots=True)
class Version:
    """One text of a record as the history lists it."""

    revision_id: int
    saved_at: datetime
    person: str
    marks: tuple[str, ...]


def versions_of(record: Record, *, limit: int) -> list[Version]:
    """Return the newest texts of a record, newest first, each with what became of it."""
    rows = list(
        Revision.objects.for_instance(record).select_related("user").order_by("-pk").defer("content")[:limit]
    )
    marks: dict[int, list[str]] = {row.pk: [] for row in rows}
    for number, revision_id in record.submissions.values_list("round", "revision_id"):
        marks.setdefault(revision_id, []).append(f"第 {number} 次送审")
    releases = Release.objects.filter(record_id=record.pk, kind="publish").order_by("pk")
    for sequence, revision_id in releases.values_list("sequence", "revision_id"):
        marks.setdefault(revision_id or 0, []).append(f"第 {sequence} 次发布")
    return [
        Version(row.pk, row.created_at, row.user.get_full_name() if row.user else "", tuple(marks[row.pk]))
        for row in rows
    ]
