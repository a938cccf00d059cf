"""Background work of the catalogue room. Only here the clock is read."""

from __future__ import annotations

import logging

from django.utils import timezone
from django_tasks import task

from gongkai.catalogue.services.monthly_lists import run_monthly

logger = logging.getLogger(__name__)


@task(queue_name="default")
def tell_sections() -> int:
    """Make the month's lists and mail them where that is switched on; return how many messages left."""
    run = run_monthly(today=timezone.localdate(), now=timezone.now())
    if run.failed:
        logger.warning("%s monthly lists were not taken by the mail server", run.failed)
    return run.sent
