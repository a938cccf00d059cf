"""Desk screens of leading-group meetings: list, notice, minutes, decisions."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.organisations import api as organisations
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import Meeting
from gongkai.supervision.printing.official_docx import Paper, official_docx
from gongkai.supervision.selectors_governance import list_meetings
from gongkai.supervision.services import meetings
from gongkai.supervision.services.meetings import DecisionWords, MeetingWords, plan_for
from gongkai.supervision.staff import reach

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LINES = 5


def word_file(data: bytes, name: str) -> HttpResponse:
    """Return a Word file for download."""
    answer = HttpResponse(data, content_type=WORD_TYPE)
    answer["Content-Disposition"] = named_download(name)
    return answer


def named_download(name: str) -> str:
    """Return the header that names a download in Chinese."""
    return f"attachment; filename*=UTF-8''{quote(name)}"


@require_http_methods(["GET", "POST"])
def meeting_list(request: HttpRequest) -> HttpResponse:
    """List meetings; set one up."""
    codes = reach.visible(request)
    tops = {organisations.authority_of(code=code).code for code in codes}
    context: dict[str, Any] = {
        "title": "领导小组会议", "icon": "group", "meetings": list_meetings(org_codes=tops), "kept": request.POST,
        "may_manage": bool(reach.anywhere(request, "manage")), "kinds": Meeting._meta.get_field("kind").choices,
    }  # fmt: skip
    if context["may_manage"]:
        org = reach.own_authority(request, "manage", timezone.localdate())
        context["names"] = reach.names_of(org)
    if request.method == "POST":
        org = reach.own_authority(request, "manage", timezone.localdate())
        try:
            made = meetings.plan_meeting(org_code=org, words=_words(request), **reach.acting_now(request))
            return redirect("supervision:meeting", meeting_id=made.pk)
        except SupervisionRefused as refused:
            context["problem"] = reach.said(refused)
    return render(request, "supervision/meeting_list.html", context)


def _words(request: HttpRequest) -> MeetingWords:
    post = request.POST
    return MeetingWords(
        post.get("kind", ""), post.get("name", ""), reach.day_of(post.get("held_on", ""), "会议日期"), post.get("place", ""),
        post.get("chair", ""), post.get("agenda", ""), tuple(post.getlist("attendees")),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def meeting_page(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Show one meeting; send the notice, enter minutes and decisions, call it off."""
    meeting = get_object_or_404(Meeting, pk=meeting_id)
    reach.required(request, "view", meeting.org_code)
    if request.method == "POST":
        try:
            messages.success(request, _act(request, meeting))
            return redirect("supervision:meeting", meeting_id=meeting.pk)
        except SupervisionRefused as refused:
            messages.error(request, reach.said(refused))
            meeting.refresh_from_db()
    names = reach.names_of(meeting.org_code)
    context = {
        "title": meeting.title, "subtitle": meeting.get_state_display(), "icon": "group", "meeting": meeting, "names": names,
        "attendees": [names.get(code, code) for code in meeting.attendees], "plan": plan_for(meeting),
        "decisions": meeting.decisions.select_related("task"), "may_manage": reach.allowed(request, "manage", meeting.org_code),
        "lines": _kept_lines(request), "is_due": timezone.localdate() >= meeting.held_on, "minutes": request.POST.get("minutes", ""),
    }  # fmt: skip
    return render(request, "supervision/meeting_page.html", context)


def _kept_lines(request: HttpRequest) -> list[tuple[int, str, str, str]]:
    """Return the lines of the form for decisions, with what was typed."""
    post = request.POST
    return [
        (n, post.get(f"text-{n}", ""), post.get(f"owner-{n}", ""), post.get(f"due-{n}", ""))
        for n in range(1, LINES + 1)
    ]


def _act(request: HttpRequest, meeting: Meeting) -> str:
    now = reach.acting_now(request)
    match request.POST.get("verb"):
        case "notice":
            meetings.notice_meeting(meeting_id=meeting.pk, **now)
            return "会议通知已发出"
        case "cancel":
            meetings.cancel_meeting(meeting_id=meeting.pk, reason=request.POST.get("reason", ""), **now)
            return "会议已取消"
        case "hold":
            decisions = [
                DecisionWords(text, owner, reach.day_of(due, f"第 {n} 项议定事项的到期日"))
                for n, text, owner, due in _kept_lines(request)
                if text.strip()
            ]
            meetings.hold_meeting(
                meeting_id=meeting.pk, minutes=request.POST.get("minutes", ""), decisions=decisions, **now
            )
            return f"纪要已录入，{len(decisions)} 项议定事项转为任务"
    raise SupervisionRefused("no_verb", "没有认出要做的事", remedy="请刷新页面再试")


@require_http_methods(["GET"])
def meeting_paper(request: HttpRequest, meeting_id: int, kind: str) -> HttpResponse:
    """Hand out the notice or the minutes as a Word file."""
    meeting = get_object_or_404(Meeting, pk=meeting_id)
    reach.required(request, "view", meeting.org_code)
    names = reach.names_of(meeting.org_code)
    paper = _minutes(meeting, names) if kind == "minutes" else _notice(meeting, names)
    return word_file(official_docx(paper), f"{paper.title}.docx")


def _notice(meeting: Meeting, names: dict[str, str]) -> Paper:
    units = "、".join(names.get(code, code) for code in meeting.attendees) or "各科室"
    day = meeting.held_on
    words = (
        f"{units}：", f"定于{day.year}年{day.month}月{day.day}日召开{meeting.title}。有关事项通知如下。",
        "一、会议地点", f"{meeting.place}。", "二、会议议题", *meeting.agenda.splitlines(), "三、参加人员",
        f"会议由{meeting.chair}主持，{units}负责人参加。",
    )  # fmt: skip
    return Paper(
        f"关于召开{meeting.title}的通知", words, names[meeting.org_code], f"{day.year}年{day.month}月"
    )


def _minutes(meeting: Meeting, names: dict[str, str]) -> Paper:
    day = meeting.held_on
    units = "、".join(names.get(code, code) for code in meeting.attendees) or "各科室"
    rows = [("序号", "议定事项", "责任单位", "完成时限")]
    rows += [
        (str(d.position), d.text, names.get(d.owner_code, d.owner_code), d.due_date.isoformat())
        for d in meeting.decisions.all()
    ]
    words = (
        f"{day.year}年{day.month}月{day.day}日，{meeting.chair}在{meeting.place}主持召开{meeting.title}。参加单位：{units}。",
        *(line for line in meeting.minutes.splitlines() if line.strip()),
    )  # fmt: skip
    table = tuple(rows) if len(rows) > 1 else ()
    return Paper(
        f"{meeting.title}纪要",
        words,
        names[meeting.org_code],
        f"{day.year}年{day.month}月{day.day}日",
        table,
        "议定事项",
    )
