"""The catalogue's entry in the desk menu."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.menu import MenuItem

from gongkai.organisations import api as organisations


class CatalogueMenuItem(MenuItem):
    """Shown to whoever may view a catalogue somewhere."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask the roles."""
        return organisations.anywhere(
            user=request.user, action="view", kind="catalogue", today=timezone.localdate()
        )
