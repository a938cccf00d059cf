"""Health at the desk (运行状况): what `gongkai check` says, for the system administrator."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.organisations import api as organisations
from gongkai.project.health import examine

WORDS = {"ok": ("正常", "fine"), "warn": ("注意", "due"), "fail": ("异常", "late")}


@require_http_methods(["GET"])
def health(request: HttpRequest) -> HttpResponse:
    """Show every check with its remedy."""
    if not organisations.anywhere(
        user=request.user, action="view", kind="system", today=timezone.localdate()
    ):
        raise organisations.NotPermitted("您的岗位不能查看运行状况", remedy="由系统管理员查看")
    now = timezone.now()
    results = examine(settings.ENVIRONMENT, now=now)
    rows = [(result, *WORDS[result.state]) for result in results]
    wrong = sum(1 for result in results if result.state != "ok")
    context = {"title": "运行状况", "icon": "tasks", "rows": rows, "wrong": wrong, "now": now}
    return render(request, "desk/health.html", context)
