"""The ledgers' entry in the desk menu."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.menu import MenuItem

from gongkai.organisations import api as organisations


class RegistersMenuItem(MenuItem):
    """Shown to whoever may view a ledger somewhere."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask the roles."""
        return organisations.anywhere(
            user=request.user, action="view", kind="register", today=timezone.localdate()
        )
