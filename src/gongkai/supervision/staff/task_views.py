"""Desk screen of one task: confirm it, attach evidence, close it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.catalogue import api as catalogue
from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.registers import api as registers
from gongkai.supervision.core.duties import Duty, duties, offers_for
from gongkai.supervision.core.plan_values import EVERY, KINDS
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import Evidence, Task
from gongkai.supervision.selectors import list_standings
from gongkai.supervision.services.attach_evidence import Offered, attach_evidence
from gongkai.supervision.services.change_task import (
    TaskSettings,
    close_task,
    confirm_task,
    drop_task,
    reopen_task,
    restore_task,
)
from gongkai.supervision.services.keep_file import MAX_FILE_BYTES
from gongkai.supervision.staff import reach

KIND_WORDS = dict(
    zip(KINDS, ("指定日期", "月底", "季度", "半年", "年底", "定期", "长期", "立即", "没有时限"), strict=True)
)
EVERY_WORDS = dict(zip(EVERY, ("每日", "每周", "每月", "每季度", "每半年", "每年"), strict=True))


@require_http_methods(["GET", "POST"])
def task_page(request: HttpRequest, task_id: int) -> HttpResponse:
    """Show one task and take what is decided about it."""
    task = get_object_or_404(Task.objects.select_related("plan"), pk=task_id)
    reach.required(request, "view", task.plan.org_code)
    if request.method == "POST":
        try:
            messages.success(request, _act(request, task))
            return redirect("supervision:task", task_id=task.pk)
        except SupervisionRefused as refused:
            messages.error(request, f"{refused.message}；{refused.remedy}")
    return render(request, "supervision/task_page.html", _context(request, task))


def _act(request: HttpRequest, task: Task) -> str:
    """Do what the form asks and return what to say."""
    post, now = request.POST, timezone.now()
    common: dict[str, Any] = {
        "task_id": task.pk, "user": request.user, "today": timezone.localdate(), "now": now,
    }  # fmt: skip
    match post.get("verb"):
        case "confirm":
            confirm_task(settings=_settings(request), **common)
            return "已确认这项任务"
        case "attach":
            attach_evidence(offered=_offered(request), **common)
            return "已挂上证据"
        case "close":
            close_task(**common)
            return "已办结"
        case "reopen":
            reopen_task(reason=post.get("reason", ""), **common)
            return "已重新办理"
        case "drop":
            drop_task(reason=post.get("reason", ""), **common)
            return "已标为不作为任务"
        case "restore":
            restore_task(**common)
            return "已恢复，请确认"
    raise SupervisionRefused("no_verb", "没有认出要做的事", remedy="请刷新页面再试")


def _settings(request: HttpRequest) -> TaskSettings:
    post = request.POST
    written = post.get("deadline_date", "").strip()
    try:
        day = date.fromisoformat(written) if written else None
    except ValueError as error:
        raise SupervisionRefused(
            "bad_date", f"“{written[:20]}”不是日期", remedy="请按 2020-06-30 的样子填写"
        ) from error
    kind = post.get("deadline_kind", "")
    every = post.get("deadline_every", "") if kind == "recurring" else ""
    return TaskSettings(
        post.get("owner_code", ""), kind, day, every, post.get("duty_id", ""), post.get("proof_kind", ""),
        post.get("proof_code", "").strip(), post.get("text", ""),
    )  # fmt: skip


def _offered(request: HttpRequest) -> Offered:
    kind, upload = request.POST.get("kind", ""), request.FILES.get("file")
    note = request.POST.get("note", "")
    if kind != Evidence.FILE:
        return Offered(kind, ref=request.POST.get("ref", "").strip(), note=note)
    if upload is None:
        raise SupervisionRefused("no_file", "没有选择文件", remedy="请选择要上传的文件")
    if (upload.size or 0) > MAX_FILE_BYTES:
        raise SupervisionRefused("too_large", "文件超过 30 MB", remedy="请压缩后再上传")
    return Offered(kind, note=note, name=upload.name or "", data=upload.read())


def _context(request: HttpRequest, task: Task) -> dict[str, Any]:
    plan = task.plan
    standing = next(s for s in list_standings(plan=plan, today=timezone.localdate()) if s.task.pk == task.pk)
    offers = offers_for(text=task.text, heading=task.heading)
    return {
        "title": f"{task.number}　任务".strip(), "subtitle": plan.title, "icon": "tasks", "task": task, "plan": plan,
        "standing": standing, "percent": round(standing.progress * 100), "offers": offers, "all_duties": duties(),
        "names": reach.names_of(plan.org_code), "kinds": KIND_WORDS.items(), "rhythms": EVERY_WORDS.items(),
        "evidence": list(task.evidence.all()), "evidence_kinds": Evidence._meta.get_field("kind").choices,
        "found": standing.found[-50:], "orders": list(task.orders.all()),
        "looked_at": _looked_at(standing.duty, plan.org_code), "guess": _guess(task), "proof_kinds": Task._meta.get_field("proof_kind").choices,
        "items": [(i.code, i.level2 or i.level1) for i in catalogue.list_items(org_code=plan.org_code)],
        "ledgers": [(r.id, r.name) for r in registers.registers(on=timezone.localdate()).values()],
        "kept": request.POST if request.POST.get("verb") == "attach" else {},
        "may_manage": reach.allowed(request, "manage", plan.org_code),
        "may_report": reach.allowed(request, "report", task.owner_code or plan.org_code),
        "may_supervise": reach.allowed(request, "supervise", plan.org_code),
    }  # fmt: skip


def _looked_at(duty: Duty | None, org_code: str) -> str:
    """Return in words where the program looks for what proves a duty."""
    if duty is None or not duty.is_provable:
        return ""
    code = duty.proof.code
    if duty.proof.kind == "item":
        names = {i.code: i.level2 or i.level1 for i in catalogue.list_items(org_code=org_code)}
        return f"公开事项“{names.get(code, code)}”"
    if duty.proof.kind == "register":
        register = registers.registers(on=timezone.localdate()).get(code)
        return f"台账“{register.name if register else code}”"
    return f"“{journal.fact_titles().get(code, code)}”的记录"


def _guess(task: Task) -> str:
    """Return the section whose name the plan prints first, as a proposal to confirm."""
    if task.owner_code:
        return str(task.owner_code)
    printed = task.lead[0] if task.lead else ""
    known = organisations.list_organisations(under=task.plan.org_code)
    return next((o.code for o in known if printed and printed in (o.name, o.short_name)), "")


@require_http_methods(["GET"])
def evidence_file(request: HttpRequest, evidence_id: int) -> FileResponse:
    """Hand out a file of evidence to whoever may see the plan."""
    piece = get_object_or_404(Evidence.objects.select_related("task__plan"), pk=evidence_id)
    reach.required(request, "view", piece.task.plan.org_code)
    if not piece.file:
        raise Http404("这条证据没有文件")
    return FileResponse(piece.file.open("rb"), as_attachment=True, filename=piece.file_name)
