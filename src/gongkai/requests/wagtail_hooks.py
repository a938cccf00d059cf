"""Hang the requests screens into the desk."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from gongkai.requests.staff import urls


class RequestsMenuItem(MenuItem):
    """Shown to whoever has a role that sees requests; which ones, the list asks."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask for the role's permission, which is at hand without a query."""
        return bool(request.user.has_perm("requests.view_case"))


@hooks.register("register_admin_urls")
def admin_urls() -> list[Any]:
    """Mount the screens under /desk/requests/."""
    return [path("requests/", include(urls))]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    """Add the menu entry."""
    return RequestsMenuItem("依申请公开", reverse("requests:ledger"), icon_name="mail", order=130)


@hooks.register("insert_global_admin_css")
def screen_css() -> SafeString:
    """Load the style of our screens."""
    return format_html('<link rel="stylesheet" href="{}">', static("requests/case.css"))
