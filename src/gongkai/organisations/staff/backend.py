"""Who may use which screen of the desk: permissions come with roles only (through groups), never one by one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend


class RoleBackend(ModelBackend):
    """Django's log-in by name and password, without permissions of a single account: those would be a right that no post gives."""

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return none, whatever the account was given directly."""
        return set()
