"""The office's own matters (机关事务): calendar, settings, proposals to disclose, finding an applicant's cases."""

from __future__ import annotations

from datetime import date

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.requests.core.rules import room_rules
from gongkai.requests.errors import RequestError, SubmissionInvalid
from gongkai.requests.models import CalendarRow, Case, OfficeSetting, Proposal
from gongkai.requests.services import calendar, office, personal_data, propose
from gongkai.requests.staff.reach import authorities_in_reach, is_day


@require_http_methods(["GET", "POST"])
def calendar_page(request: HttpRequest) -> HttpResponse:
    """Enter days that the office knows of; open cases are recomputed."""
    org = authorities_in_reach(request, "manage")[0]
    if request.method == "POST":
        try:
            day = str(request.POST.get("day", ""))
            if not is_day(day):
                raise SubmissionInvalid({"day": "日期写成 2024-03-05 的形式"})
            moved = calendar.change_calendar(
                org_code=org, day=date.fromisoformat(day), is_working=request.POST.get("working") == "yes",
                notice=str(request.POST.get("notice", "")), user=request.user, now=timezone.now(),
            )  # fmt: skip
            messages.success(request, f"已记入日历，{moved} 件在办申请的期限随之改变")
            return redirect("requests:calendar")
        except RequestError as refused:
            messages.error(request, str(refused))
    context = {
        "title": "办公日历调整",
        "icon": "date",
        "rows": CalendarRow.objects.order_by("-day")[:200],
        "org": org,
    }
    return render(request, "requests/calendar.html", context)


@require_http_methods(["GET", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show and change what the authority decided for itself."""
    org, typed = authorities_in_reach(request, "manage")[0], {}
    if request.method == "POST":
        typed = {key: str(value) for key, value in request.POST.items()}
        try:
            chosen = {slot.id: request.POST.getlist(f"sign_{slot.id}") for slot in room_rules().signatures}
            values = {
                **typed,
                "mail_notices": typed.get("mail_notices") == "yes",
                "signature_roles": chosen,
            }
            office.change_office_settings(org_code=org, values=values, user=request.user, now=timezone.now())
            messages.success(request, "已保存")
            return redirect(f"{reverse('requests:settings')}?org={org}")
        except RequestError as refused:
            messages.error(request, str(refused))
    row = OfficeSetting.objects.filter(org_code=org).first() or OfficeSetting(org_code=org)
    context = {
        "title": "依申请公开设置", "icon": "cog", "org": org, "row": typed or row, "receipts": OfficeSetting.RECEIPTS,
        "bodies": office.review_bodies(org), "choices": office.office_choices(org),
        "mail_possible": django_settings.MAIL_NOTICES_POSSIBLE, "mail_on": row.mail_notices,
        "signatures": office.signature_slots(org), "signing_roles": office.signing_roles(),
    }  # fmt: skip
    return render(request, "requests/settings.html", context, status=422 if typed else 200)


def numbers_of(row: Proposal) -> list[str]:
    """Return the numbers of the requests behind a proposal, the newest first, thirty at most."""
    found = Case.objects.filter(org_code=row.org_code, pk__in=row.cases).order_by("-pk")
    return list(found.values_list("number", flat=True)[:30])


@require_http_methods(["GET", "POST"])
def proposals(request: HttpRequest) -> HttpResponse:
    """Show what several people asked for, and note what was decided."""
    org = authorities_in_reach(request, "manage")[0]
    if request.method == "POST":
        try:
            pk = str(request.POST.get("proposal", ""))
            propose.answer_proposal(
                proposal_id=int(pk) if pk.isdigit() else 0, answer=str(request.POST.get("answer", "")), user=request.user,
                now=timezone.now(),
            )  # fmt: skip
            return redirect("requests:proposals")
        except (RequestError, Proposal.DoesNotExist) as refused:
            messages.error(request, str(refused) or "没有这条建议")
    context = {
        "title": "可转为主动公开的内容",
        "icon": "openquote",
        "rows": [
            (row, numbers_of(row))
            for row in Proposal.objects.filter(org_code=org).order_by("answered_date", "-pk")[:100]
        ],
    }
    return render(request, "requests/proposals.html", context)


@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Find the cases of one applicant by identity number, credit code or telephone; the number is never in an address."""
    found, number = [], str(request.POST.get("number", ""))
    authorities_in_reach(request, "unmask")
    if request.method == "POST" and number.strip():
        rows_found = personal_data.find_by_identity(
            number=number, user=request.user, today=timezone.localdate()
        )
        found = list(rows_found.select_related("applicant").order_by("-id")[:100])
    context = {
        "title": "按证件或电话查找",
        "icon": "search",
        "rows": found,
        "asked": request.method == "POST",
    }
    return render(request, "requests/find.html", context)
