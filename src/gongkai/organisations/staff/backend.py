"""Who may use which screen of the desk: permissions come with roles only (through groups), never one by one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from gongkai.organisations.models import User


class RoleBackend(ModelBackend):
    """Django's log-in by name and password, without permissions of a single account: those would be a right that no post gives."""

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return none, whatever the account was given directly."""
        return set()

    def get_user(self, user_id: int) -> Any:
        """Return the active account of a session with its desk settings, read in one go; None when there is none."""
        found = User.objects.select_related("wagtail_userprofile").filter(pk=user_id).first()
        return found if found is not None and self.user_can_authenticate(found) else None
