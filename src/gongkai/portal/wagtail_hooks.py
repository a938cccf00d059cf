"""The portal's entry at the desk."""

from __future__ import annotations

from django.urls import path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from gongkai.portal.staff.calendar_feeds import PostHolderMenuItem, calendar_feeds


@hooks.register("register_admin_urls")
def calendar_urls() -> list[object]:
    """Mount the screen of calendar addresses."""
    return [path("calendar/", calendar_feeds, name="calendar_feeds")]


@hooks.register("register_admin_menu_item")
def calendar_item() -> MenuItem:
    """Add the entry of calendar addresses."""
    url = reverse("calendar_feeds")
    return PostHolderMenuItem("日历订阅", url, name="calendar-feeds", icon_name="calendar", order=735)
