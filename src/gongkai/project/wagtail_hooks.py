"""The desk's frame: styles on every page, a menu without what we do not offer, and the home page of today."""

from __future__ import annotations

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem, admin_menu
from wagtail.admin.ui.components import Component

from gongkai.organisations import api as organisations
from gongkai.project.desk import audit, health_page, moving, retention
from gongkai.project.desk.today import today_panels

# Wagtail's own entries: there are no pages here, files and snippets belong to records, and the help leads to a foreign host.
CLOSED_MENU = {"explorer", "help", "images", "documents", "snippets", "settings", "reports"}


@hooks.register("register_admin_urls")
def audit_urls() -> list[object]:
    """Mount the auditor's screens."""
    screens = [
        path("", audit.entry_list, name="entries"),
        path("sentence/", audit.sentence, name="sentence"),
        path("span/", audit.span, name="span"),
    ]
    return [
        path("auditor/", include((screens, "auditor"))),
        path("health/", health_page.health, name="health"),
    ]


class OfficeMenuItem(MenuItem):
    """Shown to whoever may see what it is about, the journal or the system."""

    def __init__(self, *args: object, kind: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask the roles."""
        today = timezone.localdate()
        return organisations.anywhere(user=request.user, action="view", kind=self.kind, today=today)


@hooks.register("register_admin_menu_item")
def audit_item() -> MenuItem:
    """Add the entry of the auditor's desk."""
    url = reverse("auditor:entries")
    return OfficeMenuItem("审计", url, name="audit", icon_name="list-ul", order=725, kind="journal")


@hooks.register("register_admin_menu_item")
def health_item() -> MenuItem:
    """Add the entry of the health page."""
    return OfficeMenuItem(
        "运行状况", reverse("health"), name="health", icon_name="tasks", order=740, kind="system"
    )


@hooks.register("register_admin_urls")
def retention_urls() -> list[object]:
    """Mount the screens of retention and disposal."""
    screens = [
        path("", retention.overview, name="overview"),
        path("choose/", retention.choose, name="choose"),
        path("propose/", retention.propose, name="propose"),
        path("<int:list_id>/", retention.one_list, name="list"),
    ]
    return [path("retention/", include((screens, "retention")))]


@hooks.register("register_admin_menu_item")
def retention_item() -> MenuItem:
    """Add the entry of retention and disposal."""
    return OfficeMenuItem(
        "保管与处置",
        reverse("retention:overview"),
        name="retention",
        icon_name="history",
        order=738,
        kind="retention",
    )


@hooks.register("register_admin_urls")
def moving_urls() -> list[object]:
    """Mount the screens of moves from old sites."""
    screens = [
        path("", moving.move_list, name="moves"),
        path("<int:move_id>/", moving.move_page, name="move"),
        path("<int:move_id>/do/", moving.act, name="act"),
        path("<int:move_id>/pages/<int:record_id>/", moving.sample_page, name="sample"),
        path("<int:move_id>/<slug:name>.csv", moving.table, name="table"),
    ]
    return [path("moving/", include((screens, "moving")))]


@hooks.register("register_admin_menu_item")
def moving_item() -> MenuItem:
    """Add the entry of moves from old sites."""
    return OfficeMenuItem(
        "网站迁移", reverse("moving:moves"), name="moving", icon_name="download", order=735, kind="record"
    )


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
