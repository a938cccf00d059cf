"""The citizen's form under /ask/ (在线申请): works without script, keeps everything typed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.kernel.clocks import clock
from gongkai.requests.core.effort import make_task, solves
from gongkai.requests.core.rules import room_rules
from gongkai.requests.counter import steps
from gongkai.requests.counter.visitor import ELDER_COOKIE, address_of, authorities, authority, page
from gongkai.requests.errors import Refused, SubmissionInvalid, TooMany
from gongkai.requests.models import Case
from gongkai.requests.services import wizard
from gongkai.requests.services.acting import deadline_of
from gongkai.requests.services.keys import challenge_key
from gongkai.requests.services.office import office_choices
from gongkai.requests.services.throttle import count_try

COOKIE, HONEYPOT = "gk_ask", "website"
COOKIE_AGE = 7 * 24 * 3600


@require_http_methods(["GET"])
def start(request: HttpRequest) -> HttpResponse:
    """List the authorities, or go to the only one."""
    found = authorities()
    if len(found) == 1:
        return redirect("ask:guide", org=found[0].code)
    return page(request, "authorities.html", {"title": "向哪个机关申请？", "authorities": found})


@require_http_methods(["GET"])
def guide(request: HttpRequest, org: str) -> HttpResponse:
    """Show what one needs to know before asking."""
    info = authority(org)
    return page(
        request,
        "guide.html",
        {
            "title": "申请公开政府信息",
            "org": info,
            "channels": room_rules().channels,
            "reply_days": clock("ogi.reply").length,
            "confirms": office_choices(org).online_receipt == "confirmation",
        },
    )


@require_http_methods(["GET"])
def help_page(request: HttpRequest, org: str) -> HttpResponse:
    """Tell people who cannot read, write, see or hear well how the office helps them."""
    return page(request, "help.html", {"title": "填写有困难时", "org": authority(org)})


@require_http_methods(["GET"])
def mode(request: HttpRequest) -> HttpResponse:
    """Switch large type on or off and go back."""
    back = request.GET.get("next", "")
    root = reverse("ask:start")
    answer = HttpResponseRedirect(back if back.startswith(root) and "//" not in back else root)
    wanted = "1" if request.GET.get("elder") == "1" else "0"
    answer.set_cookie(ELDER_COOKIE, wanted, max_age=365 * 24 * 3600, path=root, samesite="Lax")
    return answer


def _filling(request: HttpRequest, org: str) -> tuple[wizard.Filling, str | None]:
    found = wizard.resume(token=request.COOKIES.get(COOKIE, ""), org_code=org)
    if found is not None and found.row.case_id is None:
        return found, None
    token, fresh = wizard.begin(org_code=org, now=timezone.now())
    return fresh, token


def _with_cookie(answer: HttpResponse, token: str | None) -> HttpResponse:
    if token is not None:
        answer.set_cookie(
            COOKIE, token, max_age=COOKIE_AGE, path=reverse("ask:start"), httponly=True, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
    return answer


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, org: str, code: str) -> HttpResponse:
    """Show a step of the form, or take what was typed: right or wrong, it is kept."""
    info = authority(org)
    if code not in steps.CODES:
        return redirect("ask:step", org=org, code=steps.CODES[0])
    filling, token = _filling(request, org)
    if code == "check":
        return _with_cookie(_check(request, info, filling), token)
    now, faults = timezone.now(), {}
    if request.method == "POST":
        for question in steps.questions(code, filling.values | _posted(request)):
            if question.name in request.POST:
                filling.values[question.name] = str(request.POST[question.name])[:20_000]
        wizard.keep(filling, now=now)
        faults = steps.step_faults(code, filling.values, today=timezone.localdate())
        if code == "files":
            faults = _take_files(request, filling)
            if not faults and "more" in request.POST:
                return _with_cookie(redirect("ask:step", org=org, code="files"), token)
        if not faults:
            following = "check" if "back" in request.POST else steps.CODES[steps.CODES.index(code) + 1]
            return _with_cookie(redirect("ask:step", org=org, code=following), token)
    return _with_cookie(_show(request, info, filling, code, faults), token)


def _posted(request: HttpRequest) -> dict[str, str]:
    return {key: str(value) for key, value in request.POST.items()}


def _take_files(request: HttpRequest, filling: wizard.Filling) -> dict[str, str]:
    now = timezone.now()
    if digest := request.POST.get("drop"):
        wizard.drop_file(filling, digest=str(digest), now=now)
        return {}
    faults: list[str] = []
    for kind in ("identity", "authority", "request"):
        for upload in request.FILES.getlist(f"file_{kind}"):
            try:
                wizard.keep_file(filling, kind=kind, name=str(upload.name), data=upload.read(), now=now)
            except Refused as refused:
                faults.append(str(refused))
    return {"file_request": "；".join(faults)} if faults else {}


def _show(
    request: HttpRequest, info: Any, filling: wizard.Filling, code: str, faults: dict[str, str]
) -> HttpResponse:
    at = steps.CODES.index(code)
    rows = [
        (q, filling.values.get(q.name, ""), faults.get(q.name, ""))
        for q in steps.questions(code, filling.values)
    ]
    context = {
        "title": steps.STEPS[at].title, "org": info, "step": steps.STEPS[at], "rows": rows, "faults": faults,
        "number": at + 1, "total": len(steps.CODES), "previous": steps.CODES[at - 1] if at else "",
        "files": filling.files, "from_check": request.GET.get("from") == "check",
    }  # fmt: skip
    return page(
        request, "files.html" if code == "files" else "step.html", context, status=422 if faults else 200
    )


def _check(request: HttpRequest, info: Any, filling: wizard.Filling) -> HttpResponse:
    faulty = steps.first_faulty(filling.values, today=timezone.localdate())
    if faulty is not None:
        return redirect("ask:step", org=info.code, code=faulty[0])
    problem = ""
    if request.method == "POST":
        if request.POST.get(HONEYPOT):
            return page(
                request,
                "problem.html",
                {"title": "没有提交", "org": info, "problem": "请不要填写页面上标明留空的一栏"},
                status=400,
            )
        try:
            _count_submission(request, filling)
            wizard.send(filling, now=timezone.now())
            return redirect("ask:done", org=info.code)
        except (TooMany, Refused) as refused:
            problem = str(refused)
        except SubmissionInvalid as refused:
            problem = "；".join(refused.faults.values())
    groups = []
    for one in steps.STEPS[:-2]:
        asked = steps.questions(one.code, filling.values)
        groups.append((one, [(q.label, _said(q, filling.values.get(q.name, ""))) for q in asked]))
    context = {
        "title": steps.STEPS[-1].title, "org": info, "groups": groups, "files": filling.files, "problem": problem,
        "number": len(steps.CODES), "total": len(steps.CODES), "honeypot": HONEYPOT,
        "task": make_task(
            form=_form_key(filling), now_seconds=_seconds(), bits=room_rules().settings.effort_bits, key=challenge_key()
        ),
    }  # fmt: skip
    return page(request, "check.html", context, status=429 if problem else 200)


def _form_key(filling: wizard.Filling) -> str:
    return filling.row.submission_key.partition(":")[2]


def _seconds() -> int:
    return int(timezone.now().timestamp())


def _count_submission(request: HttpRequest, filling: wizard.Filling) -> None:
    """Count a submission of this address; without the browser's small piece of work fewer an hour are taken."""
    done = solves(
        task=str(request.POST.get("task", ""))[:200], answer=str(request.POST.get("effort", ""))[:40],
        form=_form_key(filling), now_seconds=_seconds(), key=challenge_key(),
    )  # fmt: skip
    count_try(kind="submit" if done else "submit_bare", place=address_of(request), now=timezone.now())


def _said(question: steps.Question, value: str) -> str:
    return dict(question.choices).get(value, value) or "（未填）"


@require_http_methods(["GET"])
def done(request: HttpRequest, org: str) -> HttpResponse:
    """Show the receipt: number, query code, until when and why; it prints on one sheet."""
    info = authority(org)
    filling = wizard.resume(token=request.COOKIES.get(COOKIE, ""), org_code=org)
    if filling is None or filling.row.case_id is None:
        return redirect("ask:guide", org=org)
    case = Case.objects.get(pk=filling.row.case_id)
    context = {
        "title": "申请已经提交" if case.received_date is None else "申请已经收到", "org": info, "case": case, "code": wizard.code_of(filling), "limit": deadline_of(case),
    }  # fmt: skip
    return page(request, "done.html", context)
