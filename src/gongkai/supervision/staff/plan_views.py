"""Desk screens of plans: list, import with preview, task tree with lights."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.importing.api import Unreadable
from gongkai.organisations import api as organisations
from gongkai.supervision.core.duties import duties
from gongkai.supervision.core.lights import WORDS, Light
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import Plan
from gongkai.supervision.selectors import TaskStanding, list_duties, list_plans, list_standings
from gongkai.supervision.services.change_task import add_task
from gongkai.supervision.services.import_plan import import_plan, preview_plan
from gongkai.supervision.staff import reach

MAX_FILE_BYTES = 20 * 1024 * 1024


@require_http_methods(["GET"])
def plan_list(request: HttpRequest) -> HttpResponse:
    """List the plans a person may see."""
    codes = reach.visible(request)
    context = {
        "title": "工作计划", "icon": "tasks", "plans": list_plans(org_codes=codes),
        "may_manage": bool(codes & _managed(request)),
    }  # fmt: skip
    return render(request, "supervision/plan_list.html", context)


def _managed(request: HttpRequest) -> frozenset[str]:
    try:
        return reach.visible(request, "manage")
    except organisations.NotPermitted:
        return frozenset()


@require_http_methods(["GET", "POST"])
def import_screen(request: HttpRequest) -> HttpResponse:
    """Show what a file holds; store it only when asked a second time."""
    today = timezone.localdate()
    org = reach.own_authority(request, "manage", today)
    context: dict[str, Any] = {
        "title": "导入工作计划",
        "icon": "upload",
        "year": request.POST.get("year", ""),
    }
    upload = request.FILES.get("file")
    if request.method == "POST" and upload is None:
        context["problem"] = "没有选择文件；请选择计划文件"
    elif upload is not None and (upload.size or 0) > MAX_FILE_BYTES:
        context["problem"] = "文件超过 20 MB；请检查是否选错了文件"
    elif upload is not None:
        data, name = upload.read(), upload.name or "计划"
        try:
            context["plan"] = preview_plan(name=name, data=data)
            if request.POST.get("confirm"):
                written = request.POST.get("year", "").strip()
                plan_id = import_plan(
                    org_code=org, name=name, data=data, user=request.user, today=today, now=timezone.now(),
                    year=int(written) if written.isdigit() else None,
                )  # fmt: skip
                messages.success(request, "已导入，请逐项确认责任科室和时限")
                return redirect("supervision:plan", plan_id=plan_id)
        except (Unreadable, SupervisionRefused) as refused:
            context["problem"] = f"{refused.message.rstrip('。')}；{refused.remedy}"
    return render(request, "supervision/import.html", context)


@require_http_methods(["GET"])
def duty_page(request: HttpRequest, plan_id: int) -> HttpResponse:
    """List the usual duties: proven by which register, item or fact, with how much; or needing a person, and why."""
    plan = get_object_or_404(Plan, pk=plan_id)
    reach.required(request, "view", plan.org_code)
    rows = list_duties(plan=plan, today=timezone.localdate())
    context = {
        "title": "职责和证明", "subtitle": plan.title, "icon": "tasks", "plan": plan,
        "proven": [row for row in rows if row.duty.is_provable],
        "by_person": [row for row in rows if not row.duty.is_provable],
        "with_proof": sum(row.found > 0 for row in rows), "kinds": {"item": "公开事项", "register": "台账", "fact": "账本事实"},
    }  # fmt: skip
    return render(request, "supervision/duty_page.html", context)


@require_http_methods(["GET", "POST"])
def plan_page(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Show the task tree with lights, every count a link to exactly its rows; take a task added by hand."""
    plan = get_object_or_404(Plan, pk=plan_id)
    reach.required(request, "view", plan.org_code)
    if request.method == "POST":
        words = {key: request.POST.get(key, "") for key in ("part", "heading", "text")}
        try:
            task = add_task(plan_id=plan.pk, **words, **reach.acting_now(request))
            messages.success(request, "已新增任务，请确认责任科室和时限")
            return redirect("supervision:task", task_id=task.pk)
        except SupervisionRefused as refused:
            messages.error(request, reach.said(refused))
    standings = list_standings(plan=plan, today=timezone.localdate())
    counts = Counter(standing.light.light for standing in standings)
    light, state = request.GET.get("light", ""), request.GET.get("state", "")
    shown = [
        s for s in standings if (not light or s.light.light == light) and (not state or s.task.state == state)
    ]
    context = {
        "title": plan.title, "subtitle": f"{plan.year} 年", "icon": "tasks", "plan": plan, "tree": _tree(shown),
        "counts": [(one.value, WORDS[one], counts[one]) for one in Light], "light": light, "state": state,
        "proposed": sum(s.task.state == "proposed" for s in standings), "total": len(standings), "shown": len(shown),
        "provable": sum(1 for s in standings if s.duty and s.duty.is_provable),
        "linked": sum(1 for s in standings if s.duty), "duties": len(duties()),
        "shipped_provable": sum(duty.is_provable for duty in duties()), "names": reach.names_of(plan.org_code),
        "may_manage": reach.allowed(request, "manage", plan.org_code),
    }  # fmt: skip
    return render(request, "supervision/plan_page.html", context)


def _tree(standings: list[TaskStanding]) -> list[tuple[str, list[tuple[str, list[TaskStanding]]]]]:
    """Group the tasks by part and point, in the plan's order."""
    return [
        (part, [(point, list(rows)) for point, rows in groupby(inside, key=lambda s: s.task.heading)])
        for part, inside in ((p, list(g)) for p, g in groupby(standings, key=lambda s: s.task.part))
    ]
