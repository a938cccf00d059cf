"""The annual report's entry in the desk menu."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.menu import MenuItem

from gongkai.organisations import api as organisations


class ReportMenuItem(MenuItem):
    """Shown to whoever may view a report somewhere."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask the roles."""
        today = timezone.localdate()
        return organisations.anywhere(user=request.user, action="view", kind="report", today=today)
