"""Files and letter of a complaint at the desk (申诉的材料与告知书): each reading is recorded."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from gongkai.kernel.machine import NotAllowed
from gongkai.organisations import api as organisations
from gongkai.requests.core.complaints import ComplaintState
from gongkai.requests.downloads import content_download, download, letter_sheet
from gongkai.requests.errors import RequestError
from gongkai.requests.letters.content import LetterContent
from gongkai.requests.services.acting import may
from gongkai.requests.services.complaint_files import note_reading, open_file
from gongkai.requests.services.complaint_letter import complaint_letter_content
from gongkai.requests.services.complaint_particulars import letter_of
from gongkai.requests.services.complaints import require_answer
from gongkai.requests.staff.complaint_views import asked_complaint


@require_http_methods(["GET"])
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Return a file of a complaint to somebody who may see personal data in it; not found for anybody else."""
    try:
        row, data = open_file(file_id=pk, user=request.user, now=timezone.now())
    except (RequestError, NotAllowed, organisations.OrganisationError):
        raise Http404 from None
    return download(data, name=row.name, media_type=row.media_type)


@xframe_options_sameorigin
@require_http_methods(["POST"])
def letter_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the letter as it would go out with what is typed now; nothing is kept."""
    row, today = asked_complaint(request, pk), timezone.localdate()
    if row.state != ComplaintState.EXAMINING or not may(row, user=request.user, action="unmask", today=today):
        raise Http404
    result, answer = str(request.POST.get("result", "")), str(request.POST.get("answer", ""))
    try:
        words = require_answer(result, answer)
    except RequestError as refused:
        return HttpResponse(
            f"还不能预览：{refused}。请关闭本页，回到申诉页面补齐。",
            status=422,
            content_type="text/plain; charset=utf-8",
        )
    note_reading(row, file=None, user=request.user, now=timezone.now())
    return letter_sheet(complaint_letter_content(row, result=result, answer=words, today=today))


def _sent_letter(request: HttpRequest, pk: int) -> tuple[LetterContent, str]:
    row = asked_complaint(request, pk)
    content = letter_of(row)
    if content is None:
        raise Http404
    try:
        note_reading(row, file=None, user=request.user, now=timezone.now())
    except (NotAllowed, organisations.OrganisationError):
        raise Http404 from None
    return content, row.letter_number


@xframe_options_sameorigin
@require_http_methods(["GET"])
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the letter as the page it prints on."""
    return letter_sheet(_sent_letter(request, pk)[0])


@require_http_methods(["GET"])
def letter_file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """Return the letter as docx or PDF."""
    content, number = _sent_letter(request, pk)
    return content_download(content, name=number, form="docx" if form == "docx" else "pdf")
