"""Wagtail permissions from roles (权限同步): one group a role, membership from the posts held today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import connections

from gongkai.organisations.core.roles import role_book
from gongkai.organisations.models import Post, User
from gongkai.organisations.selectors import posts_on

PREFIX = "role:"
_PERMISSIONS: dict[str, set[str]] = defaultdict(lambda: {"wagtailadmin.access_admin"})


def register_role_permissions(role: str, permissions: Iterable[str]) -> None:
    """Let holders of a role have these Django permissions (`app_label.codename`) in the desk; call it when the app is ready.

    They open screens; what may be done is decided by `may`.
    """
    _PERMISSIONS[role].update(permissions)


def sync_groups(*, using: str = "default", **_: Any) -> None:
    """Make one group for each role with exactly its permissions; groups of roles that are gone lose all members."""
    if "auth_group" not in connections[using].introspection.table_names():
        return
    known = {
        f"{p.content_type.app_label}.{p.codename}": p
        for p in Permission.objects.using(using).select_related("content_type")
    }
    for role in role_book().roles:
        group, _made = Group.objects.using(using).get_or_create(name=PREFIX + role)
        group.permissions.set([known[name] for name in sorted(_PERMISSIONS[role]) if name in known])
    for group in (
        Group.objects.using(using)
        .filter(name__startswith=PREFIX)
        .exclude(name__in=[PREFIX + r for r in role_book().roles])
    ):
        group.user_set.clear()


def sync_user_groups(*, person: User, today: date) -> None:
    """Put the person into the groups of the roles held today and out of all others of ours."""
    wanted = (
        {PREFIX + post.role for post in posts_on(user=person, today=today)} if person.is_active else set()
    )
    present = set(person.groups.filter(name__startswith=PREFIX).values_list("name", flat=True))
    if wanted == present:
        return
    for name in wanted - set(Group.objects.filter(name__in=wanted).values_list("name", flat=True)):
        Group.objects.create(name=name)
        sync_groups()
    person.groups.remove(*Group.objects.filter(name__in=present - wanted))
    person.groups.add(*Group.objects.filter(name__in=wanted - present))


def sync_all_members(*, today: date) -> int:
    """Bring every account's groups in line with the posts of the day (posts begin and end by date); return how many were looked at."""
    people = User.objects.filter(pk__in=Post.objects.values("user")).order_by("pk")
    for person in people.iterator(chunk_size=500):
        sync_user_groups(person=person, today=today)
    return people.count()
