"""Background work of the requests room. Only here the clock is read."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from gongkai.requests.services import notices
from gongkai.requests.services.calendar import recompute_open
from gongkai.requests.services.complaints import erase_complaints
from gongkai.requests.services.propose import propose_disclosures
from gongkai.requests.services.throttle import forget_tries
from gongkai.requests.services.wizard import forget_old


@task(queue_name="default")
def send_notice(notice_id: int) -> bool:
    """Send one notice by e-mail; the worker tries again when the mail server does not take it."""
    return notices.send(notice_id=notice_id, now=timezone.now())


notices.use_job(send_notice)


def nightly() -> dict[str, int]:
    """Forget old forms and tries, erase complaints over their term, recompute limits after a calendar update, propose disclosures."""
    now = timezone.now()
    return {
        "complaints": erase_complaints(now=now),
        "drafts": forget_old(now=now),
        "tries": forget_tries(now=now),
        "moved": recompute_open(why="随程序更新的国务院放假安排", now=now),
        "proposals": propose_disclosures(now=now),
    }
