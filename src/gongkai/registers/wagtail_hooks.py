"""Hang the ledgers into the desk."""

from __future__ import annotations

from django.urls import include, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from gongkai.registers.staff import urls
from gongkai.registers.staff.menu import RegistersMenuItem


@hooks.register("register_admin_urls")
def admin_urls() -> list[object]:
    """Mount the screens under /desk/registers/."""
    return [path("registers/", include(urls))]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    """Add the menu entry."""
    return RegistersMenuItem("台账", reverse("registers:list"), icon_name="table", order=140)
