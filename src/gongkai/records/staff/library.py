"""The screen for entering superior documents (录入上级文件): a table in, drafts and a report out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from gongkai.organisations import api as organisations
from gongkai.records.core.errors import RecordError
from gongkai.records.services.import_library import HEADS, import_library
from gongkai.records.staff.screens import now, require_scope


@require_http_methods(["GET", "POST"])
def library_page(request: HttpRequest) -> HttpResponse:
    """Show the form; take a table and tell what became of each row."""
    codes, problem, report = require_scope(request, "create"), "", None
    upload = request.FILES.get("file")
    if request.method == "POST":
        try:
            report = import_library(
                data=upload.read() if upload else b"",
                name=upload.name or "" if upload else "（没有选择文件）",
                org_code=request.POST.get("org", ""),
                user=request.user,
                now=now(),
            )
        except (RecordError, organisations.NotPermitted) as error:
            problem = str(error)
    offered = [o for o in organisations.list_organisations() if o.code in codes]
    context = {
        "title": "录入上级文件", "icon": "doc-full-inverse", "heads": HEADS, "orgs": offered, "problem": problem,
        "report": report,
    }  # fmt: skip
    return render(request, "records/library.html", context, status=400 if problem else 200)
