"""The tasks of the back-scan (回查事项): found in what is public, by when, and what was decided."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from gongkai.organisations import api as organisations
from gongkai.records.core.errors import RecordError
from gongkai.records.core.places import place_label
from gongkai.records.models import ScanState, ScanTask
from gongkai.records.services.scan_tasks import ignore_finding
from gongkai.records.staff.findings_panel import SEVERITY_LABELS
from gongkai.records.staff.screens import may, now, require_scope, today

PER_PAGE = 50


@require_GET
def task_list(request: HttpRequest) -> HttpResponse:
    """Show the tasks of the organisations that the person may see; those due soonest first."""
    codes = require_scope(request, "view")
    state = request.GET.get("state") if request.GET.get("state") in ScanState.values else ScanState.OPEN
    page = max(1, int(request.GET["p"])) if request.GET.get("p", "").isdigit() else 1
    tasks = ScanTask.objects.filter(owner_code__in=codes, state=state).select_related("record", "person")
    found = list(tasks.order_by("due_date", "pk")[(page - 1) * PER_PAGE : page * PER_PAGE + 1])
    names = {o.code: o.short_name for o in organisations.list_organisations(include_closed=True)}
    context = {
        "title": "回查事项", "subtitle": "公开之后", "icon": "warning", "state": state,
        "states": ScanState.choices, "rows": [_row(request, task, names) for task in found[:PER_PAGE]],
        "page": page, "has_next": len(found) > PER_PAGE,
    }  # fmt: skip
    return render(request, "records/scan_tasks.html", context)


@require_POST
def ignore(request: HttpRequest, task_id: int) -> HttpResponse:
    """Let a finding stand, once or always."""
    require_scope(request, "waive")
    always = request.POST.get("how") == "always"
    try:
        ignore_finding(
            task_id=task_id,
            always=always,
            reason=request.POST.get("reason", ""),
            user=request.user,
            now=now(),
        )
    except RecordError as error:
        messages.error(request, f"{error.message}。{error.remedy}。")
    except organisations.NotPermitted as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, "已记录：" + ("以后不再报告这一处。" if always else "规则更新后会再看一次。")
        )
    return redirect("records:scan_tasks")


def _row(request: HttpRequest, task: ScanTask, names: dict[str, str]) -> dict[str, Any]:
    late = task.due_date is not None and task.due_date < today()
    return {
        "task": task,
        "severity": SEVERITY_LABELS.get(task.severity, task.severity),
        "place": place_label(task.part),
        "owner": names.get(task.owner_code, task.owner_code),
        "light": "late" if late else "due",
        "may_ignore": task.state == ScanState.OPEN and may(request, "waive", task.owner_code),
    }
