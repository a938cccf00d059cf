"""The case at the desk (案卷页): time line left, what to decide middle, people and letters right; letters with their preview."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from gongkai.kernel.clocks import clock, light, units_left
from gongkai.kernel.machine import NotAllowed
from gongkai.organisations import api as organisations
from gongkai.requests.core.case_clock import REPLY
from gongkai.requests.core.letter_rules import letter_rules
from gongkai.requests.core.outcomes import outcomes, row_labels
from gongkai.requests.core.rules import room_rules
from gongkai.requests.core.states import TABLE
from gongkai.requests.downloads import download, letter_download, letter_sheet
from gongkai.requests.errors import Refused, RequestError
from gongkai.requests.models import Case, CaseFile, Letter
from gongkai.requests.services import archive as archive_service
from gongkai.requests.services import decide, files, letters, serve, sign
from gongkai.requests.services.acting import deadline_of, may
from gongkai.requests.services.assign import hand_over
from gongkai.requests.services.confirm import confirm_limit
from gongkai.requests.services.office import signature_slots
from gongkai.requests.staff.actions import BY_VERB, DECIDES, Call, offered, outcome_choices

KIND = "request"


def get_case(request: HttpRequest, number: str, action: str = "view") -> Case:
    """Return a case the person may see; an unknown one and a forbidden one are both not found."""
    case = Case.objects.select_related("applicant", "handler").filter(number=number.upper()).first()
    if case is None or not may(case, user=request.user, action=action, today=timezone.localdate()):
        raise Http404("没有这件申请，或您没有查看它的岗位")
    return case


@require_http_methods(["GET", "POST"])
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """Show a case with everything that can be done to it now; do it."""
    case, shown, typed = get_case(request, number), None, {}
    if request.method == "POST":
        verb = str(request.POST.get("verb", ""))
        try:
            shown = _do(request, case, verb)
            if shown is None:
                messages.success(request, "已办理")
                return redirect("requests:case", number=case.number)
        except (RequestError, organisations.OrganisationError, NotAllowed) as refused:
            messages.error(request, str(refused))
            typed = {"verb": verb, **{key: str(value) for key, value in request.POST.items()}}
        case = get_case(request, number)
    status = 422 if typed else 200
    return render(request, "requests/case.html", _context(request, case, shown, typed), status=status)


def _do(request: HttpRequest, case: Case, verb: str) -> Any:
    now, user = timezone.now(), request.user
    call = Call({k: str(v) for k, v in request.POST.items()}, request.POST.getlist, user, now)
    if verb == "decide":
        keys = outcomes()[call.text("outcome")].needs if call.text("outcome") in outcomes() else ()
        detail = {key: call.text(f"need_{key}") for key in keys}
        decide.decide(
            case_id=case.pk,
            position=call.number("position"),
            outcome=call.text("outcome"),
            detail=detail,
            user=user,
            now=now,
        )
    elif verb == "draft_letter":
        consultation = call.text("consultation")
        letter = letters.draft_letter(
            case_id=case.pk, kind=call.text("kind"), user=user, now=now,
            consultation_id=int(consultation) if consultation.isdigit() else None,
        )  # fmt: skip
        messages.info(request, f"已拟《{letter.title}》，请核对")
    elif verb == "add_file":
        if not may(case, user=user, action="handle", today=timezone.localdate()):
            raise Refused("只有经办人可以添加文件")
        for upload in request.FILES.getlist("file"):
            files.add_file(
                case=case, kind=call.text("kind") or "proof", name=str(upload.name), data=upload.read(), now=now, user=user,
                public=call.text("kind") == "reply", clean_first=bool(call.text("clean_first")),
            )  # fmt: skip
    elif verb in BY_VERB:
        answer = BY_VERB[verb].do(case, call)
        if verb in ("show_personal_data", "renew_query_code"):
            return answer
    else:
        raise Refused("没有这项操作", remedy="请刷新页面")
    return None


def _context(request: HttpRequest, case: Case, shown: Any, typed: dict[str, str]) -> dict[str, Any]:
    today, limit, rules = timezone.localdate(), deadline_of(case), room_rules()
    actions = offered(case, user=request.user, today=today)
    can = {t.verb for t in TABLE if case.state in t.sources}
    handles = may(case, user=request.user, action="handle", today=today)
    forms = [
        (action, [(f, f.choices(case) if f.choices else ()) for f in action.fields]) for action in actions
    ]
    return {
        "title": case.number, "subtitle": case.state_name, "icon": "mail", "case": case, "limit": limit, "today": today,
        "light": light(limit, today, rules.settings.near_days) if limit and case.is_open else "",
        "left": units_left(limit, today) if limit and case.is_open else None, "shown": shown, "typed": typed,
        "first": [row for row in forms if row[0].verb in DECIDES], "others": [row for row in forms if row[0].verb not in DECIDES],
        "events": list(case.events.select_related("actor_user")), "parts": list(case.parts.all()),
        "outcome_groups": outcome_choices(), "needs": outcomes(), "may_decide": "decide" in can and handles,
        "may_draft": handles, "letters": list(case.letters.select_related("service").prefetch_related("signatures")),
        "kinds": list(letter_rules().values()), "consultations": list(case.consultations.all()),
        "files": list(case.files.all()), "searches": list(case.searches.select_related("searched_by")),
        "opinions": list(case.opinions.select_related("given_by")), "remedies": list(case.remedies.all()),
        "channel": rules.channels[case.channel].name, "applicant_kind": rules.applicant_kinds[case.applicant_kind].name,
        "labels": {key: row.label for key, row in outcomes().items()}, "proof": rules.channels[case.channel].proof,
        "may_take": case.handler_id is None and may(case, user=request.user, action="register", today=today),
        "changes": list(case.deadline_changes.all()), "file_kinds": CaseFile.KINDS,
        "reply_rule": clock(REPLY, case.received_date).name if case.received_date else "",
        "rounds": list(case.rounds.all()), "rows": row_labels(), "gaps": _gaps(case),
        "assignments": _assignments(case), "confirm_by": confirm_limit(case),
    }  # fmt: skip


def _assignments(case: Case) -> list[tuple[str, Any]]:
    rows = case.assignments.order_by("pk")
    return [(organisations.get_organisation(code=row.section_code).name, row) for row in rows]


def _gaps(case: Case) -> list[str]:
    """Say what the request lacks that a supplement may ask for (条例第29条、第30条)."""
    gaps, kinds = [], set(case.files.values_list("kind", flat=True))
    applicant = getattr(case, "applicant", None)
    if applicant is None or not applicant.sealed or not case.is_open:
        return gaps
    if not applicant.identity_lookup:
        gaps.append("没有证件号码或统一社会信用代码")
    if not applicant.phone_lookup:
        gaps.append("没有联系电话")
    if applicant.has_agent and "authority" not in kinds:
        gaps.append("有代理人，还没有授权委托书")
    return gaps


@require_http_methods(["POST"])
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Take a case that has no handler."""
    case = get_case(request, number)
    try:
        hand_over(case_id=case.pk, to=request.user, user=request.user, now=timezone.now())
    except (RequestError, organisations.OrganisationError) as refused:
        messages.error(request, str(refused))
    return redirect("requests:case", number=case.number)


def _letter(request: HttpRequest, pk: int) -> Letter:
    letter = Letter.objects.select_related("case").filter(pk=pk).first()
    if letter is None or not may(letter.case, user=request.user, action="view", today=timezone.localdate()):
        raise Http404
    return letter


@require_http_methods(["GET", "POST"])
def letter_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a letter as the page it prints on; edit, send for signing, sign, serve."""
    letter = _letter(request, pk)
    if request.method == "POST":
        try:
            _letter_act(request, letter)
            return redirect("requests:letter", pk=pk)
        except (RequestError, organisations.OrganisationError, NotAllowed) as refused:
            messages.error(request, str(refused))
            letter = _letter(request, pk)
    case, rule, content = letter.case, letter_rules()[letter.kind], letters.content_of(letter)
    today = timezone.localdate()
    signed = {row.slot: row for row in letter.signatures.select_related("signer")}
    slots = [(slot, signed.get(slot.id)) for slot in signature_slots(case.org_code)] if rule.signed else []
    context = {
        "title": letter.title, "subtitle": letter.number or case.number, "icon": "doc-full", "letter": letter, "rule": rule,
        "content": content, "case": case, "slots": slots, "body": "\n".join(content.paragraphs), "today": today,
        "may_edit": letter.frozen_date is None and may(case, user=request.user, action="handle", today=today),
        "may_submit": rule.signed and letter.frozen_date is None and may(case, user=request.user, action="reply", today=today),
        "may_sign": rule.signed and letter.frozen_date is not None and len(signed) < len(slots)
        and may(case, user=request.user, action="review", today=today),
        "may_serve": not rule.reply and rule.layout == "letter" and not hasattr(letter, "service")
        and may(case, user=request.user, action="reply", today=today) and (not rule.signed or len(signed) == len(slots)),
        "ways": room_rules().service_ways,
    }  # fmt: skip
    return render(request, "requests/letter.html", context)


def _letter_act(request: HttpRequest, letter: Letter) -> None:
    now, user, rule = timezone.now(), request.user, letter_rules()[letter.kind]
    call = Call({k: str(v) for k, v in request.POST.items()}, request.POST.getlist, user, now)
    match call.text("verb"):
        case "edit":
            letters.edit_letter(
                letter_id=letter.pk, title=call.text("title"), addressee=call.text("addressee"),
                paragraphs=call.text("body").split("\n"), user=user, now=now,
            )  # fmt: skip
        case "submit" if rule.reply:
            sign.submit_for_signing(case_id=letter.case_id, letter_id=letter.pk, user=user, now=now)
        case "submit":
            sign.submit_notice(letter_id=letter.pk, user=user, now=now)
        case "sign":
            sign.sign(
                case_id=letter.case_id, letter_id=letter.pk, sha256=call.text("sha256"), user=user, now=now
            )
        case "serve":
            serve.serve_notice(
                letter_id=letter.pk,
                way=call.text("way"),
                served=call.day("on"),
                proof=call.text("proof"),
                user=user,
                now=now,
            )
        case _:
            raise Refused("没有这项操作", remedy="请刷新页面")
    messages.success(request, "已办理")


@xframe_options_sameorigin
@require_http_methods(["GET"])
def letter_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the letter as the page it prints on; its own style is all it may use."""
    return letter_sheet(letters.content_of(_letter(request, pk)))


@require_http_methods(["GET"])
def letter_file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """Return the letter as docx or PDF."""
    return letter_download(_letter(request, pk), "docx" if form == "docx" else "pdf")


@require_http_methods(["GET"])
def case_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Return a file of a case to somebody who may unmask personal data in it."""
    row = CaseFile.objects.select_related("case").filter(pk=pk).exclude(stored_name="").first()
    if row is None or not may(row.case, user=request.user, action="unmask", today=timezone.localdate()):
        raise Http404
    return download(files.read_file(row), name=row.name, media_type=row.media_type)


@require_http_methods(["GET"])
def archive_file(request: HttpRequest, number: str) -> HttpResponse:
    """Return the archive file of a case, with its index."""
    case = get_case(request, number, "export")
    return download(
        archive_service.archive_zip(case), name=f"{case.number}.zip", media_type="application/zip"
    )
