"""The subscription pages (订阅): feeds for everyone, e-mail where the office set it up. Works without script; no cookie but Django's for forms."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from gongkai.portal.core.pages.feeds import feed_path
from gongkai.portal.core.subscription_rules import subscription_rules
from gongkai.portal.selectors import public_name, wishes
from gongkai.portal.services import subscribe
from gongkai.portal.services.digest import name_of
from gongkai.portal.services.due_feed import read_feed
from gongkai.requests import api as requests

HONEYPOT = "website"
ELDER_COOKIE = "gk_elder"


def _page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    elder = request.COOKIES.get(ELDER_COOKIE) == "1"
    frame = {
        "elder": elder, "home": f"{settings.BASE_PATH}/{'elder/index.html' if elder else ''}",
        "site_name": public_name(), "here": request.path if request.method == "GET" else reverse("subscribe:start"),
    }  # fmt: skip
    made = render(request, f"portal_counter/{template}", {**frame, **context}, status=status)
    made["Cache-Control"] = "no-store"
    made["Referrer-Policy"] = "same-origin"
    return made


def _place(request: HttpRequest) -> str:
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.ENVIRONMENT.trusted_proxy and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Show how to follow what is published; take a subscription by e-mail."""
    typed = {name: request.POST.get(name, "")[:300] for name in ("wish", "keyword", "address")}
    if request.method == "GET":
        return _form(request, _asked(request), {})
    if request.POST.get(HONEYPOT) or not settings.MAIL_NOTICES_POSSIBLE:
        return _form(request, typed, {}, problem="没有提交：请不要填写标明留空的一栏", status=400)
    kind, _, value = typed["wish"].partition(":")
    try:
        _count(request)
        subscribe.subscribe(
            kind=kind, value=typed["keyword"] if kind == "keyword" else value, address=typed["address"], now=timezone.now()
        )  # fmt: skip
    except subscribe.SubscriptionRefused as refused:
        faults = {
            {"value": "keyword" if kind == "keyword" else "wish"}.get(k, k): v
            for k, v in refused.faults.items()
        }
        return _form(request, typed, faults, status=422)
    except requests.TooMany:
        return _form(
            request, typed, {}, problem="操作过于频繁，请过一会儿再试；也可以用 Atom 订阅", status=429
        )
    return _page(
        request, "asked.html", {"title": "请到邮箱确认", "hours": subscription_rules().confirm_hours}
    )


def _asked(request: HttpRequest) -> dict[str, str]:
    """Return the form as a link from a list or from the search filled it."""
    for kind in ("column", "topic"):
        if request.GET.get(kind):
            return {"wish": f"{kind}:{request.GET[kind][:80]}", "keyword": "", "address": ""}
    words = request.GET.get("q", "")[:40]
    return {"wish": "keyword:" if words else "", "keyword": words, "address": ""}


def _form(
    request: HttpRequest,
    typed: dict[str, str],
    faults: dict[str, str],
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    known = wishes()
    form = secrets.token_hex(16)
    kind, _, value = typed["wish"].partition(":")
    feed = ""
    if kind == "keyword" and typed["keyword"]:
        feed = "search/feed.xml?" + urlencode({"q": typed["keyword"]})
    elif value in known.get(kind, {}):
        feed = feed_path(value if kind == "column" else f"topic:{value}")
    context = {
        "title": "订阅更新", "typed": typed, "faults": faults, "problem": problem, "mail": settings.MAIL_NOTICES_POSSIBLE, "honeypot": HONEYPOT,
        "columns": known["column"].items(), "topics": known["topic"].items(), "feed": f"{settings.BASE_PATH}/{feed}" if feed else "",
        "all_feed": f"{settings.BASE_PATH}/feed/all.xml", "form": form, "task": requests.browser_task(form=form, now=timezone.now()),
    }  # fmt: skip
    return _page(request, "start.html", context, status=status)


def _count(request: HttpRequest) -> None:
    """Count a try from this place; without the browser's small piece of work fewer an hour are taken. Raises TooMany."""
    rules, now = subscription_rules(), timezone.now()
    worked = requests.browser_worked(
        task=request.POST.get("task", ""), answer=request.POST.get("effort", ""), form=request.POST.get("form", "")[:40], now=now
    )  # fmt: skip
    most = rules.tries_with_effort if worked else rules.tries_without_effort
    kind = "subscribe" if worked else "subscribe-bare"
    requests.count_public_try(kind=kind, place=_place(request), most=most, length=timedelta(hours=1), now=now)


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm by a button: programs that open links in mails confirm nothing."""
    now = timezone.now()
    row = (
        subscribe.confirm(token=token, now=now)
        if request.method == "POST"
        else subscribe.find_to_confirm(token=token, now=now)
    )
    if row is None:
        return _page(
            request,
            "gone.html",
            {"title": "链接已经失效", "hours": subscription_rules().confirm_hours},
            status=404,
        )
    return _page(
        request,
        "confirm.html",
        {"title": "确认订阅", "name": name_of(row), "done": row.confirmed_at is not None},
    )


@csrf_exempt  # RFC 8058: the mail program of the reader posts here by itself; the token is the proof
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Leave: by a button, or by the mail program in one click (RFC 8058). The address is deleted."""
    if request.method == "POST":
        found = subscribe.leave(token=token)
        return _left(request, unknown=not found)
    row = subscribe.find_to_leave(token=token)
    if row is None:
        return _left(request, unknown=True)
    return _page(request, "leave.html", {"title": "退订", "name": name_of(row)})


def _left(request: HttpRequest, *, unknown: bool) -> HttpResponse:
    """Say that it is over; of an unknown link that nothing was found, since a link that broke in the mail leaves nothing."""
    title = "没有这项订阅" if unknown else "已经退订"
    return _page(request, "left.html", {"title": title, "unknown": unknown})


@require_http_methods(["GET", "HEAD"])
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Give a desk calendar to whoever has its address; an unknown, revoked or orphaned one is not there."""
    found = read_feed(token=token, today=timezone.localdate(), now=timezone.now())
    if found is None:
        raise Http404
    answer = HttpResponse(found, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer
