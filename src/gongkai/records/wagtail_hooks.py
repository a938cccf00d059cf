"""Hang the records screens into the desk and close Wagtail's own ways out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.action_menu import ActionMenuItem
from wagtail.snippets.models import register_snippet

from gongkai.records.models import Record
from gongkai.records.staff import closed_paths, urls
from gongkai.records.staff.viewset import RecordViewSet

register_snippet(RecordViewSet)


class RecordsMenuItem(MenuItem):
    """Shown to whoever has a role that sees records; which ones, the list asks."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask for the role's permission, which is at hand without a query."""
        return bool(request.user.has_perm("records.view_record"))


class HandInMenuItem(ActionMenuItem):
    """“Save and hand in” in the editor's menu."""

    name = "action-hand-in"
    label = "保存并送审"
    icon_name = "resubmit"

    def is_shown(self, context: dict[str, Any]) -> bool:
        """Show it for records that can be edited."""
        return context.get("model") is Record and not context.get("locked_for_user")


@hooks.register("register_admin_urls")
def admin_urls() -> list[Any]:
    """Mount the screens under /desk/records/."""
    return [path("records/", include(urls))]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    """Add the menu entry."""
    return RecordsMenuItem("信息", reverse("records:list"), icon_name="doc-full-inverse", order=110)


@hooks.register("register_admin_menu_item")
def urgent_menu_item() -> MenuItem:
    """Add the entry of emergencies: it must be found in seconds."""
    return RecordsMenuItem("突发事件", reverse("records:events"), icon_name="warning", order=112)


@hooks.register("register_snippet_action_menu_item")
def hand_in_item(model: Any) -> ActionMenuItem | None:
    """Offer “save and hand in”."""
    return HandInMenuItem(order=10) if model is Record else None


@hooks.register("insert_global_admin_css")
def screen_css() -> SafeString:
    """Load the style of our screens."""
    return format_html('<link rel="stylesheet" href="{}">', static("records/records.css"))


@hooks.register("insert_editor_js")
def editor_js() -> SafeString:
    """Load what opens the findings beside the editor, and what hands over the last typed words before saving."""
    return format_html_join(
        "",
        '<script type="module" src="{}"></script>',
        ((static(f"records/{name}.js"),) for name in ("findings", "flush")),
    )


hooks.register("register_actions", closed_paths.register_actions)
hooks.register("before_delete_snippet", closed_paths.refuse_deletion)
hooks.register("construct_snippet_action_menu", closed_paths.only_saving)
