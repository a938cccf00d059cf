"""The room's entries in the desk menu, each shown to whom its screen is open."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.menu import MenuItem

from gongkai.organisations.selectors import anywhere


class RightMenuItem(MenuItem):
    """Shown to whoever may do `action` on `kind` somewhere."""

    def __init__(self, *args: Any, action: str, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.action, self.kind = action, kind

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask the roles."""
        return anywhere(user=request.user, action=self.action, kind=self.kind, today=timezone.localdate())
