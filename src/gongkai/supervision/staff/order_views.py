"""Desk screens of supervision orders: list, one order, a new one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.kernel.machine import verbs_from
from gongkai.organisations import api as organisations
from gongkai.supervision.core.states import LEVELS, ORDERS, VERB_LABELS, OrderState
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import SupervisionOrder, Task
from gongkai.supervision.selectors import list_orders
from gongkai.supervision.selectors_escalation import Proposal, proposal_for
from gongkai.supervision.services import orders
from gongkai.supervision.staff import reach
from gongkai.supervision.staff.escalation_views import proposals_for

_REPORT = ("sign_for", "reply")
_WORDS = {
    "reply": "办理情况", "send_back": "退回的理由", "close": "核验意见", "extend": "延期的理由", "escalate": "升级的理由",
    "cancel": "撤销的理由",
}  # fmt: skip
_DO = {
    "sign_for": orders.sign_for_order, "reply": orders.reply_order, "send_back": orders.send_back_order,
    "close": orders.close_order, "extend": orders.extend_order, "escalate": orders.escalate_order,
    "cancel": orders.cancel_order,
}  # fmt: skip


@require_http_methods(["GET"])
def order_list(request: HttpRequest) -> HttpResponse:
    """List orders: open ones first unless asked for all."""
    rows = list_orders(org_codes=reach.visible(request), today=timezone.localdate())
    over = (OrderState.CLOSED, OrderState.CANCELLED)
    everything = request.GET.get("all") == "1"
    shown = [row for row in rows if everything or row[0].state not in over]
    names: dict[str, str] = {}
    for code in {order.org_code for order, _ in rows}:
        names |= reach.names_of(code)
    try:
        may_supervise = bool(reach.visible(request, "supervise"))
    except organisations.NotPermitted:
        may_supervise = False
    context = {
        "title": "督办单", "icon": "warning", "rows": shown, "total": len(rows), "everything": everything,
        "names": names, "may_supervise": may_supervise, "levels": LEVELS,
        "proposed": len(proposals_for(request)) if may_supervise else 0,
        "late": sum(1 for _, light in rows if light.light == "red"),
    }  # fmt: skip
    return render(request, "supervision/order_list.html", context)


@require_http_methods(["GET", "POST"])
def new_order(request: HttpRequest) -> HttpResponse:
    """Draw up an order and send it."""
    today = timezone.localdate()
    org = reach.own_authority(request, "supervise", today)
    asked = request.GET.get("task") or request.POST.get("task") or ""
    task = Task.objects.filter(pk=int(asked), plan__org_code=org).first() if asked.isdigit() else None
    kept = {
        key: request.POST.get(key, "")
        for key in ("title", "basis", "problem", "demand", "owner_code", "due_date")
    }
    if task is not None and request.method == "GET":
        kept |= {
            "title": task.text[:100],
            "basis": f"{task.plan.title}{task.number}"[:300],
            "problem": request.GET.get("problem", "")[:200],
            "owner_code": task.owner_code,
        }
    context = {
        "title": "新的督办单", "icon": "warning", "kept": kept, "task": task, "names": reach.names_of(org),
        "problem": "",
    }  # fmt: skip
    if request.method == "POST":
        try:
            order_id = orders.issue_order(
                org_code=org, words=_words(kept), user=request.user, today=today, now=timezone.now(),
                task_id=task.pk if task else None,
            )  # fmt: skip
            messages.success(request, "督办单已下发")
            return redirect("supervision:order", order_id=order_id)
        except SupervisionRefused as refused:
            context["problem"] = f"{refused.message}；{refused.remedy}"
    return render(request, "supervision/order_new.html", context)


def _words(kept: dict[str, str]) -> orders.OrderWords:
    return orders.OrderWords(
        kept["title"],
        kept["problem"],
        kept["demand"],
        kept["owner_code"],
        _day(kept["due_date"]),
        kept["basis"],
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise SupervisionRefused("bad_date", "没有写明到期日", remedy="请填写到期日") from error


@require_http_methods(["GET", "POST"])
def order_page(request: HttpRequest, order_id: int) -> HttpResponse:
    """Show one order with its steps and what the person may do now."""
    order = get_object_or_404(SupervisionOrder.objects.select_related("task"), pk=order_id)
    reach.required(request, "view", order.org_code)
    today = timezone.localdate()
    if request.method == "POST":
        try:
            messages.success(request, _act(request, order, today))
            return redirect("supervision:order", order_id=order.pk)
        except SupervisionRefused as refused:
            messages.error(request, f"{refused.message}；{refused.remedy}")
    light = next(read for o, read in list_orders(org_codes=[order.org_code], today=today) if o.pk == order.pk)
    context = {
        "title": order.number, "subtitle": order.title, "icon": "warning", "order": order, "light": light,
        "steps": [(step, VERB_LABELS.get(step.verb, step.verb)) for step in order.steps.all()],
        "verbs": _verbs(request, order), "proposal": _proposal(request, order, today), "names": reach.names_of(order.org_code), "level": LEVELS[order.level],
    }  # fmt: skip
    return render(request, "supervision/order_page.html", context)


def _proposal(request: HttpRequest, order: SupervisionOrder, today: date) -> Proposal | None:
    if not reach.allowed(request, "supervise", order.org_code):
        return None
    return proposal_for(org_code=order.org_code, subject=f"order:{order.pk}", today=today)


def _verbs(request: HttpRequest, order: SupervisionOrder) -> list[tuple[str, str, str]]:
    """Return (verb, label, what to write) for the person and the state."""
    found = []
    for verb in verbs_from(ORDERS, order.state):
        at = order.owner_code if verb in _REPORT else order.org_code
        action = "report" if verb in _REPORT else "supervise"
        if verb in _DO and reach.allowed(request, action, at):
            found.append((verb, VERB_LABELS[verb], _WORDS.get(verb, "")))
    return found


def _act(request: HttpRequest, order: SupervisionOrder, today: date) -> str:
    verb = request.POST.get("verb", "")
    if verb not in _DO:
        raise SupervisionRefused("no_verb", "没有认出要做的事", remedy="请刷新页面再试")
    values: dict[str, Any] = {
        "order_id": order.pk, "user": request.user, "today": today, "now": timezone.now(),
    }  # fmt: skip
    if verb != "sign_for":
        values["words"] = request.POST.get("words", "")
    if verb == "extend":
        values["due_date"] = _day(request.POST.get("due_date", ""))
    _DO[verb](**values)  # type: ignore[operator]
    return f"已完成：{VERB_LABELS[verb]}"
