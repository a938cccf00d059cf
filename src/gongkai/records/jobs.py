"""Background work of the records room. Only here the clock is read."""

from __future__ import annotations

import logging

from django.utils import timezone
from django_tasks import task

from gongkai.records.services.back_scan import back_scan
from gongkai.records.services.matters import gather_matters
from gongkai.records.services.notices import notify_waiting
from gongkai.records.services.schedule import publish_due

logger = logging.getLogger(__name__)


@task(queue_name="publish")
def publish_scheduled() -> int:
    """Publish every record whose moment has come; return how many went out."""
    done = 0
    for record_id, error in publish_due(now=timezone.now()):
        if error is None:
            done += 1
        else:
            logger.warning("record %s was not published at its moment: %s", record_id, error.code)
    return done


@task(queue_name="idle")
def check_released_again() -> int:
    """Check what is public under today's rules; return how many releases were looked at."""
    return back_scan(now=timezone.now())


@task(queue_name="default")
def remind_of_waiting() -> int:
    """Gather what falls due, mail people what newly waits for them or turned late; return how many messages left."""
    gather_matters(now=timezone.now())
    told = notify_waiting(now=timezone.now())
    if told.failed:
        logger.warning("%s notices of waiting work were not taken by the mail server", told.failed)
    return told.sent
