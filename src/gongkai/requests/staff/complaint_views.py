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
from gongkai.requests.errors import Refused, RequestError
from gongkai.requests.models import Complaint, ComplaintFile
from gongkai.requests.services import complaint_files, complaints
from gongkai.requests.services.acting import may
from gongkai.requests.services.complaint_particulars import answer_of, letter_of, particulars_of
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


def asked_complaint(request: HttpRequest, pk: int) -> Complaint:
    """Return a complaint that the person may see; 404 for all others."""
    row = Complaint.objects.select_related("handler").filter(pk=pk).first()
    if row is None or not may(row, user=request.user, action="view", today=timezone.localdate()):
        raise Http404("没有这件申诉，或您没有查看它的岗位")
    return row


@require_http_methods(["GET", "POST"])
def complaint_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one complaint; take it, see who complained, add files to the answer, tell the result."""
    row, shown, status = asked_complaint(request, pk), None, 200
    if request.method == "POST":
        try:
            shown = _do(request, row)
            if _ends_here(str(request.POST.get("verb"))):
                messages.success(request, "已办理")
                return redirect("requests:complaint", pk=pk)
        except (RequestError, NotAllowed, organisations.OrganisationError) as refused:
            messages.error(request, str(refused))
            status = 422
        row = asked_complaint(request, pk)
    return render(request, "requests/complaint.html", _context(request, row, shown), status=status)


def _ends_here(verb: str) -> bool:
    """Tell whether the page may be loaded anew: what was typed of the answer must not be lost while its files change."""
    return verb in ("take", "answer")


def _do(request: HttpRequest, row: Complaint) -> dict[str, str] | None:
    user, now, verb = request.user, timezone.now(), str(request.POST.get("verb"))
    match verb.partition(":"):
        case ("take", _, _):
            complaints.take_complaint(complaint_id=row.pk, user=user, now=now)
        case ("add", _, _):
            if not request.FILES.getlist("file"):
                raise Refused("还没有选择文件", remedy="请先选择文件，再点“添加附件”")
            _add_files(request, row)
            messages.success(request, "附件已添加，还没有告知")
        case ("drop", _, number) if number.isascii() and number.isdigit() and len(number) < 18:
            complaint_files.drop_answer_file(complaint_id=row.pk, file_id=int(number), user=user, now=now)
        case ("answer", _, _):
            _add_files(request, row)
            complaints.answer_complaint(
                complaint_id=row.pk, result=str(request.POST.get("result", "")), answer=str(request.POST.get("answer", "")),
                opens_duty=bool(request.POST.get("opens_duty")), user=user, now=now,
            )  # fmt: skip
        case ("show", _, _):
            return complaints.show_complainant(
                complaint_id=row.pk, reason=str(request.POST.get("reason", "")), user=user, now=now
            )
        case _:
            raise RequestError("没有这项操作", remedy="请刷新页面")
    return None


def _add_files(request: HttpRequest, row: Complaint) -> None:
    for upload in request.FILES.getlist("file"):
        complaint_files.add_answer_file(
            complaint_id=row.pk, name=str(upload.name), data=upload.read(), clean_first=bool(request.POST.get("clean")),
            user=request.user, now=timezone.now(),
        )  # fmt: skip


def _context(request: HttpRequest, row: Complaint, shown: dict[str, str] | None) -> dict[str, Any]:
    today = timezone.localdate()
    limit, state_light, left = _stand(row, today)
    handles = may(row, user=request.user, action="reply", today=today)
    content = particulars_of(row).get("content", "") if handles else ""
    item = catalogue.get_item(org_code=row.institution_code, code=row.item_code) if row.item_code else None
    unmasks = row.state != ComplaintState.RECEIVED and may(
        row, user=request.user, action="unmask", today=today
    )
    files = list(row.files.exclude(stored_name=""))
    return {
        "title": row.number, "subtitle": "信息公开申诉", "icon": "mail", "row": row, "limit": limit, "light": state_light,
        "left": left, "shown": shown, "content": content, "item": item, "state": STATE_NAMES[row.state], "results": RESULTS,
        "result": RESULTS.get(row.result, ""), "answer": answer_of(row) if handles else "", "reasons": REASONS,
        "institution": organisations.get_organisation(code=row.institution_code), "typed": request.POST,
        "may_take": row.state == ComplaintState.RECEIVED
        and may(row, user=request.user, action="register", today=today),
        "may_answer": row.state == ComplaintState.EXAMINING and handles,
        "may_show": unmasks and row.erased_date is None,
        "sent": [file for file in files if file.kind == ComplaintFile.SENT],
        "attached": [file for file in files if file.kind == ComplaintFile.ANSWER],
        "may_open": unmasks, "has_letter": unmasks and letter_of(row) is not None,
    }  # fmt: skip
