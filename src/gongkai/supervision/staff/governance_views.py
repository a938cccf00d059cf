"""Desk screens of training, circulars and responsibility."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.kernel.machine import verbs_from
from gongkai.organisations import api as organisations
from gongkai.supervision import selectors_governance as found
from gongkai.supervision.core.governance_states import RESPONSIBILITIES, RESPONSIBILITY_VERBS
from gongkai.supervision.core.practice import of_kind
from gongkai.supervision.core.training import AUDIENCES, TOPICS
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import Circular, ResponsibilityRecord, SupervisionOrder
from gongkai.supervision.printing.official_docx import official_docx
from gongkai.supervision.services import circulars, responsibility
from gongkai.supervision.services.responsibility import ResponsibilityWords
from gongkai.supervision.services.training import TrainingWords, enrol_recruit, hold_training
from gongkai.supervision.staff import reach
from gongkai.supervision.staff.meeting_views import word_file


def _tops(request: HttpRequest) -> set[str]:
    return {organisations.authority_of(code=code).code for code in reach.visible(request)}


@require_http_methods(["GET", "POST"])
def training_page(request: HttpRequest) -> HttpResponse:
    """Show sessions and coverage of a year; enter sessions and new civil servants."""
    today = timezone.localdate()
    tops = _tops(request)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdigit() and len(asked) == 4 else today.year
    problem = ""
    if request.method == "POST":
        org = reach.own_authority(request, "manage", today)
        try:
            messages.success(request, _enter_training(request, org))
            return redirect(f"{request.path}?year={year}")
        except SupervisionRefused as refused:
            problem = reach.said(refused)
    top = sorted(tops)[0]
    context = {
        "title": "培训", "subtitle": f"{year} 年", "icon": "group", "year": year, "problem": problem, "kept": request.POST,
        "sessions": [(t, TOPICS.get(t.topic, t.topic), AUDIENCES.get(t.audience, "")) for t in found.list_trainings(org_codes=tops, year=year)],
        "recruits": found.list_recruits(org_codes=tops, year=year), "names": reach.names_of(top),
        "whole": found.training_coverage(org_code=top, year=year), "sections": found.coverage_by_section(org_code=top, year=year),
        "topics": TOPICS.items(), "audiences": AUDIENCES.items(), "may_manage": bool(reach.anywhere(request, "manage")),
    }  # fmt: skip
    return render(request, "supervision/training_page.html", context)


def _enter_training(request: HttpRequest, org: str) -> str:
    post, now = request.POST, reach.acting_now(request)
    if post.get("verb") == "recruit":
        joined = reach.day_of(post.get("joined_on", ""), "录用日期")
        enrol_recruit(
            org_code=org,
            number=post.get("number", ""),
            owner_code=post.get("owner_code", ""),
            joined_on=joined,
            **now,
        )
        return "已登记新录用人员"
    words = TrainingWords(
        reach.day_of(post.get("held_on", ""), "培训日期"), post.get("name", ""), post.get("topic", ""), post.get("audience", ""),
        reach.whole_of(post.get("attended", ""), "参加人次"), reach.whole_of(post.get("sections", "") or "0", "参加科室"),
        tuple(post.getlist("recruits")),
    )  # fmt: skip
    hold_training(org_code=org, words=words, **now)
    return "已登记培训，并写入培训台账"


@require_http_methods(["GET", "POST"])
def circular_list(request: HttpRequest) -> HttpResponse:
    """List circulars; build the one of a month."""
    tops = _tops(request)
    today = timezone.localdate()
    if request.method == "POST":
        org = reach.own_authority(request, "supervise", today)
        try:
            year, _, month = request.POST.get("month", "").partition("-")
            made = circulars.build_circular(
                org_code=org,
                year=reach.whole_of(year, "月份"),
                month=_month(month),
                **reach.acting_now(request),
            )
            return redirect("supervision:circular", circular_id=made.pk)
        except SupervisionRefused as refused:
            messages.error(request, reach.said(refused))
    context = {
        "title": "月通报", "icon": "doc-full", "circulars": found.list_circulars(org_codes=tops),
        "may_supervise": bool(reach.anywhere(request, "supervise")),
        "last": f"{today.year - (today.month == 1)}-{(today.month - 2) % 12 + 1:02d}",
    }  # fmt: skip
    return render(request, "supervision/circular_list.html", context)


def _month(text: str) -> int:
    number = reach.whole_of(text, "月份")
    if not 1 <= number <= 12:
        raise SupervisionRefused("bad_month", "月份不对", remedy="请选择月份")
    return number


@require_http_methods(["GET", "POST"])
def circular_page(request: HttpRequest, circular_id: int) -> HttpResponse:
    """Show a circular with the facts behind every figure; build anew, issue, print, offer to the public."""
    circular = get_object_or_404(Circular, pk=circular_id)
    reach.required(request, "view", circular.org_code)
    if request.method == "POST":
        try:
            messages.success(request, _act_on_circular(request, circular))
            return redirect("supervision:circular", circular_id=circular.pk)
        except SupervisionRefused as refused:
            messages.error(request, reach.said(refused))
    paper = circulars.paper_of(circular, today=timezone.localdate())
    asked = request.GET.get("facts", "")
    shown = next((c for c in circular.content["counts"] if c["id"] == asked), None)
    context = {
        "title": paper.title, "subtitle": circular.get_state_display(), "icon": "doc-full", "circular": circular, "paper": paper,
        "names": reach.names_of(circular.org_code), "shown": shown,
        "entries": found.facts_behind(shown["facts"]) if shown else [],
        "may_supervise": reach.allowed(request, "supervise", circular.org_code),
    }  # fmt: skip
    return render(request, "supervision/circular_page.html", context)


def _act_on_circular(request: HttpRequest, circular: Circular) -> str:
    now = reach.acting_now(request)
    match request.POST.get("verb"):
        case "build":
            circulars.build_circular(
                org_code=circular.org_code, year=circular.year, month=circular.month, **now
            )
            return "已按现有事实重新编"
        case "issue":
            circulars.issue_circular(circular_id=circular.pk, **now)
            return "已印发"
        case "draft":
            record_id = circulars.draft_circular(circular_id=circular.pk, **now)
            return f"已转为公开稿（信息 {record_id}），按信息发布流程审核"
    raise SupervisionRefused("no_verb", "没有认出要做的事", remedy="请刷新页面再试")


@require_http_methods(["GET"])
def circular_file(request: HttpRequest, circular_id: int) -> HttpResponse:
    """Hand out a circular as a Word file."""
    circular = get_object_or_404(Circular, pk=circular_id)
    reach.required(request, "view", circular.org_code)
    paper = circulars.paper_of(circular, today=timezone.localdate())
    return word_file(official_docx(paper), f"{paper.title}.docx")


@require_http_methods(["GET", "POST"])
def responsibility_list(request: HttpRequest) -> HttpResponse:
    """List responsibility records; open one."""
    codes = reach.visible(request)
    today = timezone.localdate()
    supervised = reach.anywhere(request, "supervise")
    # Others see what concerns their own units only.
    seen = codes if supervised else reach.anywhere(request, "report")
    context: dict[str, Any] = {
        "title": "责任追究", "icon": "warning", "grounds": of_kind("ground"), "kept": request.POST,
        "rows": found.list_responsibility(org_codes=seen), "may_supervise": bool(supervised), "names": {},
    }  # fmt: skip
    for top in _tops(request):
        context["names"] |= reach.names_of(top)
    if supervised:
        org = reach.own_authority(request, "supervise", today)
        context["orders"] = SupervisionOrder.objects.filter(org_code=org).order_by("-pk")[:50]
    if request.method == "POST":
        org = reach.own_authority(request, "supervise", today)
        post = request.POST
        order = post.get("order", "")
        words = ResponsibilityWords(
            post.get("target_code", ""), post.get("ground", ""), post.get("problem", ""), post.get("post", ""),
            int(order) if order.isdigit() else None,
        )  # fmt: skip
        try:
            made = responsibility.open_responsibility(org_code=org, words=words, **reach.acting_now(request))
            return redirect("supervision:responsibility", record_id=made.pk)
        except SupervisionRefused as refused:
            context["problem"] = reach.said(refused)
    return render(request, "supervision/responsibility_list.html", context)


@require_http_methods(["GET", "POST"])
def responsibility_page(request: HttpRequest, record_id: int) -> HttpResponse:
    """Show one record and what may be done with it now."""
    record = get_object_or_404(ResponsibilityRecord.objects.select_related("order"), pk=record_id)
    if not reach.allowed(request, "supervise", record.org_code):
        reach.required(request, "report", record.target_code)
    if request.method == "POST":
        try:
            messages.success(request, _act_on_record(request, record))
            return redirect("supervision:responsibility", record_id=record.pk)
        except SupervisionRefused as refused:
            messages.error(request, reach.said(refused))
            record.refresh_from_db()
    verbs = []
    for verb in verbs_from(RESPONSIBILITIES, record.state):
        action, at = ("report", record.target_code) if verb == "hear" else ("supervise", record.org_code)
        if reach.allowed(request, action, at):
            verbs.append((verb, RESPONSIBILITY_VERBS[verb]))
    context = {
        "title": record.number, "subtitle": record.get_state_display(), "icon": "warning", "record": record, "verbs": verbs,
        "names": reach.names_of(record.org_code), "ground": of_kind("ground").get(record.ground, record.ground),
        "measure": of_kind("measure").get(record.measure, ""), "measures": of_kind("measure").items(),
    }  # fmt: skip
    return render(request, "supervision/responsibility_page.html", context)


def _act_on_record(request: HttpRequest, record: ResponsibilityRecord) -> str:
    post = request.POST
    common: dict[str, Any] = {
        "record_id": record.pk,
        "words": post.get("words", ""),
        **reach.acting_now(request),
    }
    match post.get("verb"):
        case "hear":
            responsibility.hear_responsibility(**common)
            return "已记下陈述和申辩"
        case "decide":
            responsibility.decide_responsibility(measure=post.get("measure", ""), **common)
            return "已作出决定"
        case "revoke":
            responsibility.revoke_responsibility(**common)
            return "已撤销"
    raise SupervisionRefused("no_verb", "没有认出要做的事", remedy="请刷新页面再试")
