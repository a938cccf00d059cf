"""Background work of the organisations room. Only here the clock is read."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from gongkai.organisations.services.sync_groups import sync_all_members


@task(queue_name="idle")
def refresh_groups() -> int:
    """Bring groups in line with the posts of the day; to be run just after midnight."""
    return sync_all_members(today=timezone.localdate())
