"""Verifying the journal on a screen (核验账本). What it holds is read on the auditor's desk of the roof."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.journal import api as journal
from gongkai.organisations.errors import NotPermitted
from gongkai.organisations.selectors import scope


@require_http_methods(["GET", "POST"])
def verification(request: HttpRequest) -> HttpResponse:
    """Verify the whole journal and show the result."""
    if not scope(user=request.user, action="verify", kind="journal", today=timezone.localdate()):
        raise NotPermitted("您的岗位不能核验账本", remedy="账本由审计管理员核验")
    found = journal.verify() if request.method == "POST" else None
    return render(
        request, "organisations/verification.html", {"title": "核验账本", "icon": "check", "found": found}
    )
