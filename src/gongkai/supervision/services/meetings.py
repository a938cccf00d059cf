"""Meetings of the leading group (领导小组会议): notice, minutes, decisions that become tasks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from gongkai.journal.api import Actor, record_fact
from gongkai.kernel.machine import NotAllowed, step
from gongkai.organisations import api as organisations
from gongkai.supervision import facts
from gongkai.supervision.core.governance_states import MEETING_LABELS, MEETINGS
from gongkai.supervision.core.states import TaskState
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import Meeting, MeetingDecision, Plan, Task
from gongkai.supervision.services.rights import acting

PART = "领导小组会议议定事项"


@dataclass(frozen=True, slots=True)
class MeetingWords:
    """What a notice says; `attendees` are codes of sections and institutions."""

    kind: str
    title: str
    held_on: date
    place: str
    chair: str
    agenda: str
    attendees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionWords:
    """One decision: what, who, until when."""

    text: str
    owner_code: str
    due_date: date


@transaction.atomic
def plan_meeting(
    *, org_code: str, words: MeetingWords, user: object | None, today: date, now: datetime
) -> Meeting:
    """Write a meeting down before its notice goes out."""
    acting(user=user, action="manage", org_code=org_code, today=today)
    for name, text in (
        ("名称", words.title),
        ("地点", words.place),
        ("主持人职务", words.chair),
        ("议题", words.agenda),
    ):
        if not text.strip():
            raise SupervisionRefused("missing_words", f"会议没有写明{name}", remedy=f"请填写{name}")
    if words.kind not in (Meeting.LEADING_GROUP, Meeting.SPECIAL):
        raise SupervisionRefused("bad_kind", "会议种类不正确", remedy="请从列表中选择")
    known = organisations.subtree_codes(code=org_code)
    if not set(words.attendees) <= known:
        raise SupervisionRefused("no_unit", "参加单位不在本机关之内", remedy="请从列表中选择")
    year = words.held_on.year
    last = Meeting.objects.filter(org_code=org_code, year=year).aggregate(n=Max("serial"))["n"] or 0
    return Meeting.objects.create(
        org_code=org_code, year=year, serial=last + 1, kind=words.kind, title=words.title.strip()[:200],
        held_on=words.held_on, place=words.place.strip()[:200], chair=words.chair.strip()[:100],
        attendees=sorted(words.attendees), agenda=words.agenda.strip(),
    )  # fmt: skip


def _locked(meeting_id: int, verb: str) -> Meeting:
    meeting = Meeting.objects.select_for_update().filter(pk=meeting_id).first()
    if meeting is None:
        raise SupervisionRefused("no_meeting", "没有这次会议", remedy="请刷新页面")
    try:
        meeting.state = step(table=MEETINGS, state=meeting.state, verb=verb).lands_in(meeting.state)
    except NotAllowed as refused:
        label = dict(MEETING_LABELS)[meeting.state]  # type: ignore[index]
        raise SupervisionRefused(
            "wrong_state", f"会议“{label}”，现在不能这样做", remedy="请刷新页面查看状态"
        ) from refused
    return meeting


@transaction.atomic
def notice_meeting(*, meeting_id: int, user: object | None, today: date, now: datetime) -> None:
    """Send the notice (发会议通知)."""
    meeting = _locked(meeting_id, "notice")
    actor = acting(user=user, action="manage", org_code=meeting.org_code, today=today)
    meeting.save()
    fact = facts.MeetingNoticed(
        org=meeting.org_code,
        subject=f"meeting:{meeting.pk}",
        on=today,
        kind=meeting.kind,
        held_on=meeting.held_on,
    )
    record_fact(fact, actor=actor, now=now)


@transaction.atomic
def cancel_meeting(*, meeting_id: int, reason: str, user: object | None, today: date, now: datetime) -> None:
    """Call a meeting off, with a reason (取消会议)."""
    meeting = _locked(meeting_id, "cancel")
    actor = acting(user=user, action="manage", org_code=meeting.org_code, today=today)
    if not reason.strip():
        raise SupervisionRefused("no_reason", "没有写明取消的理由", remedy="请写明理由")
    meeting.reason = reason.strip()[:300]
    meeting.save()
    fact = facts.MeetingCancelled(
        org=meeting.org_code, subject=f"meeting:{meeting.pk}", on=today, kind=meeting.kind
    )
    record_fact(fact, actor=actor, now=now)


@transaction.atomic
def hold_meeting(
    *,
    meeting_id: int,
    minutes: str,
    decisions: list[DecisionWords],
    user: object | None,
    today: date,
    now: datetime,
) -> None:
    """Enter the minutes; every decision becomes a confirmed task of the year's plan (纪要、议定事项转任务).

    Raises SupervisionRefused before the day of the meeting, without minutes, or with decisions but no plan to put them in.
    """
    meeting = _locked(meeting_id, "hold")
    actor = acting(user=user, action="manage", org_code=meeting.org_code, today=today)
    if today < meeting.held_on:
        raise SupervisionRefused(
            "too_early", f"会议定在 {meeting.held_on}，还没有召开", remedy="会后再录入纪要"
        )
    if not minutes.strip():
        raise SupervisionRefused("no_minutes", "没有写纪要", remedy="请录入会议纪要")
    _check(meeting, decisions)
    meeting.minutes = minutes.strip()
    meeting.minutes_sha256 = hashlib.sha256(meeting.minutes.encode()).hexdigest()
    meeting.save()
    plan = plan_for(meeting)
    if plan is not None:
        for position, words in enumerate(decisions, start=1):
            _decide(meeting, plan, position, words, actor, today, now)
    fact = facts.MeetingHeld(
        org=meeting.org_code, subject=f"meeting:{meeting.pk}", on=meeting.held_on, kind=meeting.kind,
        decisions=len(decisions), minutes_sha256=meeting.minutes_sha256,
    )  # fmt: skip
    record_fact(fact, actor=actor, now=now)


def _check(meeting: Meeting, decisions: list[DecisionWords]) -> None:
    known = organisations.subtree_codes(code=meeting.org_code)
    for words in decisions:
        if not words.text.strip():
            raise SupervisionRefused("no_words", "有一项议定事项没有内容", remedy="请填写内容，或删去这一行")
        if words.owner_code not in known:
            raise SupervisionRefused("no_owner", "议定事项没有写明责任科室", remedy="请从列表中选择")
        if words.due_date < meeting.held_on:
            raise SupervisionRefused("past_due", "议定事项的到期日早于会议日期", remedy="请核对日期")
    if decisions and plan_for(meeting) is None:
        raise SupervisionRefused(
            "no_plan",
            f"还没有 {meeting.year} 年的工作计划，议定事项无处落实",
            remedy="请先导入工作计划，再录入纪要",
        )


def plan_for(meeting: Meeting) -> Plan | None:
    """Return the plan that decisions of a meeting go into: the newest of its year."""
    return Plan.objects.filter(org_code=meeting.org_code, year=meeting.year).order_by("-pk").first()


def _decide(
    meeting: Meeting,
    plan: Plan,
    position: int,
    words: DecisionWords,
    actor: Actor,
    today: date,
    now: datetime,
) -> None:
    last = plan.tasks.aggregate(n=Max("position"))["n"] or 0
    task = Task.objects.create(
        plan=plan, position=last + 1, number=f"议{meeting.serial}-{position}", part=PART, heading=meeting.title,
        text=words.text.strip(), source_line=0, lead=[], co_owners=[], owner_code=words.owner_code, deadline_kind="date",
        deadline_date=words.due_date, state=TaskState.CONFIRMED,
    )  # fmt: skip
    MeetingDecision.objects.create(
        meeting=meeting,
        position=position,
        text=task.text,
        owner_code=words.owner_code,
        due_date=words.due_date,
        task=task,
    )
    taken = facts.DecisionTaken(
        org=meeting.org_code, subject=f"meeting:{meeting.pk}", on=today, task=f"task:{task.pk}", owner=words.owner_code,
        due=words.due_date,
    )  # fmt: skip
    confirmed = facts.TaskConfirmed(
        org=meeting.org_code, subject=f"task:{task.pk}", on=today, plan=f"plan:{plan.pk}", owner=words.owner_code,
        deadline_kind="date", due=words.due_date,
    )  # fmt: skip
    for fact in (taken, confirmed):
        record_fact(fact, actor=actor, now=now)
