"""Retention at the desk (保管与处置): the rules, what is due, the lists, and the two persons who decide."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.organisations import api as organisations
from gongkai.project.retention import disposal
from gongkai.project.retention.kinds import KINDS, Due
from gongkai.project.retention.models import DisposalList, ListState
from gongkai.project.retention.refusal import RetentionRefused
from gongkai.project.retention.rules import RetentionRule, retention_rules
from gongkai.project.retention.terms import choose_term, chosen_term, days_for

ACTIONS = ("view", "choose", "propose", "agree", "carry_out")
LIGHTS = {"proposed": "due", "agreed": "due", "carried_out": "fine", "refused": "empty"}
LISTS_SHOWN = 100


def _reach(request: HttpRequest) -> dict[str, frozenset[str]]:
    reach = organisations.authorities_in_reach(
        user=request.user, actions=ACTIONS, kind="retention", today=timezone.localdate()
    )
    if not any("view" in actions for actions in reach.values()):
        raise organisations.NotPermitted("您的岗位不能查看保管与处置", remedy="由公开办、档案管理人员查看")
    return reach


@require_http_methods(["GET"])
def overview(request: HttpRequest) -> HttpResponse:
    """Show every rule with its term at one authority, what is due of it, and the lists so far."""
    reach, today = _reach(request), timezone.localdate()
    asked = request.GET.get("org", "")
    org = asked if asked in reach else next(iter(reach))
    rows = [_row(rule, org) for rule in retention_rules().values()]
    due = disposal.all_due(org_codes=[org], today=today)
    lists = DisposalList.objects.filter(org_code=org).select_related("proposed_by", "decided_by")
    context = {
        "title": "保管与处置", "icon": "history", "org": org, "reach": reach, "can": reach[org], "rows": rows,
        "due": [(one, [(item, KINDS[one.rule.id].page(item)) for item in one.due[:20]]) for one in due],
        "lists": [(listed, LIGHTS[listed.state], retention_rules().get(listed.rule_id)) for listed in lists[:LISTS_SHOWN]],
        "names": {code: organisations.get_organisation(code=code).name for code in reach},
    }  # fmt: skip
    return render(request, "desk/retention.html", context)


def _row(rule: RetentionRule, org: str) -> dict[str, Any]:
    chosen = chosen_term(rule.id, org_code=org) if rule.term == "chosen" else None
    words = {"file": "逐卷写明", "room": "见说明", "chosen": "没有选定，不处置"}.get(rule.term, "不设期限")
    days = days_for(rule, org_code=org, on=timezone.localdate())
    return {"rule": rule, "term": f"{days} 天" if days else words, "chosen": chosen}


@require_http_methods(["POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Choose the term of a kind."""
    org, days = request.POST.get("org", ""), request.POST.get("days", "")
    try:
        term = choose_term(
            rule_id=request.POST.get("rule", ""),
            org_code=org,
            days=int(days) if days.isdecimal() and len(days) < 7 else 0,
            document=request.POST.get("document", ""),
            user=request.user,
            now=timezone.now(),
        )
    except (RetentionRefused, organisations.OrganisationError) as error:
        messages.error(request, _words(error))
    else:
        messages.success(request, f"已选定：保管 {term.days} 天。")
    return redirect(f"{_overview()}?org={org}")


@require_http_methods(["POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """List what is due of one kind."""
    org = request.POST.get("org", "")
    try:
        made = disposal.propose(
            rule_id=request.POST.get("rule", ""),
            org_code=org,
            reason=request.POST.get("reason", ""),
            user=request.user,
            now=timezone.now(),
        )
    except (RetentionRefused, organisations.OrganisationError) as error:
        messages.error(request, _words(error))
        return redirect(f"{_overview()}?org={org}")
    messages.success(request, "已列成清册，请另一位有权人决定。")
    return redirect("retention:list", made.pk)


@require_http_methods(["GET", "POST"])
def one_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """Show one list and take the step that is due on it."""
    reach = _reach(request)
    listed = DisposalList.objects.filter(pk=list_id, org_code__in=reach).first()
    if listed is None:
        raise organisations.NotPermitted("没有这份清册，或不归您管", remedy="请从列表里重新选择")
    if request.method == "POST":
        _act(request, listed)
        return redirect("retention:list", listed.pk)
    kind, can = KINDS.get(listed.rule_id), reach[listed.org_code]
    items = [
        (item, kind.page(Due(subject=item.subject, number=item.number, since=item.since)) if kind else "")
        for item in listed.items.all()
    ]
    context = {
        "title": str(listed), "icon": "history", "listed": listed, "items": items, "light": LIGHTS[listed.state],
        "rule": retention_rules().get(listed.rule_id),
        "may_agree": "agree" in can and listed.state == ListState.PROPOSED and listed.proposed_by != request.user,
        "may_carry_out": "carry_out" in can and listed.state == ListState.AGREED,
    }  # fmt: skip
    return render(request, "desk/disposal.html", context)


def _act(request: HttpRequest, listed: DisposalList) -> None:
    verb, now = request.POST.get("verb", ""), timezone.now()
    try:
        if verb in {"agree", "refuse"}:
            disposal.decide(
                list_id=listed.pk,
                agreed=verb == "agree",
                list_sha256=request.POST.get("list_sha256", ""),
                opinion=request.POST.get("opinion", ""),
                user=request.user,
                now=now,
            )
            messages.success(request, "已同意，可以执行。" if verb == "agree" else "已写明不同意。")
        elif verb == "carry_out":
            disposal.carry_out(list_id=listed.pk, user=request.user, now=now)
            messages.success(request, "已执行，逐件结果见下表。")
    except (RetentionRefused, organisations.OrganisationError) as error:
        messages.error(request, _words(error))


def _words(error: Any) -> str:
    return f"{error.message}。{error.remedy}。" if error.remedy else f"{error.message}。"


def _overview() -> str:
    return reverse("retention:overview")
