"""Tell handlers about facts (投递): after commit, at least once, with a count of tries and the reason of the last failure."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils.module_loading import import_string
from django_tasks.base import Task

from gongkai.journal.core.process import is_gone, this_process
from gongkai.journal.entry_view import as_entry
from gongkai.journal.models import Delivery, Entry
from gongkai.kernel.scrubbing import scrub

_log = logging.getLogger(__name__)
_HANDLERS: dict[str, list[str]] = defaultdict(list)
_JOBS: dict[str, Task[Any, Any]] = {}

LEASE = timedelta(minutes=10)
"""How long a started delivery of a process that cannot be asked is left alone before it counts as lost."""

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=6)
JOBS_PER_ACT = 20
"""More facts than this written at once share one job."""


def on_fact(name: str, handler_path: str) -> None:
    """Have `handler(entry)` at this dotted path called for each fact of this name; saying it twice changes nothing.

    The handler runs after commit, at least once, outside any transaction of the journal: it must be idempotent.
    """
    if handler_path not in _HANDLERS[name]:
        _HANDLERS[name].append(handler_path)


def off_fact(name: str, handler_path: str) -> None:
    """Take a handler out again in this process; for filling a home in bulk, whose public side is built as a whole afterwards."""
    if handler_path in _HANDLERS[name]:
        _HANDLERS[name].remove(handler_path)


def use_jobs(*, one: Task[Any, Any], all: Task[Any, Any]) -> None:
    """Name the jobs that deliver: `one(entry_id)` for a single fact, `all()` for whatever is due."""
    _JOBS.update(one=one, all=all)


def handlers_of(name: str) -> tuple[str, ...]:
    """Return the handler paths registered for a fact name."""
    return tuple(_HANDLERS.get(name, ()))


def plan_deliveries(entries: Sequence[Entry], *, now: datetime) -> None:
    """Write the delivery rows of these entries and enqueue the job that runs them, in the caller's transaction."""
    rows = [Delivery(entry=e.pk, handler=path, next_at=now) for e in entries for path in handlers_of(e.name)]
    if not rows:
        return
    Delivery.objects.bulk_create(rows, batch_size=1000)
    told = sorted({row.entry for row in rows})
    if len(told) > JOBS_PER_ACT:
        _JOBS["all"].enqueue()
        return
    for entry_id in told:
        _JOBS["one"].enqueue(entry_id)


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after the n-th failure: 5 s, 10 s, 20 s … at most 6 hours."""
    return min(FIRST_WAIT * (2 ** min(max(attempts - 1, 0), 30)), LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a run of deliveries did."""

    done: int
    failed: int


def _claim(delivery: Delivery, now: datetime) -> bool:
    """Take the delivery for LEASE; False when another worker has it, or it is done."""
    free = Delivery.objects.filter(pk=delivery.pk, done_at__isnull=True, next_at__lte=now)
    return bool(free.update(next_at=now + LEASE, attempts=models.F("attempts") + 1, holder=this_process()))


def take_back(*, now: datetime, also_ours: bool = False) -> int:
    """Free the deliveries that a killed process had begun (进程被杀后回收), so that nobody waits for LEASE; return how many.

    `also_ours` is said by a process that delivers nothing at this moment: what stands under its name was cut off. Waits that are longer than
    any that we set, because the clock was set back, end too.
    """
    begun = Delivery.objects.filter(done_at__isnull=True, next_at__gt=now)
    holders = begun.exclude(holder="").values_list("holder", flat=True).distinct()
    gone = [holder for holder in holders if is_gone(holder) or (also_ours and holder == this_process())]
    freed = begun.filter(models.Q(holder__in=gone) | models.Q(next_at__gt=now + LONGEST_WAIT + LEASE))
    return freed.update(next_at=now, holder="")


def _run(delivery: Delivery, now: datetime) -> bool:
    """Call the handler once; tell whether it came through."""
    row = Delivery.objects.filter(pk=delivery.pk)
    try:
        import_string(delivery.handler)(as_entry(Entry.objects.get(pk=delivery.entry)))
    except Exception as error:
        reason = scrub(f"{type(error).__name__}: {error}")[:2000]
        row.update(next_at=now + wait_after(delivery.attempts + 1), reason=reason, holder="")
        _log.exception(
            "投递失败：账目 %s → %s，第 %s 次", delivery.entry, delivery.handler, delivery.attempts + 1
        )
        return False
    row.update(done_at=now, reason="", holder="")
    return True


def deliver(deliveries: Iterable[Delivery], *, now: datetime) -> Delivered:
    """Run each delivery that is free and due; a failure waits for the next sweep and stops no other delivery."""
    outcomes = [_run(delivery, now) for delivery in deliveries if _claim(delivery, now)]
    return Delivered(done=outcomes.count(True), failed=outcomes.count(False))


def due_deliveries(*, now: datetime, entry_id: int | None = None) -> models.QuerySet[Delivery]:
    """Return the deliveries not yet done whose time has come, oldest first; of one entry when given."""
    due = Delivery.objects.filter(done_at__isnull=True, next_at__lte=now).order_by("entry", "id")
    return due if entry_id is None else due.filter(entry=entry_id)
