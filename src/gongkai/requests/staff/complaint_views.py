"""Complaints about institutions at the desk (信息公开申诉): list with lights, one complaint with what can be done now."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.catalogue import api as catalogue
from gongkai.kernel.clocks import light, units_left
from gongkai.kernel.machine import NotAllowed
from gongkai.organisations import api as organisations
from gongkai.requests.core.complaints import RESULTS, STATE_NAMES, ComplaintState
from gongkai.requests.errors import RequestError
from gongkai.requests.models import Complaint
from gongkai.requests.services import complaints
from gongkai.requests.services.acting import may
from gongkai.requests.services.personal_data import REASONS
from gongkai.requests.staff.reach import authorities_in_reach

SHOWN = 300


@require_http_methods(["GET"])
def complaint_list(request: HttpRequest) -> HttpResponse:
    """List the complaints of an authority, open ones first."""
    (org,), today = authorities_in_reach(request), timezone.localdate()
    found = list(Complaint.objects.filter(org_code=org).select_related("handler")[:SHOWN])
    found.sort(key=lambda row: row.state == ComplaintState.ANSWERED)
    names = {one.code: one.name for one in organisations.list_organisations(under=org, include_closed=True)}
    rows = [
        (row, names.get(row.institution_code, row.institution_code), *_stand(row, today)) for row in found
    ]
    context = {
        "title": "信息公开申诉",
        "icon": "mail",
        "org": org,
        "rows": rows,
        "states": STATE_NAMES,
        "results": RESULTS,
    }
    return render(request, "requests/complaint_list.html", context)


def _stand(row: Complaint, today: Any) -> tuple[Any, str, int | None]:
    limit = complaints.complaint_limit(row)
    if row.state == ComplaintState.ANSWERED:
        return limit, "", None
    return limit, light(limit, today).value, units_left(limit, today)


def _asked(request: HttpRequest, pk: int) -> Complaint:
    row = Complaint.objects.select_related("handler").filter(pk=pk).first()
    if row is None or not may(row, user=request.user, action="view", today=timezone.localdate()):
        raise Http404("没有这件申诉，或您没有查看它的岗位")
    return row


@require_http_methods(["GET", "POST"])
def complaint_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one complaint; take it, see who complained, tell the result."""
    row, shown, status = _asked(request, pk), None, 200
    if request.method == "POST":
        try:
            shown = _do(request, row)
            if shown is None:
                messages.success(request, "已办理")
                return redirect("requests:complaint", pk=pk)
        except (RequestError, NotAllowed, organisations.OrganisationError) as refused:
            messages.error(request, str(refused))
            status = 422
        row = _asked(request, pk)
    return render(request, "requests/complaint.html", _context(request, row, shown), status=status)


def _do(request: HttpRequest, row: Complaint) -> dict[str, str] | None:
    user, now, verb = request.user, timezone.now(), request.POST.get("verb")
    if verb == "take":
        complaints.take_complaint(complaint_id=row.pk, user=user, now=now)
    elif verb == "answer":
        complaints.answer_complaint(
            complaint_id=row.pk, result=str(request.POST.get("result", "")), answer=str(request.POST.get("answer", "")),
            opens_duty=bool(request.POST.get("opens_duty")), user=user, now=now,
        )  # fmt: skip
    elif verb == "show":
        return complaints.show_complainant(
            complaint_id=row.pk, reason=str(request.POST.get("reason", "")), user=user, now=now
        )
    else:
        raise RequestError("没有这项操作", remedy="请刷新页面")
    return None


def _context(request: HttpRequest, row: Complaint, shown: dict[str, str] | None) -> dict[str, Any]:
    today = timezone.localdate()
    limit, state_light, left = _stand(row, today)
    handles = may(row, user=request.user, action="reply", today=today)
    content = complaints.particulars_of(row).get("content", "") if handles else ""
    item = catalogue.get_item(org_code=row.institution_code, code=row.item_code) if row.item_code else None
    return {
        "title": row.number, "subtitle": "信息公开申诉", "icon": "mail", "row": row, "limit": limit, "light": state_light,
        "left": left, "shown": shown, "content": content, "item": item, "state": STATE_NAMES[row.state], "results": RESULTS,
        "result": RESULTS.get(row.result, ""), "answer": complaints.answer_of(row) if handles else "", "reasons": REASONS,
        "institution": organisations.get_organisation(code=row.institution_code), "typed": request.POST,
        "may_take": row.state == ComplaintState.RECEIVED
        and may(row, user=request.user, action="register", today=today),
        "may_answer": row.state == ComplaintState.EXAMINING and handles,
        "may_show": row.state != ComplaintState.RECEIVED and row.erased_date is None
        and may(row, user=request.user, action="unmask", today=today),
    }  # fmt: skip
