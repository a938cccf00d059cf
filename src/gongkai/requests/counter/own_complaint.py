"""Following one's own complaint (查询申诉结果): opened by number and code on the page that opens requests, for half an hour."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.organisations import api as organisations
from gongkai.requests.core.complaints import RESULTS, STATE_NAMES, ComplaintState
from gongkai.requests.counter.visitor import page
from gongkai.requests.downloads import content_download, download
from gongkai.requests.models import Complaint, ComplaintFile
from gongkai.requests.services.complaint_files import read_file
from gongkai.requests.services.complaint_particulars import answer_of, letter_of
from gongkai.requests.services.complaints import complaint_limit

SESSION_KEY = "requests_complaint"


def own_complaint(request: HttpRequest) -> Complaint | None:
    """Return the complaint that this visitor opened with its code, None when there is none or the time is over."""
    pk, until = request.session.get(SESSION_KEY), request.session.get("requests_until", 0)
    if pk is None or timezone.now().timestamp() > until:
        return None
    return Complaint.objects.filter(pk=pk, erased_date__isnull=True).first()


@require_http_methods(["GET"])
def complaint_page(request: HttpRequest) -> HttpResponse:
    """Show where the complaint stands, until when, and what was told."""
    row = own_complaint(request)
    if row is None:
        return redirect("ask:track")
    files = _fetchable(row)
    context = {
        "title": f"申诉 {row.number}", "row": row, "state": STATE_NAMES[row.state], "result": RESULTS.get(row.result, ""),
        "answer": answer_of(row), "limit": complaint_limit(row), "has_letter": letter_of(row) is not None,
        "org": organisations.get_organisation(code=row.org_code),
        "info": organisations.get_organisation(code=row.institution_code),
        "sent": [file for file in files if file.kind == ComplaintFile.SENT],
        "attached": [file for file in files if file.kind == ComplaintFile.ANSWER],
    }  # fmt: skip
    return page(request, "own_complaint.html", context)


def _fetchable(row: Complaint) -> list[ComplaintFile]:
    """Return the files that the complainant may have: their own, and those of the answer once it was told."""
    files = row.files.exclude(stored_name="")
    return list(files if row.state == ComplaintState.ANSWERED else files.filter(kind=ComplaintFile.SENT))


@require_http_methods(["GET"])
def complaint_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the complainant a file of their own complaint; anything else is not found."""
    row = own_complaint(request)
    file = next((file for file in _fetchable(row) if file.pk == pk), None) if row else None
    if file is None:
        raise Http404
    return download(read_file(file), name=file.name, media_type=file.media_type)


@require_http_methods(["GET"])
def complaint_letter(request: HttpRequest, form: str) -> HttpResponse:
    """Give the complainant the letter with the result, as docx or PDF; anything else is not found."""
    row = own_complaint(request)
    content = letter_of(row) if row else None
    if row is None or content is None or form not in ("docx", "pdf"):
        raise Http404
    return content_download(content, name=row.letter_number, form=form)
