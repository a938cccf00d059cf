"""Background work of the journal. Only here the clock is read."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from gongkai.journal.services import deliver as delivery
from gongkai.journal.services.publish_heads import is_cut_short, newest_head_at, publish_heads
from gongkai.journal.services.seal_pending import seal_pending

SWEEP_AT_ONCE = 5000
HEAD_EVERY = timedelta(seconds=10)
"""Heads follow each other at this distance at least; the next run publishes what waited."""


@task(queue_name="publish")
def dispatch(entry_id: int) -> None:
    """Tell the handlers of one fact."""
    now = timezone.now()
    delivery.deliver(list(delivery.due_deliveries(now=now, entry_id=entry_id)), now=now)


@task(queue_name="publish")
def sweep() -> int:
    """Run every delivery that is due: failed ones whose waiting time is over, and those whose job was lost."""
    now = timezone.now()
    return delivery.deliver(delivery.due_deliveries(now=now)[:SWEEP_AT_ONCE], now=now).done


@task(queue_name="default")
def seal() -> int:
    """Seal what waits and publish the new head, at most one in HEAD_EVERY unless a killed run is to be finished; return how many entries were sealed."""
    now = timezone.now()
    sealed = seal_pending(now=now)
    last = newest_head_at()
    folder = settings.PUBLIC_DIR / "heads"
    if last is None or now - last >= HEAD_EVERY or now < last or is_cut_short(folder=folder, now=now):
        publish_heads(folder=folder, now=now)
    return sealed


delivery.use_jobs(one=dispatch, all=sweep)
