"""Hang the annual report's screens into the desk."""

from __future__ import annotations

from django.urls import include, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from gongkai.annual_report.staff import urls
from gongkai.annual_report.staff.menu import ReportMenuItem


@hooks.register("register_admin_urls")
def admin_urls() -> list[object]:
    """Mount the screens under /desk/annual-report/."""
    return [path("annual-report/", include(urls))]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    """Add the menu entry."""
    return ReportMenuItem("年度报告", reverse("annual_report:runs"), icon_name="doc-full", order=160)
