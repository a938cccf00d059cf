"""Desk screens of assessments: list, one run, one result, one value with its facts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.journal import api as journal
from gongkai.kernel.machine import verbs_from
from gongkai.organisations import api as organisations
from gongkai.supervision.core.assessment_states import RUNS
from gongkai.supervision.core.bindings import KIND_WORDS
from gongkai.supervision.core.indicator_system import LEVEL_WORDS, read_system
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import Appeal, AssessmentResult, AssessmentRun, AssessmentValue
from gongkai.supervision.services import assess
from gongkai.supervision.services.bind_values import unpack_ids
from gongkai.supervision.services.indicator_systems import system_in_force
from gongkai.supervision.services.score_targets import SATISFACTION
from gongkai.supervision.staff import reach
from gongkai.supervision.staff.result_forms import act_on_result

FACTS_SHOWN = 200


@require_http_methods(["GET", "POST"])
def run_list(request: HttpRequest) -> HttpResponse:
    """List assessments; begin one."""
    codes = reach.visible(request)
    managed = reach.anywhere(request, "manage")
    if request.method == "POST":
        org = reach.own_authority(request, "manage", timezone.localdate())
        try:
            run = assess.begin_run(
                org_code=org, year=reach.whole_of(request.POST.get("year", ""), "年度"), title=request.POST.get("title", ""),
                **reach.acting_now(request),
            )  # fmt: skip
            return redirect("supervision:assessment", run_id=run.pk)
        except SupervisionRefused as refused:
            messages.error(request, reach.said(refused))
    tops = {organisations.authority_of(code=code).code for code in codes}
    context = {
        "title": "考核", "icon": "tasks", "runs": AssessmentRun.objects.filter(org_code__in=tops), "may_manage": bool(managed),
        "may_see_system": any(reach.allowed(request, "view", code) for code in tops),
        "system": next((s for code in sorted(tops) if (s := system_in_force(org_code=code))), None),
        "year": timezone.localdate().year,
    }  # fmt: skip
    return render(request, "supervision/assessment_list.html", context)


def visible_results(request: HttpRequest, run: AssessmentRun) -> list[AssessmentResult]:
    """Return the results a person may see: all for whoever supervises or manages there, else those of the own units."""
    results = list(run.results.all())
    if reach.allowed(request, "manage", run.org_code) or reach.allowed(request, "supervise", run.org_code):
        return results
    if run.state == "open":
        return []
    return [r for r in results if reach.allowed(request, "report", r.target_code)]


def _require_sight(request: HttpRequest, run: AssessmentRun) -> None:
    """Let in whoever may view the authority's plans, and institutions that have a result to see and to appeal."""
    if not reach.allowed(request, "view", run.org_code) and not visible_results(request, run):
        reach.required(request, "view", run.org_code)


@require_http_methods(["GET", "POST"])
def run_page(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show the results of a run and what can be done with it now."""
    run = get_object_or_404(AssessmentRun.objects.select_related("system"), pk=run_id)
    _require_sight(request, run)
    if request.method == "POST":
        try:
            messages.success(request, _act(request, run))
            return redirect("supervision:assessment", run_id=run.pk)
        except SupervisionRefused as refused:
            messages.error(request, reach.said(refused))
            run.refresh_from_db()
    results = visible_results(request, run)
    ranked = sorted(results, key=lambda r: (r.level, -(r.total if r.total is not None else -1)))
    appeals = Appeal.objects.filter(result__in=results).select_related("result")
    context = {
        "title": run.title, "subtitle": run.get_state_display(), "icon": "tasks", "run": run, "results": ranked,
        "levels": LEVEL_WORDS, "names": reach.names_of(run.org_code), "appeals": appeals,
        "unmeasured": sum(bool(r.unmeasured) for r in results), "verbs": verbs_from(RUNS, run.state),
        "may_manage": reach.allowed(request, "manage", run.org_code),
        "may_supervise": reach.allowed(request, "supervise", run.org_code),
    }  # fmt: skip
    return render(request, "supervision/assessment_page.html", context)


def _act(request: HttpRequest, run: AssessmentRun) -> str:
    now = reach.acting_now(request)
    match request.POST.get("verb"):
        case "compute":
            assess.compute_run(run_id=run.pk, **now)
            return "已按现有事实重新运算"
        case "announce":
            until = reach.day_of(request.POST.get("appeal_until", ""), "申诉截止日")
            assess.announce_run(run_id=run.pk, appeal_until=until, **now)
            return "已公示，被考核单位可以申诉"
        case "freeze":
            assess.freeze_run(run_id=run.pk, **now)
            return "已定案"
        case "correct":
            made = assess.begin_run(
                org_code=run.org_code, year=run.year, title=f"{run.title}（更正）", replaces=run.pk,
                reason=request.POST.get("reason", ""), **now,
            )  # fmt: skip
            return f"已另起一次更正考核（第 {made.pk} 号），人工填报的数已带过去"
    raise SupervisionRefused("no_verb", "没有认出要做的事", remedy="请刷新页面再试")


@require_http_methods(["GET", "POST"])
def result_page(request: HttpRequest, result_id: int) -> HttpResponse:
    """Show every score of one organisation, with the forms for what people give and for appeals."""
    result = get_object_or_404(AssessmentResult.objects.select_related("run__system"), pk=result_id)
    run = result.run
    _require_sight(request, run)
    if result.pk not in {r.pk for r in visible_results(request, run)}:
        raise Http404("没有这个考核结果")
    if request.method == "POST":
        try:
            messages.success(request, act_on_result(request, result))
            return redirect("supervision:result", result_id=result.pk)
        except SupervisionRefused as refused:
            messages.error(request, reach.said(refused))
            result.refresh_from_db()
    return render(request, "supervision/result_page.html", _result_context(request, result))


def _result_context(request: HttpRequest, result: AssessmentResult) -> dict[str, Any]:
    run, system = result.run, read_system(result.run.system.content)
    values = {value.name: value for value in result.values.all()}
    rules = {rule.id: rule for rule in system.indicators}
    said = {b.id: b for b in system.values_of_level(result.level)}
    groups: dict[str, list[Any]] = {}
    for score in result.detail.get("scores", []):
        rule = rules[score["id"]]
        used = [(said[name], values.get(name)) for name in rule.names]
        groups.setdefault(rule.part, []).append((score, rule, used))
    parts = {p["part"]: p for p in result.detail.get("parts", [])}
    whole = system.scoring
    return {
        "title": reach.names_of(run.org_code).get(result.target_code, result.target_code), "subtitle": run.title,
        "icon": "tasks", "run": run, "result": result, "groups": [(parts.get(p), rows) for p, rows in groups.items()],
        "given": [(b, values.get(b.id)) for b in said.values() if b.kind == "given"], "survey": values.get(SATISFACTION),
        "vetoes": [(code, whole.veto_name(code)) for code in whole.vetoes], "bonuses": whole.bonuses,
        "marked": [(v, whole.veto_name(v.code)) for v in result.vetoes.all()],
        "extra": [(b, next((w.name for w in whole.bonuses if w.code == b.code), b.code)) for b in result.bonuses.all()],
        "direct": [(d, values.get(d.value)) for d in whole.part_deductions if d.part in parts],
        "appeals": [(a, rules[a.indicator].names) for a in result.appeals.all()], "whole": whole,
        "may_give": run.state == "open" and reach.allowed(request, "manage", run.org_code),
        "may_appeal": run.state == "announced" and reach.allowed(request, "report", result.target_code),
        "may_decide": run.state == "announced" and reach.allowed(request, "supervise", run.org_code),
    }  # fmt: skip


@require_http_methods(["GET"])
def value_page(request: HttpRequest, value_id: int) -> HttpResponse:
    """Show one value: how it is defined and every fact behind it."""
    value = get_object_or_404(AssessmentValue.objects.select_related("result__run__system"), pk=value_id)
    result, run = value.result, value.result.run
    _require_sight(request, run)
    if result.pk not in {r.pk for r in visible_results(request, run)}:
        raise Http404("没有这个数")
    system = read_system(run.system.content)
    binding = system.bindings.get(value.name)
    ids = unpack_ids(value.facts)
    if value.source in (AssessmentValue.GIVEN, AssessmentValue.APPEALED):
        entries = [
            e for e in journal.entries(names=("supervision.ValueGiven",), subject=f"assessment:{run.pk}")
            if e.body["value_name"] == value.name and e.body["target"] == result.target_code
        ]  # fmt: skip
    else:
        entries = journal.entries_with(ids=ids[:FACTS_SHOWN])
    parts = result.values.filter(name__in=binding.of) if binding else []
    context = {
        "title": binding.name if binding else "患者满意度", "subtitle": value.name, "icon": "tasks", "value": value,
        "binding": binding, "kind": KIND_WORDS.get(binding.kind, "") if binding else "调查得分", "entries": entries,
        "parts": [(p, system.bindings[p.name]) for p in parts], "result": result, "shown": FACTS_SHOWN,
        "where": binding.where_for(year=run.year, orgs=[result.target_code]) if binding else [],
    }  # fmt: skip
    return render(request, "supervision/value_page.html", context)
