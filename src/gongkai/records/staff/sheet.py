"""Sign-off sheet and history at the desk (审签单、版本历史): to read, to print, to take away as Word."""

from __future__ import annotations

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gongkai.records.core.differences import compare_payloads
from gongkai.records.core.errors import NotFound
from gongkai.records.models import RecordState
from gongkai.records.printing.sign_off_docx import sheet_docx
from gongkai.records.selectors_sheet import Sheet, payload_of_revision, sheet_of, versions_of
from gongkai.records.staff.screens import now, viewable_state

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHOWN_VERSIONS = 100


@require_GET
def sheet_page(request: HttpRequest, record_id: int, number: int) -> HttpResponse:
    """Show the sheet of a round."""
    state, sheet = _sheet(request, record_id, number)
    context = {
        "title": "审签单", "icon": "clipboard-list", "state": state, "sheet": sheet, "made_at": now(),
        "changed": [line for line in sheet.changes or () if line.mark != "same"],
        "rounds": range(1, state.round + 1),
    }  # fmt: skip
    return render(request, "records/sheet.html", context)


@require_GET
def sheet_word(request: HttpRequest, record_id: int, number: int) -> HttpResponse:
    """Hand the sheet out as a Word file."""
    _, sheet = _sheet(request, record_id, number)
    answer = HttpResponse(sheet_docx(sheet, made_at=now()), content_type=WORD)
    name = quote(f"审签单-{sheet.index_number.replace('/', '-') or record_id}-第{number}次.docx")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return answer


@require_GET
def history(request: HttpRequest, record_id: int) -> HttpResponse:
    """List the texts of a record and show word by word what changed between two of them."""
    state = viewable_state(request, record_id)
    versions = versions_of(state.record, limit=SHOWN_VERSIONS)
    numbers = [version.revision_id for version in versions]
    newer = _chosen(request, "new", numbers, 0)
    older = _chosen(request, "old", numbers, numbers.index(newer) + 1 if newer in numbers else 1)
    new = payload_of_revision(state, newer) if newer else None
    old = payload_of_revision(state, older) if older else None
    lines = compare_payloads(old, new) if old and new else []
    context = {
        "title": "版本历史", "icon": "history", "state": state, "record": state.record, "versions": versions,
        "newer": newer, "older": older, "same": sum(line.mark == "same" for line in lines),
        "lines": [line for line in lines if line.mark != "same"], "comparable": bool(old and new),
        "rounds": range(1, state.round + 1),
    }  # fmt: skip
    return render(request, "records/history.html", context)


def _chosen(request: HttpRequest, name: str, numbers: list[int], otherwise: int) -> int | None:
    typed = request.GET.get(name, "")
    if typed.isdigit() and int(typed) in numbers:
        return int(typed)
    return numbers[otherwise] if otherwise < len(numbers) else None


def _sheet(request: HttpRequest, record_id: int, number: int) -> tuple[RecordState, Sheet]:
    state = viewable_state(request, record_id)
    try:
        return state, sheet_of(state, number)
    except NotFound:
        raise Http404("没有这次送审") from None
