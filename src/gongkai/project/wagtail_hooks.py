"""The desk's frame: styles on every page, a menu without what we do not offer, and the home page of today."""

from __future__ import annotations

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem, admin_menu
from wagtail.admin.ui.components import Component

from gongkai.project.desk.today import today_panels

# Wagtail's own entries: there are no pages here, files and snippets belong to records, and the help leads to a foreign host.
CLOSED_MENU = {"explorer", "help", "images", "documents", "snippets", "settings", "reports"}


@hooks.register("insert_global_admin_css", order=100)
def styles() -> SafeString:
    """Load the house styles."""
    return format_html(
        '<link rel="stylesheet" href="{}"><link rel="stylesheet" href="{}">',
        static("desk/desk.css"),
        static("desk/shell.css"),
    )


@hooks.register("construct_main_menu")
def close_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Leave out Wagtail's own entries that lead nowhere here; later requests do not even ask who might see them."""
    items[:] = [item for item in items if item.name not in CLOSED_MENU]
    offered = admin_menu.registered_menu_items
    offered[:] = [item for item in offered if item.name not in CLOSED_MENU]


@hooks.register("construct_homepage_panels")
def home_panels(request: HttpRequest, panels: list[Component]) -> None:
    """Put today's panels in place of Wagtail's."""
    panels[:] = today_panels(request)
