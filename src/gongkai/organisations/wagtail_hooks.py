"""Hang the screens for organisations, people, posts and account security into the desk."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.account import NameEmailSettingsPanel

from gongkai.organisations.staff import urls
from gongkai.organisations.staff.menu import RightMenuItem


@hooks.register("register_admin_urls")
def admin_urls() -> list[object]:
    """Mount the screens under /desk/."""
    return [path("", include(urls))]


@hooks.register("register_admin_menu_item")
def organisations_item() -> MenuItem:
    """Add the entry of the tree."""
    url = reverse("organisations:list")
    return RightMenuItem(
        "机构", url, name="organisations", icon_name="group", order=700, action="view", kind="organisation"
    )


@hooks.register("register_admin_menu_item")
def people_item() -> MenuItem:
    """Add the entry of the people."""
    url = reverse("organisations:people")
    return RightMenuItem(
        "人员与岗位", url, name="people", icon_name="user", order=710, action="view", kind="person"
    )


@hooks.register("register_admin_menu_item")
def roles_item() -> MenuItem:
    """Add the entry of the roles."""
    url = reverse("organisations:roles")
    return RightMenuItem(
        "角色与权限", url, name="roles", icon_name="key", order=720, action="view", kind="post"
    )


@hooks.register("register_account_menu_item")
def security_item(request: HttpRequest) -> dict[str, Any]:
    """Add account security to the person's own menu."""
    return {
        "url": reverse("account_security:overview"),
        "label": "账号安全",
        "help_text": "修改密码，绑定或停用动态口令。",
    }


# Names come from the administrators, not from the account page: facts and posts name the person by them.
NameEmailSettingsPanel.is_active = lambda self: False
