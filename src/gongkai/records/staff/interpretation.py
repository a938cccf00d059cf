"""Screens for interpreting policies (政策解读): the plan of one policy, the pairs, and how much was copied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from gongkai.kernel.clocks import clock
from gongkai.organisations import api as organisations
from gongkai.records.core.differences import compare_payloads
from gongkai.records.core.errors import RecordError
from gongkai.records.core.interpretation import (
    PARTS,
    STAGES,
    asks_for_interpretation,
    exception_name,
    exceptions,
    forms,
    kinds_with_plan,
    posts,
    signed_lines,
)
from gongkai.records.core.overlap import overlap_rule
from gongkai.records.core.states import EDITABLE_STATES
from gongkai.records.models import InterpretationExemption, Record, RecordState
from gongkai.records.selectors_interpretation import overlaps_of, pair_counts, pairs
from gongkai.records.services.content import draft_of
from gongkai.records.services.due import INTERPRET_RULE
from gongkai.records.services.permissions import ACTIONS
from gongkai.records.services.plan_interpretation import exempt_interpretation, plan_interpretation
from gongkai.records.staff.screens import may, now, require_scope, today, viewable_state

_SHOWN_STRETCHES = 30


@require_http_methods(["GET", "POST"])
def plan_page(request: HttpRequest, record_id: int) -> HttpResponse:
    """Write the interpretation plan of a policy, or decide that it needs none."""
    state = viewable_state(request, record_id)
    problem = ""
    if request.method == "POST":
        try:
            return _saved(request, state)
        except (RecordError, organisations.NotPermitted) as error:
            problem = str(error)
    draft = draft_of(state)
    record, code = draft.record, state.owner_code or state.record.org_code
    if record.kind not in kinds_with_plan():
        raise Http404("这条信息不写解读方案")
    editable = state.state in EDITABLE_STATES
    rule = asks_for_interpretation(
        kind=record.kind, genre=record.genre, grade=record.grade, migrated=bool(record.migrated), on=today()
    )
    asked = rule is not None and state.change in rule.changes
    given = request.POST if problem else record.interpretation_plan or {}
    context = {
        "title": "解读方案", "subtitle": str(record), "icon": "edit", "state": state, "record": record, "draft": draft,
        "problem": problem, "given": given, "term": clock(INTERPRET_RULE, today()), "rule": rule, "asked": asked, "parts": PARTS,
        "chosen": request.POST.getlist("forms") if problem else given.get("forms", []),
        "forms": forms(), "posts": posts(), "exceptions": exceptions(), "editable": editable,
        "may_edit": editable and may(request, ACTIONS["edit"], code),
        "may_exempt": editable and asked and not record.interpretation_plan
        and may(request, ACTIONS["exempt_interpretation"], code),
        "decisions": [
            (row, exception_name(row.ground))
            for row in InterpretationExemption.objects.filter(record_id=record_id).select_related("user")
        ],
        "lines": compare_payloads(None, draft.payload), "beside": signed_lines(draft.beside),
    }  # fmt: skip
    return render(request, "records/interpretation.html", context, status=400 if problem else 200)


def _saved(request: HttpRequest, state: RecordState) -> HttpResponse:
    given, common = request.POST, {"record_id": state.pk, "user": request.user, "now": now()}
    if "exempt" in given:
        exempt_interpretation(
            ground=given.get("ground", ""),
            reason=given.get("reason", ""),
            content_sha256=given.get("sha256", ""),
            **common,
        )
        messages.success(request, "已决定不配发解读，理由随文件一并送审、签署。")
        return redirect("records:page", record_id=state.pk)
    plan = {name: given.get(name, "") for name in PARTS if name != "forms"}
    saved = plan_interpretation(
        plan={**plan, "forms": given.getlist("forms")},
        version=int(given["version"]) if given.get("version", "").isdigit() else -1,
        **common,
    )
    if saved.kept_apart:
        messages.warning(
            request, "在您填写期间，这条信息被别人保存过或者已经送审。您填的方案另存为一个版本，没有覆盖。"
        )
        return redirect("records:kept_apart", record_id=state.pk, revision_id=saved.revision_id)
    messages.success(request, "解读方案已保存，与文件一并送审、签署。")
    return redirect("records:page", record_id=state.pk)


@require_GET
def pair_list(request: HttpRequest) -> HttpResponse:
    """List policies with their interpretations: planned, due, late, published."""
    codes, day = require_scope(request, "view"), today()
    wanted = request.GET.get("stage", "")
    rows = pairs(org_codes=codes, today=day)
    counts = pair_counts(rows)
    context: dict[str, Any] = {
        "title": "政策解读", "icon": "openquote", "wanted": wanted, "term": clock(INTERPRET_RULE, day),
        "rows": [(row, STAGES[row.stage]) for row in rows if not wanted or row.stage == wanted],
        "stages": [(stage.value, label, counts[stage]) for stage, label in STAGES.items()],
        "all": len(rows),
    }  # fmt: skip
    return render(request, "records/interpretations.html", context)


def overlap_context(state: RecordState, record: Record, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page of an interpretation shows of its overlap; nothing for other records."""
    if record.kind != "interpretation" or not record.interprets:
        return {}
    return {
        "overlaps": overlaps_of(state, payload, record.interprets),
        "overlap_rule": overlap_rule(),
        "overlap_most": _SHOWN_STRETCHES,
    }
