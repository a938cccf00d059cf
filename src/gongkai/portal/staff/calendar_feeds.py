"""Calendar addresses at the desk (日历订阅): make, copy once, revoke."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from wagtail.admin.menu import MenuItem

from gongkai.organisations import api as organisations
from gongkai.portal.models import CalendarFeed
from gongkai.portal.services.due_feed import choices, make_feed, revoke_feed


@require_http_methods(["GET", "POST"])
def calendar_feeds(request: HttpRequest) -> HttpResponse:
    """List one's addresses; make a new one, shown this once."""
    today, now, made = timezone.localdate(), timezone.now(), ""
    if request.method == "POST" and request.POST.get("revoke", "").isdigit():
        if revoke_feed(user=request.user, feed_id=int(request.POST["revoke"]), now=now):
            messages.success(request, "地址已经撤销，日历程序不能再读取")
        return redirect("calendar_feeds")
    if request.method == "POST":
        token = make_feed(user=request.user, org_code=request.POST.get("org", ""), today=today, now=now)
        made = f"{settings.SITE_URL}{reverse('subscribe:calendar', args=[token])}"
    names = choices(user=request.user, today=today)
    rows = [
        (row, names.get(row.org_code, "（已不在此任职，地址已失效）"))
        for row in CalendarFeed.objects.filter(user_id=request.user.pk, revoked_at=None).order_by("-pk")
    ]
    context = {"title": "日历订阅", "icon": "calendar", "made": made, "rows": rows, "names": names.items()}
    answer = render(request, "portal_desk/calendar_feeds.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


class PostHolderMenuItem(MenuItem):
    """Shown to whoever holds a post."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask the posts."""
        return bool(organisations.roles_of(user=request.user, today=timezone.localdate()))
