"""Hang the catalogue's screens into the desk."""

from __future__ import annotations

from django.urls import include, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from gongkai.catalogue.staff import urls
from gongkai.catalogue.staff.menu import CatalogueMenuItem


@hooks.register("register_admin_urls")
def admin_urls() -> list[object]:
    """Mount the screens under /desk/catalogue/."""
    return [path("catalogue/", include(urls))]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    """Add the menu entry."""
    return CatalogueMenuItem("公开目录", reverse("catalogue:items"), icon_name="list-ul", order=120)


@hooks.register("register_admin_menu_item")
def timeliness_menu_item() -> MenuItem:
    """Add the entry of timeliness."""
    return CatalogueMenuItem("时效与预测", reverse("catalogue:timeliness"), icon_name="history", order=121)
