"""Who did what (操作留痕): the journal as the auditor reads it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods

from gongkai.journal import api as journal
from gongkai.organisations.errors import NotPermitted
from gongkai.organisations.models import User
from gongkai.organisations.selectors import scope

PER_PAGE = 100


@require_http_methods(["GET"])
def entry_list(request: HttpRequest) -> HttpResponse:
    """List the facts of the organisations that the person may audit, newest first."""
    codes = scope(user=request.user, action="view", kind="journal", today=timezone.localdate())
    if not codes:
        raise NotPermitted("您的岗位不能查看账本", remedy="账本由审计管理员查看")
    name, subject = request.GET.get("name", "").strip(), request.GET.get("subject", "").strip()
    day = parse_date(request.GET.get("on", "")) if request.GET.get("on") else None
    rows = journal.newest_entries(
        orgs={*codes, "unassigned"}, name=name or None, subject=subject or None, on=day
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    shown = journal.as_entries(page.object_list)
    people = {
        u.pk: u for u in User.objects.filter(pk__in={e.actor.user_id for e in shown if e.actor.user_id})
    }
    context = {
        "title": "操作留痕", "icon": "list-ul", "page": page, "name": name, "subject": subject, "on": request.GET.get("on", ""),
        "rows": [(entry, people.get(entry.actor.user_id or 0)) for entry in shown], "names": journal.fact_names(),
    }  # fmt: skip
    return render(request, "organisations/entries.html", context)


@require_http_methods(["GET", "POST"])
def verification(request: HttpRequest) -> HttpResponse:
    """Verify the whole journal and show the result."""
    if not scope(user=request.user, action="verify", kind="journal", today=timezone.localdate()):
        raise NotPermitted("您的岗位不能核验账本", remedy="账本由审计管理员核验")
    found = journal.verify() if request.method == "POST" else None
    return render(
        request, "organisations/verification.html", {"title": "核验账本", "icon": "check", "found": found}
    )
