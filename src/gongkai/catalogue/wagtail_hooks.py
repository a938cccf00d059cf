"""Hang the catalogue's screens into the desk."""

from __future__ import annotations

from django.urls import include, path, reverse
from django.utils import timezone
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from gongkai.catalogue.staff import urls
from gongkai.organisations import api as organisations


class CatalogueMenuItem(MenuItem):
    """Shown to whoever may view a catalogue somewhere."""

    def is_shown(self, request: object) -> bool:
        """Ask the roles."""
        user = request.user  # type: ignore[attr-defined]
        return bool(
            organisations.scope(user=user, action="view", kind="catalogue", today=timezone.localdate())
        )


@hooks.register("register_admin_urls")
def admin_urls() -> list[object]:
    """Mount the screens under /desk/catalogue/."""
    return [path("catalogue/", include(urls))]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    """Add the menu entry."""
    return CatalogueMenuItem("公开目录", reverse("catalogue:items"), icon_name="list-ul", order=120)
