"""Desk screen of proposals to escalate: what waits for the decision of whoever supervises."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.organisations import api as organisations
from gongkai.supervision.core.escalation import ADVICE, escalation_rules
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import EscalationPutOff
from gongkai.supervision.selectors_escalation import Proposal, list_proposals
from gongkai.supervision.services.escalation import put_off_escalation
from gongkai.supervision.staff import reach

NEWEST = 20


def proposals_for(request: HttpRequest) -> list[Proposal]:
    """Return what the person may decide today, over all authorities they supervise."""
    tops = {organisations.authority_of(code=code).code for code in reach.anywhere(request, "supervise")}
    mine = [code for code in sorted(tops) if reach.allowed(request, "supervise", code)]
    return [p for code in mine for p in list_proposals(org_code=code, today=timezone.localdate())]


@require_http_methods(["GET", "POST"])
def proposal_list(request: HttpRequest) -> HttpResponse:
    """List proposals; put one off with a reason. Taking one up happens on the order itself."""
    reach.visible(request, "supervise")
    proposals = proposals_for(request)
    if request.method == "POST":
        try:
            messages.success(request, _put_off(request, proposals))
            return redirect("supervision:proposals")
        except SupervisionRefused as refused:
            messages.error(request, reach.said(refused))
    orgs = sorted(
        {_org(p) for p in proposals} | {reach.own_authority(request, "supervise", timezone.localdate())}
    )
    names: dict[str, str] = {}
    for code in orgs:
        names |= reach.names_of(code)
    context = {
        "title": "升级建议", "icon": "warning", "rows": proposals, "names": names, "rules": escalation_rules(), "advice": ADVICE,
        "put_off": EscalationPutOff.objects.filter(org_code__in=orgs)[:NEWEST], "kept": request.POST,
    }  # fmt: skip
    return render(request, "supervision/proposal_list.html", context)


def _org(proposal: Proposal) -> str:
    if proposal.order is not None:
        return proposal.order.org_code
    return proposal.task.plan.org_code if proposal.task else ""


def _put_off(request: HttpRequest, proposals: list[Proposal]) -> str:
    subject = request.POST.get("subject", "")
    found = next((p for p in proposals if p.subject == subject), None)
    if found is None:
        raise SupervisionRefused("no_proposal", "这条建议已经不在了", remedy="请刷新页面")
    put_off_escalation(
        org_code=_org(found),
        subject=subject,
        words=request.POST.get("words", ""),
        **reach.acting_now(request),
    )
    return f"已记下：暂不{found.advice}；{found.rule.again_working_days} 个工作日后仍没有进展会再次提出"
