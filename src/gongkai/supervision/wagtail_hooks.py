"""Hang the supervision screens into the desk."""

from __future__ import annotations

from django.urls import include, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from gongkai.supervision.staff import urls
from gongkai.supervision.staff.menu import SupervisionMenuItem


@hooks.register("register_admin_urls")
def admin_urls() -> list[object]:
    """Mount the screens under /desk/plan/."""
    return [path("plan/", include(urls))]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    """Add the menu entry."""
    return SupervisionMenuItem("计划与督办", reverse("supervision:plans"), icon_name="tasks", order=150)
