"""What stands between log-in and the desk (账号关口): overdue passwords, one-time codes, and refusals in plain words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from gongkai.organisations.errors import NoSuchOrganisation, NotPermitted
from gongkai.organisations.memory import reading_once
from gongkai.organisations.models import User
from gongkai.organisations.services.authenticator import device_of, is_required
from gongkai.organisations.services.passwords import is_expired

OPEN_VIEWS = {
    "wagtailadmin_login",
    "wagtailadmin_logout",
    "wagtailadmin_sprite",
    "wagtailadmin_javascript_catalog",
}


def _next_step(request: HttpRequest, user: User) -> str | None:
    """Return the view the person must go through first, None when the desk is open."""
    device = device_of(user)
    if device is not None and not user.is_verified():  # type: ignore[attr-defined]
        return "account_security:verify"
    ages = getattr(settings, "ENFORCE_PASSWORD_AGE", settings.ENVIRONMENT.production)
    if user.must_change_password or (ages and is_expired(person=user, now=timezone.now())):
        return "account_security:password"
    if device is None and is_required(person=user, today=timezone.localdate()):
        return "account_security:authenticator"
    return None


class AccountGate:
    """Middleware, after OTPMiddleware: guards every desk view but log-in, log-out and the account screens themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; who may do what is read once in it."""
        with reading_once():
            return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Send the person to the step that is missing."""
        match, user = request.resolver_match, request.user
        if (
            match is None
            or not isinstance(user, User)
            or not request.path.startswith(reverse("wagtailadmin_home"))
        ):
            return None
        if match.view_name in OPEN_VIEWS:
            return None
        step = _next_step(request, user)
        if step is None or match.view_name == step:
            return None
        return redirect(step)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Show a refusal by posts, or a code that no organisation has, as a page that says what, where and what to do."""
        if not request.user.is_authenticated:
            return None
        for kind, title, status in (
            (NotPermitted, "没有权限", 403),
            (NoSuchOrganisation, "没有这个机构", 404),
        ):
            if isinstance(exception, kind):
                context = {"title": title, "icon": "lock", "refusal": exception}
                return render(request, "organisations/refused.html", context, status=status)
        return None
