"""Screens for what is not for the public (不予公开) and for validity that ends (有效期届满): decide, look again, tell."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongkai.kernel.clocks import clock
from gongkai.organisations import api as organisations
from gongkai.records.core.differences import compare_payloads
from gongkai.records.core.errors import RecordError
from gongkai.records.core.states import State
from gongkai.records.core.withholding import grounds
from gongkai.records.models import Withholding
from gongkai.records.selectors_due import REMIND_RULE, expiring_rows, withheld_rows
from gongkai.records.services.content import draft_of
from gongkai.records.services.permissions import ACTIONS
from gongkai.records.services.withheld_notice import draft_withheld_notice
from gongkai.records.services.withhold import assess_withheld, withhold
from gongkai.records.staff.screens import explained, may, now, require_scope, today, viewable_state


@require_http_methods(["GET", "POST"])
def withhold_page(request: HttpRequest, record_id: int) -> HttpResponse:
    """Show the draft and take the decision not to publish it; or look again at one that is withheld."""
    state = viewable_state(request, record_id)
    if not may(request, ACTIONS["withhold"], state.owner_code or state.record.org_code):
        raise Http404("没有这条信息")
    problem = ""
    if request.method == "POST":
        try:
            said = _decide(request, record_id)
        except (RecordError, organisations.NotPermitted) as error:
            problem = str(error)
        else:
            messages.success(request, said)
            return redirect("records:page", record_id=record_id)
    draft = draft_of(state)
    context = {
        "title": "不公开事项的定期评估" if state.state == State.WITHHELD else "不公开办结", "icon": "lock", "state": state,
        "draft": draft, "record": draft.record, "problem": problem, "given": request.POST,
        "is_withheld": state.state == State.WITHHELD,
        "grounds": [one for one in grounds() if one.attribute == draft.record.disclosure and one.in_system],
        "decisions": Withholding.objects.filter(record_id=record_id).select_related("user"),
        "names": {one.id: one.name for one in grounds()}, "lines": compare_payloads(None, draft.payload),
    }  # fmt: skip
    return render(request, "records/withhold.html", context, status=400 if problem else 200)


def _decide(request: HttpRequest, record_id: int) -> str:
    given, common = request.POST, {"record_id": record_id, "user": request.user, "now": now()}
    if "withhold" in given:
        withhold(
            ground=given.get("ground", ""),
            reason=given.get("reason", ""),
            public_words=given.get("public_words", ""),
            content_sha256=given.get("sha256", ""),
            **common,
        )
        return "已办结：不公开。到期会提醒评估。"
    opened = "open" in given
    assess_withheld(opened=opened, reason=given.get("reason", ""), **common)
    return (
        "已转为可以公开，请起草人改公开属性后送审。" if opened else "已评估：继续不公开，下次评估日期已顺延。"
    )


@require_GET
def withheld_list(request: HttpRequest) -> HttpResponse:
    """List what is withheld, with what must be looked at again in front."""
    codes, day = require_scope(request, "view"), today()
    due_only = request.GET.get("due") == "1"
    rows = withheld_rows(org_codes=codes, today=day, due_only=due_only)
    creating = organisations.scope(user=request.user, action="create", kind="record", today=day)
    context: dict[str, Any] = {
        "title": "不公开的信息", "icon": "lock", "rows": rows, "due_only": due_only,
        "names": {one.id: one.name for one in grounds()}, "term": clock(grounds()[0].reassess, day),
        "tellers": [
            org for org in organisations.list_organisations() if org.code in creating and org.kind != "section"
        ],
    }  # fmt: skip
    return render(request, "records/withheld.html", context)


@require_POST
@explained
def tell_withheld(request: HttpRequest) -> HttpResponse:
    """Make the draft that tells the public what is withheld and why."""
    made = draft_withheld_notice(org_code=request.POST.get("org", ""), user=request.user, now=now())
    messages.success(request, "已生成不予公开情况说明的草稿，只含可以对外说明的名称；核对后送审。")
    return redirect("records:page", record_id=made.id)


@require_GET
def expiring_list(request: HttpRequest) -> HttpResponse:
    """List public records whose validity ends soon or has ended."""
    codes, day = require_scope(request, "view"), today()
    context = {
        "title": "有效期将满", "icon": "time", "rows": expiring_rows(org_codes=codes, today=day),
        "term": clock(REMIND_RULE, day),
    }  # fmt: skip
    return render(request, "records/expiring.html", context)
