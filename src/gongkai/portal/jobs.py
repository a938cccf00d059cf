"""Background work of the portal. Only here the clock is read."""

from __future__ import annotations

import logging

from django.utils import timezone
from django_tasks import task

from gongkai.portal import api
from gongkai.portal.live import builders
from gongkai.portal.nightly import recently_withdrawn
from gongkai.portal.proof.proof import prove
from gongkai.portal.services import digest, subscribe

log = logging.getLogger(__name__)


class LeftoversFound(RuntimeError):
    """The nightly walk found something of a withdrawn record; the message names the first places."""


@task(queue_name="publish")
def daily() -> int:
    """Finish what is pending, take in what was missed, render what depends on the date (每日). Returns files written."""
    return api.build(today=timezone.localdate()).written


@task(queue_name="default")
def send_confirmation(subscription_id: int) -> bool:
    """Send the mail that asks to confirm a subscription; the worker tries again when the mail server does not take it."""
    return digest.send_confirmation(subscription_id=subscription_id, now=timezone.now())


subscribe.use_job(send_confirmation)


def send_digests() -> int:
    """Delete addresses that nobody confirmed, and send the daily mails (每日). Returns the mails sent."""
    now = timezone.now()
    subscribe.forget_unconfirmed(now=now)
    return digest.send_digests(now=now)


@task(queue_name="idle")
def nightly() -> int:
    """Compare every file with what is rendered now, rebuild the index, prove every withdrawal (每夜). Returns files mended.

    Raises LeftoversFound; the rebuilt tree is in place by then.
    """
    report = api.build(full=True, today=timezone.localdate())
    found = [
        str(left)
        for built in builders()
        for record_id in recently_withdrawn(built.places)
        for left in prove(built.places, built.source, record_id)
    ]
    if found:
        raise LeftoversFound("；".join(found[:5]))
    log.info(
        "nightly build: %s files, %s mended, %s strays removed", report.pages, report.written, report.removed
    )
    return report.written + report.removed
