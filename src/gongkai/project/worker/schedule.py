"""Periodic work (定时任务): one table of what runs how often, and the rule by which one worker takes each turn."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from traceback import format_exception_only
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks.base import Task

from gongkai.kernel.scrubbing import scrub
from gongkai.project.models import PeriodicRun

log = logging.getLogger(__name__)


CLOCK_SET_BACK = timedelta(minutes=1)
"""A moment further in the future than this was written under another clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Periodic:
    """One piece of periodic work: `every` so often, or daily at a local time `at`. `path` names a job without arguments."""

    name: str
    path: str
    queue: str
    every: timedelta | None = None
    at: time | None = None

    def is_due(self, *, last: datetime | None, now: datetime) -> bool:
        """Say whether a turn is due: never run, its pause is over, or today's time has passed since the last run.

        A last run in the future means that the clock was set back: the turn is due, or nothing would run until the clock catches up.
        """
        if last is not None and last - now > CLOCK_SET_BACK:
            return True
        if self.every is not None:
            return last is None or now - last >= self.every
        local = timezone.localtime(now)
        turn = (
            local.replace(hour=self.at.hour, minute=self.at.minute, second=0, microsecond=0)
            if self.at
            else local
        )
        if turn > local:
            turn -= timedelta(days=1)
        return last is None or last < turn


SCHEDULE: tuple[Periodic, ...] = (
    Periodic(name="seal", path="gongkai.journal.jobs.seal", queue="default", every=timedelta(seconds=2)),
    Periodic(
        name="tail", path="gongkai.project.jobs.keep_tail", queue="default", every=timedelta(seconds=10)
    ),
    Periodic(name="sweep", path="gongkai.journal.jobs.sweep", queue="publish", every=timedelta(seconds=15)),
    Periodic(
        name="publish_scheduled",
        path="gongkai.records.jobs.publish_scheduled",
        queue="publish",
        every=timedelta(seconds=10),
    ),
    Periodic(
        name="refresh_groups", path="gongkai.organisations.jobs.refresh_groups", queue="idle", at=time(0, 1)
    ),
    Periodic(
        name="dated_pages", path="gongkai.project.jobs.build_dated_pages", queue="default", at=time(0, 5)
    ),
    Periodic(
        name="structure",
        path="gongkai.project.jobs.show_structure",
        queue="idle",
        every=timedelta(seconds=30),
    ),
    Periodic(
        name="remind_of_waiting",
        path="gongkai.records.jobs.remind_of_waiting",
        queue="default",
        every=timedelta(minutes=15),
    ),
    Periodic(
        name="monthly_lists", path="gongkai.catalogue.jobs.tell_sections", queue="default", at=time(7, 40)
    ),
    Periodic(
        name="moves", path="gongkai.project.jobs.carry_on_moves", queue="idle", every=timedelta(seconds=10)
    ),
    Periodic(name="digests", path="gongkai.portal.jobs.send_digests", queue="default", at=time(7, 30)),
    Periodic(name="back_scan", path="gongkai.records.jobs.check_released_again", queue="idle", at=time(1, 0)),
    Periodic(name="verify", path="gongkai.project.jobs.verify_journal", queue="idle", at=time(2, 30)),
    Periodic(name="files", path="gongkai.project.jobs.verify_files", queue="idle", at=time(2, 45)),
    Periodic(
        name="waiting_deletions",
        path="gongkai.project.jobs.delete_waiting_attachments",
        queue="idle",
        every=timedelta(minutes=5),
    ),
    Periodic(name="requests", path="gongkai.requests.jobs.nightly", queue="idle", at=time(2, 20)),
    Periodic(name="full_build", path="gongkai.portal.jobs.nightly", queue="idle", at=time(3, 40)),
    Periodic(name="prune", path="gongkai.project.jobs.prune", queue="idle", at=time(3, 10)),
)


def resolve(path: str) -> Callable[[], Any]:
    """Return the function behind a job path, whether it is a task or a plain function."""
    found = import_string(path)
    return found.func if isinstance(found, Task) else found


def _take_turn(work: Periodic, *, now: datetime) -> bool:
    """Mark a turn as begun; False when it is not due or another worker took it."""
    last = PeriodicRun.objects.filter(pk=work.name).values_list("started_at", flat=True).first()
    if not work.is_due(last=last, now=now):
        return False
    with transaction.atomic():
        row, made = PeriodicRun.objects.select_for_update().get_or_create(pk=work.name)
        if not made and not work.is_due(last=row.started_at, now=now):
            return False
        row.started_at = now
        row.save(update_fields=["started_at"])
    return True


def run_due(*, queues: Sequence[str], now: datetime, schedule: Sequence[Periodic] = SCHEDULE) -> list[str]:
    """Run every piece that is due on these queues and return their names; an error is logged and kept in its row."""
    ran = []
    wanted = [work for work in schedule if work.queue in queues]
    last = dict(PeriodicRun.objects.filter(pk__in=[w.name for w in wanted]).values_list("pk", "started_at"))
    for work in wanted:
        if not work.is_due(last=last.get(work.name), now=now) or not _take_turn(work, now=now):
            continue
        error = ""
        try:
            resolve(work.path)()
        except Exception as failure:  # the schedule must go on; the row and `gongkai check` show the reason
            error = scrub("".join(format_exception_only(failure)).strip())[:4000]
            log.exception("periodic work %s failed", work.name)
        PeriodicRun.objects.filter(pk=work.name).update(finished_at=timezone.now(), error=error)
        ran.append(work.name)
    return ran
