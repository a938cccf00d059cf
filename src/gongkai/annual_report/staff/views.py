"""Desk screens of the annual report: runs, one run with its sections and checks, one figure with its rows, the texts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.annual_report import api
from gongkai.annual_report.staff.shown import (
    cell_groups,
    checked_rows,
    failure_rows,
    grids_of,
    rows_with_origin,
    section_views,
    source_words,
    unbound_views,
)
from gongkai.organisations import api as organisations

KIND = "report"
PER_PAGE = 100
LADDERS = 3
FILES = {"html": "text/plain; charset=utf-8", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "json": "application/json"}  # fmt: skip


def may(request: HttpRequest, action: str, org_code: str) -> bool:
    today = timezone.localdate()
    return organisations.may(user=request.user, action=action, kind=KIND, org_code=org_code, today=today)


def seen_run(request: HttpRequest, run_id: int) -> api.ReportRun:
    """Return a run that the person may see; one they may not see is as one that is not there."""
    try:
        run = api.get_run(run_id=run_id)
    except api.ReportRefused as refused:
        raise Http404(str(refused)) from refused
    if not may(request, "view", run.org_code):
        raise Http404(f"没有第 {run_id} 号报告")
    return run


@require_http_methods(["GET", "POST"])
def run_list(request: HttpRequest) -> HttpResponse:
    """List the runs; a person who may build makes one for a year."""
    today, now = timezone.localdate(), timezone.now()
    seen = organisations.scope(user=request.user, action="view", kind=KIND, today=today)
    if not seen:
        raise organisations.NotPermitted("您没有查看年度报告的岗位；请联系安全管理员授予岗位")
    building = organisations.scope(user=request.user, action="build", kind=KIND, today=today)
    authorities = [o for o in organisations.list_organisations(kind="authority") if o.code in building]
    if request.method == "POST":
        org = request.POST.get("org", "")
        organisations.require(user=request.user, action="build", kind=KIND, org_code=org, today=today)
        try:
            run = api.build_run(
                org_code=org, year=_year(request), scope="all" if request.POST.get("all") else "own",
                actor=organisations.actor(user=request.user, role=KIND), now=now, today=today,
                replaces=int(request.POST["replaces"]) if request.POST.get("replaces") else None,
                reason=request.POST.get("reason", ""),
            )  # fmt: skip
        except (api.ReportRefused, api.FormatUnknown) as refused:
            messages.error(request, str(refused))
            return redirect(request.get_full_path())
        messages.success(request, f"已运算第 {run.pk} 号报告")
        return redirect("annual_report:run", run_id=run.pk)
    names = _names()
    context = {
        "title": "年度报告", "icon": "doc-full", "runs": [(run, names.get(run.org_code, run.org_code)) for run in api.list_runs(org_codes=seen)[:PER_PAGE]],
        "authorities": authorities, "year": today.year - 1,
        "ladders": [
            (o.name, api.list_ladder(org_code=o.code, year=today.year - 1, today=today)) for o in authorities[:LADDERS]
        ],
    }  # fmt: skip
    return render(request, "annual_report/run_list.html", context)


def _year(request: HttpRequest) -> int:
    year = request.POST.get("year", "")
    if not (year.isdecimal() and len(year) == 4):
        raise api.ReportRefused(
            "report.year", f"“{year[:20]}”不是年份", where="统计年度", remedy="请填四位数字"
        )
    return int(year)


def _names() -> dict[str, str]:
    return {o.code: o.name for o in organisations.list_organisations(kind="authority")}


@require_http_methods(["GET", "POST"])
def run_page(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show a run: sections, checks, relations, differences; approve it, or turn it into a draft record."""
    run = seen_run(request, run_id)
    today, now = timezone.localdate(), timezone.now()
    if request.method == "POST":
        try:
            if request.POST.get("verb") == "approve":
                api.approve_run(
                    run_id=run.pk, content_sha256=request.POST.get("content", ""), user=request.user, today=today, now=now,
                    unbound_reason=request.POST.get("unbound_reason", ""),
                )  # fmt: skip
                messages.success(request, f"第 {run.pk} 号报告已定稿，内容不再改变")
            elif request.POST.get("verb") == "release":
                organisations.require(
                    user=request.user, action="release", kind=KIND, org_code=run.org_code, today=today
                )
                made = api.draft_record(run_id=run.pk, user=request.user, today=today, now=now)
                messages.success(request, f"已转为公开草稿（条目 {made.record_id}），请按条目送审")
        except (api.ReportRefused, organisations.NotPermitted) as refused:
            messages.error(request, str(refused))
        return redirect(request.get_full_path())
    unbound = api.unbound_of(run)
    context = {
        "title": f"{run.year} 年年度报告", "subtitle": f"第 {run.pk} 号，{run.get_state_display()}", "icon": "doc-full", "run": run,
        "sections": section_views(run), "grids": grids_of(run), "groups": cell_groups(run), "failures": failure_rows(run), "checked_rows": checked_rows(run.outcome.get("checked", {})),
        "unbound": [number for numbers in unbound.values() for number in numbers], "content": api.content_digest(run),
        "may_approve": run.state == run.DRAFT and may(request, "approve", run.org_code),
        "may_edit": run.state == run.DRAFT and may(request, "edit", run.org_code),
        "may_correct": run.state == run.APPROVED and may(request, "build", run.org_code),
        "may_release": run.state == run.APPROVED and not run.record_id and may(request, "release", run.org_code),
        "odd": [r for r in run.relations if not r["as_expected"]],
    }  # fmt: skip
    return render(request, "annual_report/run_page.html", context)


@require_http_methods(["GET"])
def cell_page(request: HttpRequest, run_id: int, cell: str) -> HttpResponse:
    """Show one figure: definition, period, parts, and the rows behind it, a page at a time."""
    run = seen_run(request, run_id)
    after = request.GET.get("after", "0")
    try:
        found = api.cell_trace(
            cell=api.find_cell(run=run, wanted=cell),
            after=int(after) if after.isdecimal() else 0,
            limit=PER_PAGE,
        )
    except api.ReportRefused as refused:
        raise Http404(str(refused)) from refused
    context = {
        "title": found.cell.name, "subtitle": "", "icon": "doc-full", "run": run, "found": found,
        "words": source_words(found, on=run.period_end), "rows": rows_with_origin(found, on=run.period_end),
        "next": found.rows[-1].fact_id if len(found.rows) == PER_PAGE else None,
    }  # fmt: skip
    return render(request, "annual_report/cell_page.html", context)


@require_http_methods(["GET", "POST"])
def texts_page(request: HttpRequest, run_id: int) -> HttpResponse:
    """Edit the texts of a draft; a refusal keeps everything that was typed."""
    run = seen_run(request, run_id)
    today = timezone.localdate()
    organisations.require(user=request.user, action="edit", kind=KIND, org_code=run.org_code, today=today)
    typed: dict[str, str] = {}
    problem = ""
    if request.method == "POST":
        typed = {name: request.POST.get(f"text-{name}", "") for name in run.texts}
        version = request.POST.get("version", "")
        try:
            api.edit_texts(
                run_id=run.pk, texts=typed, text_version=int(version) if version.isdecimal() else 0, user=request.user,
                today=today, now=timezone.now(),
            )  # fmt: skip
        except api.ReportRefused as refused:
            problem = str(refused)
        else:
            messages.success(request, "已保存正文并重新核对")
            return redirect("annual_report:run", run_id=run.pk)
    sections: list[dict[str, Any]] = section_views(run)
    unbound = unbound_views(run)
    for section in sections:
        section["typed"] = typed.get(section["id"], section["text"])
        section["unbound"] = unbound.get(section["id"], [])
    context = {
        "title": "编制正文", "subtitle": f"{run.year} 年年度报告", "icon": "edit", "run": run, "sections": sections,
        "problem": problem, "cells": run.cells.defer("facts").order_by("position"),
        "back": reverse("annual_report:run", args=[run.pk]),
    }  # fmt: skip
    return render(request, "annual_report/texts_page.html", context)


@require_http_methods(["GET"])
def run_file(request: HttpRequest, run_id: int, kind: str) -> HttpResponse:
    """Hand a file of a run out, always as an attachment."""
    run = seen_run(request, run_id)
    if kind not in FILES:
        raise Http404("没有这种文件")
    response = HttpResponse(api.file_of(run=run, kind=kind), content_type=FILES[kind])
    response["Content-Disposition"] = f'attachment; filename="report-{run.year}-{run.pk}.{kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
