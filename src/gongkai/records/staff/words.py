"""The office's word lists (检查词表): see, add, take out, import, export, audit."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from gongkai.organisations import api as organisations
from gongkai.records.core.errors import RecordError
from gongkai.records.core.office_words import BY_NAME, WORD_LISTS, WordList
from gongkai.records.models import WordChange
from gongkai.records.services.office_words import (
    MAX_IMPORT_BYTES,
    add_word,
    current_entries,
    export_words,
    import_words,
    remove_word,
)
from gongkai.records.staff.screens import now, require_scope, today

PER_PAGE = 200
_CHANGES_SHOWN = 50


@require_GET
def word_page(request: HttpRequest) -> HttpResponse:
    """Show one list, its latest changes, and the forms for whoever may change it."""
    require_scope(request, "view")
    kind = _kind(request.GET.get("list", ""))
    wanted = request.GET.get("q", "").strip()
    entries = [entry for entry in current_entries() if entry.list_name == kind.name and wanted in entry.term]
    entries.sort(key=lambda entry: entry.term)
    changes = WordChange.objects.filter(list_name=kind.name).select_related("by").order_by("-pk")
    context = {
        "title": "检查词表", "subtitle": "本单位", "icon": "list-ul",
        "kind": kind, "kinds": WORD_LISTS, "wanted": wanted, "count": len(entries),
        "entries": [_row(kind, entry.term, dict(entry.details)) for entry in entries[:PER_PAGE]],
        "changes": [_row(kind, one.term, one.details) | {"change": one} for one in changes[:_CHANGES_SHOWN]],
        "may_change": bool(_offices(request)),
    }  # fmt: skip
    return render(request, "records/words.html", context)


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Add an entry, take one out, or import a file."""
    office = _office(request)
    kind = _kind(request.POST.get("list", ""))
    said: dict[str, Any] = {
        "reason": request.POST.get("reason", ""),
        "user": request.user,
        "org_code": office,
        "now": now(),
    }
    try:
        messages.success(request, _done(request, kind, said))
    except RecordError as error:
        messages.error(request, f"{error.message}（{error.where}）。{error.remedy}。")
    return redirect(f"{reverse('records:words')}?list={kind.name}")


def _done(request: HttpRequest, kind: WordList, said: dict[str, Any]) -> str:
    """Do what the form asks; return what to tell."""
    how, term = request.POST.get("how"), request.POST.get("term", "")
    if how == "import":
        upload = request.FILES.get("file")
        data = upload.read(MAX_IMPORT_BYTES + 1) if upload else b""
        return f"已导入 {import_words(data=data, **said)} 条；已有的没有重复加入。"
    if how == "remove":
        remove_word(list_name=kind.name, term=term, **said)
        return f"已从“{kind.title}”移出“{term}”。"
    details = {key: request.POST.get(key, "") for key, _ in kind.details}
    add_word(list_name=kind.name, term=term, details=details, **said)
    return f"已加入“{kind.title}”，今晚按新词表回查已公开的内容。"


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Hand out all lists as one file."""
    require_scope(request, "view")
    response = HttpResponse(export_words(), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="gongkai-words.yaml"'
    return response


def _kind(name: str) -> WordList:
    return BY_NAME.get(name, WORD_LISTS[0])


def _row(kind: WordList, term: str, details: dict[str, str]) -> dict[str, Any]:
    return {"term": term, "details": [details.get(key, "") for key, _ in kind.details]}


def _offices(request: HttpRequest) -> frozenset[str]:
    found: frozenset[str] = organisations.scope(
        user=request.user, action="manage", kind="site", today=today()
    )
    return found


def _office(request: HttpRequest) -> str:
    """Return the authority for which the person changes lists. Raises PermissionDenied when there is none."""
    offices = _offices(request)
    if not offices:
        raise PermissionDenied("词表由公开办维护")
    return min(offices, key=lambda code: (organisations.get_organisation(code=code).path.count("/"), code))
