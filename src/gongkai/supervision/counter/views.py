"""The survey form for patients (满意度答题): a code, a sheet, thanks. Works without script; sets no cookie but the type size."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.organisations import api as organisations
from gongkai.supervision.core.survey import MARK_WORDS, Questionnaire
from gongkai.supervision.core.survey_design import questionnaire_of
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import SurveyToken
from gongkai.supervision.services.survey_tokens import (
    answer,
    note_wrong_try,
    open_token,
    tidy,
    too_many_tries,
)

ELDER_COOKIE = "gk_elder"
SALT = "supervision.survey"
MOST_SECONDS = 24 * 3600


def _page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    context = {
        "elder": request.POST.get("elder", request.COOKIES.get(ELDER_COOKIE)) == "1", "home": f"{settings.BASE_PATH}/", "here": request.path, **context,
    }  # fmt: skip
    made = render(request, f"supervision/survey/{template}", context, status=status)
    made["Cache-Control"] = "no-store"
    # Not "no-referrer": browsers then send "Origin: null" with the form, and it would be refused.
    made["Referrer-Policy"] = "same-origin"
    return made


def _address(request: HttpRequest) -> str:
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.ENVIRONMENT.trusted_proxy and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


@require_http_methods(["GET"])
def mode(request: HttpRequest) -> HttpResponse:
    """Switch large type on or off; on a sheet a button does it, so that nothing chosen is lost."""
    return _with_mode(HttpResponseRedirect(reverse("survey:start")), request.GET.get("elder") == "1")


def _with_mode(made: HttpResponse, wanted: bool) -> HttpResponse:
    made.set_cookie(
        ELDER_COOKIE,
        "1" if wanted else "0",
        max_age=365 * 24 * 3600,
        path=f"{settings.BASE_PATH}/ask/",
        samesite="Lax",
    )
    return made


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Ask for the code; the right one opens the sheet."""
    if request.method == "GET":
        return _page(request, "start.html", {"title": "医院满意度调查", "code": ""})
    found = _token(request)
    return found if isinstance(found, HttpResponse) else _sheet(request, found)


def _token(request: HttpRequest) -> SurveyToken | HttpResponse:
    """Return the token of the code that was typed, or the page that says why there is none."""
    code, address, now = request.POST.get("code", ""), _address(request), timezone.now()
    if too_many_tries(address=address, now=now):
        return _problem(request, "输错的次数太多；请一小时后再试", code, 429)
    try:
        return open_token(code=code, today=timezone.localdate())
    except SupervisionRefused as refused:
        note_wrong_try(address=address, now=now)
        return _problem(request, f"{refused.message}；{refused.remedy}", code, 422)


def _problem(request: HttpRequest, words: str, code: str, status: int) -> HttpResponse:
    return _page(
        request, "start.html", {"title": "医院满意度调查", "problem": words, "code": code[:20]}, status=status
    )


def _sheet(request: HttpRequest, token: SurveyToken, *, problem: str = "", status: int = 200) -> HttpResponse:
    stratum = token.stratum
    questionnaire = questionnaire_of(stratum.unit.round.design, stratum.service)
    begun = request.POST.get("begun") or signing.dumps(int(timezone.now().timestamp()), salt=SALT)
    context = {
        "title": questionnaire.name, "problem": problem, "code": tidy(request.POST.get("code", "")), "begun": begun, "department": stratum.department,
        "institution": organisations.get_organisation(code=stratum.unit.institution_code).name,
        "groups": _groups(questionnaire, request), "marks": MARK_WORDS.items(),
    }  # fmt: skip
    return _page(request, "sheet.html", context, status=status)


def _groups(
    questionnaire: Questionnaire, request: HttpRequest
) -> list[tuple[str, list[tuple[str, str, int | None, bool]]]]:
    """Return dimension → questions (code, words, mark chosen, whether it is missing)."""
    sent = "send" in request.POST
    groups: dict[str, list[tuple[str, str, int | None, bool]]] = {}
    for code, dimension, words in questionnaire.questions():
        chosen = _mark(request.POST.get(f"q-{code}", ""))
        groups.setdefault(dimension, []).append((code, words, chosen, sent and chosen is None))
    return list(groups.items())


def _mark(text: str) -> int | None:
    return int(text) if text in {"0", "1", "2", "3", "4", "5"} else None


@require_http_methods(["POST"])
def sheet(request: HttpRequest) -> HttpResponse:
    """Take the answer, or show the sheet again with everything chosen and what is missing."""
    token = _token(request)
    if isinstance(token, HttpResponse):
        return token
    if "elder" in request.POST:
        return _with_mode(_sheet(request, token), request.POST["elder"] == "1")
    marks = {
        key.removeprefix("q-"): mark
        for key in request.POST
        if key.startswith("q-") and (mark := _mark(str(request.POST[key]))) is not None
    }
    try:
        answer(
            code=request.POST.get("code", ""),
            marks=marks,
            seconds=_seconds(request),
            address=_address(request),
            today=timezone.localdate(),
        )
    except SupervisionRefused as refused:
        return _sheet(request, token, problem=f"{refused.message}；{refused.remedy}", status=422)
    return redirect("survey:done")


def _seconds(request: HttpRequest) -> int:
    """Return how long the sheet was open; a start that was tampered with counts as no time at all."""
    try:
        begun = int(signing.loads(request.POST.get("begun", ""), salt=SALT, max_age=MOST_SECONDS))
    except (signing.BadSignature, ValueError, TypeError):
        return 0
    return max(0, int(timezone.now().timestamp()) - begun)


@require_http_methods(["GET"])
def done(request: HttpRequest) -> HttpResponse:
    """Say thanks."""
    return _page(request, "done.html", {"title": "谢谢您的回答"})
