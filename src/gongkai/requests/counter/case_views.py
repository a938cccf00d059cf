"""Following one's own case (查询进度): number and query code open it for half an hour, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.kernel.clocks import light, units_left
from gongkai.kernel.machine import NotAllowed
from gongkai.requests.core.letter_rules import letter_rules
from gongkai.requests.core.query_code import fits
from gongkai.requests.core.rules import room_rules
from gongkai.requests.core.states import State
from gongkai.requests.counter import own_complaint
from gongkai.requests.counter.visitor import address_of, authority, page
from gongkai.requests.downloads import download, letter_download
from gongkai.requests.errors import Refused, RequestError, TooMany
from gongkai.requests.models import Case, CaseFile, Complaint, Letter
from gongkai.requests.plain_words import STATE_WORDS, event_words
from gongkai.requests.services import examine, fee, files, remedy, serve
from gongkai.requests.services.acting import deadline_of
from gongkai.requests.services.letters import content_of
from gongkai.requests.services.throttle import count_try

SESSION_KEY, SESSION_SECONDS = "requests_case", 1800
WRONG = "编号或查询码不对"


@require_http_methods(["GET", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Ask for number and query code of a request or a complaint; wrong and unknown ones get the same answer, and are counted."""
    problem, number, status = "", str(request.POST.get("number", "")).strip(), 200
    if request.method == "POST":
        code = str(request.POST.get("code", ""))[:200]
        try:
            now = timezone.now()
            count_try(kind="track", place=address_of(request), now=now)
            count_try(kind="track", place=f"number:{number.upper()}", now=now)
            found = _numbered(number.upper())
            if fits(code, found.query_digest if found is not None else "0" * 64) and found is not None:
                return _opened(request, found)
            problem, status = f"{WRONG}。请对照回执逐位核对；查询码不分大小写，横线可以不填", 422
        except TooMany as refused:
            problem, status = str(refused), 429
    return page(
        request, "track.html", {"title": "查询办理进度", "problem": problem, "typed": number}, status=status
    )


def _numbered(number: str) -> Case | Complaint | None:
    """Return the request or complaint of a number; both are looked for each time, so that an answer's time tells nothing."""
    case, complaint = (kind.objects.filter(number=number).first() for kind in (Case, Complaint))
    return case or complaint


def _opened(request: HttpRequest, found: Case | Complaint) -> HttpResponse:
    """Open one thing for half an hour on this device; what was open before is closed."""
    request.session.cycle_key()
    for key in (SESSION_KEY, own_complaint.SESSION_KEY):
        request.session.pop(key, None)
    is_case = isinstance(found, Case)
    request.session[SESSION_KEY if is_case else own_complaint.SESSION_KEY] = found.pk
    request.session["requests_until"] = timezone.now().timestamp() + SESSION_SECONDS
    return redirect("ask:case" if is_case else "ask:complaint")


@require_http_methods(["GET"])
def lost(request: HttpRequest) -> HttpResponse:
    """Tell how to get a new query code."""
    return page(request, "lost.html", {"title": "查询码丢失怎么办"})


def own_case(request: HttpRequest) -> Case | None:
    """Return the case that this visitor opened with its code, None when there is none or the time is over."""
    pk, until = request.session.get(SESSION_KEY), request.session.get("requests_until", 0)
    if pk is None or timezone.now().timestamp() > until:
        return None
    return Case.objects.filter(pk=pk).first()


@require_http_methods(["POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Close the case on this device."""
    request.session.flush()
    return redirect("ask:track")


@require_http_methods(["GET", "POST"])
def case_page(request: HttpRequest) -> HttpResponse:
    """Show the case: where it stands, until when and why day by day, what can be done now; take answers."""
    case = own_case(request)
    if case is None:
        return redirect("ask:track")
    problem, typed = "", ""
    if request.method == "POST":
        try:
            count_try(kind="answer", place=f"case:{case.pk}", now=timezone.now())
            _act(request, case)
            return redirect("ask:case")
        except (RequestError, NotAllowed) as refused:
            problem = (
                str(refused)
                if isinstance(refused, RequestError)
                else "现在的办理状态下不能这样做；请刷新页面"
            )
            typed = str(request.POST.get("text", ""))
            case = Case.objects.get(pk=case.pk)
    return page(request, "case.html", _context(case, problem, typed), status=422 if problem else 200)


def _act(request: HttpRequest, case: Case) -> None:
    now, today, text = timezone.now(), timezone.localdate(), str(request.POST.get("text", ""))
    acts: dict[str, Callable[[], Any]] = {
        "supplement": lambda: examine.receive_supplement(
            case_id=case.pk, answer=text, received=today, now=now
        ),
        "reasons": lambda: fee.receive_reasons(case_id=case.pk, reasons=text, received=today, now=now),
        "withdraw": lambda: serve.withdraw(
            case_id=case.pk, how=f"网上撤回：{text or '申请人本人操作'}", now=now
        ),
        "rate": lambda: remedy.rate(
            case_id=case.pk, score=_number(request.POST.get("score")), text=text, now=now
        ),
        "late": lambda: remedy.note_late_paper(case_id=case.pk, note=text, now=now),
    }
    act = acts.get(str(request.POST.get("verb")))
    if act is None:
        raise Refused("没有这项操作", remedy="请刷新页面")
    if request.POST.get("verb") == "supplement":
        for upload in request.FILES.getlist("file"):
            files.add_file(
                case=case, kind="supplement", name=str(upload.name), data=upload.read(), now=now, public=True
            )
    act()


def _number(text: Any) -> int:
    return int(text) if str(text).isdigit() and len(str(text)) < 3 else 0


def _context(case: Case, problem: str, typed: str) -> dict[str, Any]:
    today, limit = timezone.localdate(), deadline_of(case)
    asked_reasons = case.events.filter(verb="ask_reasons").exists()
    reasons_given = case.events.filter(verb="receive_reasons").exists()
    letters = [
        letter
        for letter in case.letters.filter(service__isnull=False).select_related("service")
        if letter_rules()[letter.kind].addressee == "applicant"
    ]
    return {
        "title": f"申请 {case.number}", "org": authority(case.org_code), "case": case, "problem": problem, "typed": typed,
        "state": STATE_WORDS[case.state], "limit": limit, "today": today,
        "light": light(limit, today, room_rules().settings.near_days) if limit and case.is_open else "",
        "left": units_left(limit, today) if limit and case.is_open else None,
        "events": [
            (event.on, *event_words(event.verb)) for event in case.events.filter(public=True).order_by("on", "seq")
        ],
        "may_pay": case.state == State.FEE_WAIT,
        "changes": list(case.deadline_changes.order_by("pk")),
        "supplement": getattr(case, "supplement", None), "fee": getattr(case, "fee", None),
        "may_supplement": case.state == State.SUPPLEMENT_WAIT,
        "may_give_reasons": case.state == State.HANDLING and asked_reasons and not reasons_given,
        "may_withdraw": case.is_open, "may_rate": case.state == State.CLOSED and not hasattr(case, "rating"),
        "is_closed": case.state == State.CLOSED, "letters": letters, "files": _fetchable(case),
        "remedy": _told_remedy(letters), "rounds": list(case.rounds.all()),
        "overdue": bool(limit and limit.due_date and case.is_open and today > limit.due_date),
    }  # fmt: skip


def _told_remedy(letters: list[Letter]) -> str:
    """Return the paragraph on remedies of the latest letter that has one, as it was told."""
    for letter in reversed(letters):
        if letter_rules()[letter.kind].remedy and letter.sealed_body:
            return content_of(letter).remedy
    return ""


@require_http_methods(["GET"])
def letter_file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """Give the applicant a letter that was served to them, as docx or PDF; anything else is not found."""
    case = own_case(request)
    letter = Letter.objects.filter(pk=pk, case=case, service__isnull=False).first() if case else None
    if letter is None or letter_rules()[letter.kind].addressee != "applicant" or not letter.sealed_body:
        raise Http404
    return letter_download(letter, form)


def _fetchable(case: Case) -> QuerySet[CaseFile]:
    """Return the files that the applicant may have: their own, and those of a reply once a reply has been served."""
    rows = case.files.filter(public=True).exclude(stored_name="")
    replies = [rule.id for rule in letter_rules().values() if rule.reply]
    if case.letters.filter(service__isnull=False, kind__in=replies).exists():
        return rows
    return rows.exclude(kind="reply")


@require_http_methods(["GET"])
def case_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the applicant a file of their own case; anything else is not found."""
    case = own_case(request)
    row = _fetchable(case).filter(pk=pk).first() if case else None
    if row is None:
        raise Http404
    return download(files.read_file(row), name=row.name, media_type=row.media_type)
