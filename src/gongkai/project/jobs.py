"""Background work of the project room. Only here the clock is read."""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from gongkai.project.worker.queue import prune as prune_jobs

KEEP_JOBS = timedelta(days=7)


def prune() -> int:
    """Delete finished jobs after a week and expired log-in sessions; return how many jobs went."""
    call_command("clearsessions")
    return prune_jobs(older_than=timezone.now() - KEEP_JOBS)
