"""Desk screens of satisfaction surveys: list, design, codes, result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.kernel.machine import verbs_from
from gongkai.organisations import api as organisations
from gongkai.supervision.core.survey_checks import FLAG_WORDS
from gongkai.supervision.core.survey_states import SURVEYS, SurveyState
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import SurveyRound, SurveyStratum
from gongkai.supervision.services import surveys
from gongkai.supervision.services.report_survey import report_survey
from gongkai.supervision.services.surveys import StratumWords, SurveyWords, independence_faults
from gongkai.supervision.staff import reach


@require_http_methods(["GET", "POST"])
def survey_list(request: HttpRequest) -> HttpResponse:
    """List surveys; set one up."""
    tops = {organisations.authority_of(code=code).code for code in reach.visible(request)}
    context: dict[str, Any] = {
        "title": "医院满意度调查", "icon": "form", "surveys": SurveyRound.objects.filter(org_code__in=tops), "kept": request.POST,
        "may_manage": bool(reach.anywhere(request, "manage")), "year": timezone.localdate().year,
    }  # fmt: skip
    if request.method == "POST":
        org = reach.own_authority(request, "manage", timezone.localdate())
        post = request.POST
        try:
            words = SurveyWords(
                reach.whole_of(post.get("year", ""), "年度"), post.get("name", ""), post.get("conductor", ""),
                post.get("contract", ""), reach.day_of(post.get("opens_on", ""), "开始日期"),
                reach.day_of(post.get("closes_on", ""), "结束日期"),
            )  # fmt: skip
            made = surveys.design_survey(org_code=org, words=words, **reach.acting_now(request))
            return redirect("supervision:survey", round_id=made.pk)
        except SupervisionRefused as refused:
            context["problem"] = reach.said(refused)
    return render(request, "supervision/survey_list.html", context)


@require_http_methods(["GET", "POST"])
def survey_page(request: HttpRequest, round_id: int) -> HttpResponse:
    """Show one survey: strata with quotas and codes, checks, result; never a single answer."""
    survey = get_object_or_404(SurveyRound, pk=round_id)
    reach.required(request, "view", survey.org_code)
    if request.method == "POST":
        try:
            messages.success(request, _act(request, survey))
            return redirect("supervision:survey", round_id=survey.pk)
        except SupervisionRefused as refused:
            messages.error(request, reach.said(refused))
            survey.refresh_from_db()
    may_manage = reach.allowed(request, "manage", survey.org_code)
    strata = (
        SurveyStratum.objects.filter(unit__round=survey).select_related("unit")
        .annotate(issued=Count("tokens", distinct=True), got=Count("answers", distinct=True))
        .order_by("unit__institution_code", "service", "department")
    )  # fmt: skip
    sheets = {sheet["id"]: sheet["name"] for sheet in survey.design["questionnaires"]}
    context = {
        "title": survey.title, "subtitle": survey.get_state_display(), "icon": "form", "survey": survey,
        "names": reach.names_of(survey.org_code), "strata": [(s, sheets.get(s.service, s.service)) for s in strata],
        "faults": independence_faults(survey) if survey.state == SurveyState.DESIGN else [], "services": sheets.items(),
        "institutions": organisations.list_organisations(under=survey.org_code, kind="institution"),
        "verbs": verbs_from(SURVEYS, survey.state), "may_manage": may_manage,
        "may_supervise": reach.allowed(request, "supervise", survey.org_code),
        "units": _shown_units(survey), "address": request.build_absolute_uri(reverse("survey:start")), "kept": request.POST,
        "shares": _share_words(survey.design["method"].get("fuller_services", ()), sheets),
        "plain_shares": _share_words(survey.design["method"]["services"], sheets),
    }  # fmt: skip
    return render(request, "supervision/survey_page.html", context)


def _share_words(services: Iterable[Mapping[str, Any]], sheets: Mapping[str, str]) -> str:
    return "、".join(f"{sheets.get(s['id'], s['id'])} {s['share']}" for s in services)


def _shown_units(survey: SurveyRound) -> list[tuple[dict[str, Any], list[tuple[str, int]]]]:
    return [
        (unit, [(FLAG_WORDS.get(flag, flag), count) for flag, count in unit["flags"].items()])
        for unit in survey.result.get("units", [])
    ]


def _act(request: HttpRequest, survey: SurveyRound) -> str:
    post, now = request.POST, reach.acting_now(request)
    match post.get("verb"):
        case "stratum":
            words = StratumWords(
                post.get("institution_code", ""), reach.whole_of(post.get("level", ""), "等级"), post.get("service", ""),
                post.get("department", ""), reach.whole_of(post.get("volume", ""), "年服务量"), post.get("networks", ""),
            )  # fmt: skip
            surveys.add_stratum(round_id=survey.pk, words=words, user=now["user"], today=now["today"])
            return "已保存分层，配额已重新计算"
        case "open":
            surveys.open_survey(round_id=survey.pk, **now)
            return "调查已开始，可以印发答题码"
        case "close":
            surveys.close_survey(round_id=survey.pk, **now)
            return "调查已截止，来源摘要已清除"
        case "report":
            report_survey(round_id=survey.pk, **now)
            return "结果已定，机构得分已成为考核的事实"
        case "cancel":
            surveys.cancel_survey(round_id=survey.pk, **now)
            return "调查已取消"
    raise SupervisionRefused("no_verb", "没有认出要做的事", remedy="请刷新页面再试")


@require_http_methods(["POST"])
def survey_codes(request: HttpRequest, stratum_id: int) -> HttpResponse:
    """Make answering codes and show them this once, ready to print and cut."""
    stratum = get_object_or_404(SurveyStratum.objects.select_related("unit__round"), pk=stratum_id)
    survey = stratum.unit.round
    try:
        count = reach.whole_of(request.POST.get("count", ""), "张数")
        codes = surveys.issue_tokens(stratum_id=stratum.pk, count=count, **reach.acting_now(request))
    except SupervisionRefused as refused:
        messages.error(request, reach.said(refused))
        return redirect("supervision:survey", round_id=survey.pk)
    context = {
        "title": "答题码", "subtitle": survey.title, "icon": "form", "survey": survey, "stratum": stratum, "codes": codes,
        "names": reach.names_of(survey.org_code), "address": request.build_absolute_uri(reverse("survey:start")),
    }  # fmt: skip
    answer = render(request, "supervision/survey_codes.html", context)
    answer["Cache-Control"] = "no-store"
    return answer
