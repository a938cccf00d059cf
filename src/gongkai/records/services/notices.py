"""Telling people that something waits (待办提醒): on the desk always, by e-mail where operator and authority switched it on.

A message says how much waits and where to look, never what: no title and no name leaves the office by mail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.kernel.calendar import load_calendar
from gongkai.kernel.clocks import Light
from gongkai.organisations import api as organisations
from gongkai.records.core.office_time import office_day
from gongkai.records.core.states import State
from gongkai.records.facts import ReviewSettingChanged
from gongkai.records.models import (
    DueMatter,
    LaterReview,
    LaterState,
    RecordState,
    ReviewSetting,
    WaitingNotice,
)
from gongkai.records.selectors_matters import lineage
from gongkai.records.selectors_waiting import OpenStep, due_steps, later_step_of, open_step_of
from gongkai.records.services.locking import actor_of
from gongkai.records.services.review_round import author_ids

_KEPT = timedelta(days=180)  # what still waits after that is told again


class MailNotSent(Exception):
    """The mail server did not take a message; the next run tries again. The address is never named."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a run did: notices made, messages sent, messages the server did not take."""

    notices: int
    sent: int
    failed: int


@transaction.atomic
def set_mail_notices(*, org_code: str, on: bool, user: Any, now: datetime) -> None:
    """Switch e-mail notices of an authority on or off. Raises organisations.api.NotPermitted."""
    today = office_day(now)
    organisations.require(user=user, action="manage", kind="site", org_code=org_code, today=today)
    row, _ = ReviewSetting.objects.select_for_update().get_or_create(org_code=org_code)
    if row.mail_notices == on:
        return
    row.mail_notices = on
    row.save(update_fields=["mail_notices"])
    record_fact(
        ReviewSettingChanged(org=org_code, subject=f"org:{org_code}", on=today, mail_notices=on),
        actor=actor_of(user),
        now=now,
    )


def notify_waiting(*, now: datetime) -> Told:
    """Note what waits for whom and mail each person once for what is new or turned late since the last run.

    Nothing happens where no mail server is set or no authority switched notices on. Whoever wrote the text is not told of
    steps that they may not sign.
    """
    if not settings.MAIL_NOTICES_POSSIBLE:
        return Told(0, 0, 0)
    switched_on = ReviewSetting.objects.filter(mail_notices=True).values_list("org_code", flat=True)
    reached = frozenset(code for org in switched_on for code in organisations.subtree_codes(code=org))
    made = _note(list(_waiting(reached, now)), now) if reached else 0
    sent = failed = 0
    WaitingNotice.objects.filter(sent_at__lt=now - _KEPT).delete()
    unsent = WaitingNotice.objects.filter(sent_at__isnull=True)
    for person_id in sorted(set(unsent.values_list("person_id", flat=True))):
        try:
            sent += _send(person_id, now)
        except MailNotSent:
            failed += 1
    return Told(made, sent, failed)


def _waiting(
    org_codes: frozenset[str], now: datetime
) -> Iterator[tuple[OpenStep | DueMatter, frozenset[int]]]:
    """Yield every stop that waits, with the people who may not take it because they wrote the text."""
    calendar = load_calendar()
    states = RecordState.objects.filter(
        state__in=(State.IN_REVIEW, State.APPROVED), owner_code__in=org_codes, waiting_since__isnull=False
    )
    for state in states.iterator(chunk_size=500):
        step = open_step_of(state, now=now, calendar=calendar)
        if step is not None:
            yield step, author_ids(state) if state.state == State.IN_REVIEW else frozenset()
    owed = LaterReview.objects.filter(state=LaterState.OPEN, owner_code__in=org_codes)
    for later in owed.select_related("release", "record__status").iterator(chunk_size=500):
        step = later_step_of(later, now=now, calendar=calendar)
        if step is not None:
            yield step, author_ids(later.record.status, epoch=later.release.sequence - 1)
    for step in due_steps(org_codes, office_day(now)):
        yield step, frozenset()
    for matter in DueMatter.objects.filter(owner_code__in=org_codes):
        yield matter, frozenset()


def _note(waiting: list[tuple[OpenStep | DueMatter, frozenset[int]]], now: datetime) -> int:
    today, rows = office_day(now), []
    lineages = {step.owner_code: lineage(step.owner_code) for step, _ in waiting}
    for person in get_user_model().objects.filter(is_active=True).exclude(email=""):
        posts = {(post.role, post.org_code) for post in organisations.roles_of(user=person, today=today)}
        for step, authors in waiting:
            mine = any(role in step.roles and code in lineages[step.owner_code] for role, code in posts)
            if not mine or person.pk in authors:
                continue
            for event, late in _events(step):
                rows.append(WaitingNotice(person=person, key=f"{step.key}:{event}", late=late, queued_at=now))
    known = set(
        WaitingNotice.objects.filter(key__in={row.key for row in rows}).values_list("person_id", "key")
    )
    fresh = [row for row in rows if (row.person_id, row.key) not in known]
    WaitingNotice.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _events(step: OpenStep | DueMatter) -> Iterable[tuple[str, bool]]:
    late = step.light == Light.LATE
    return (("opened", False), ("late", True)) if late else (("opened", False),)


@transaction.atomic
def _send(person_id: int, now: datetime) -> int:
    rows = list(WaitingNotice.objects.select_for_update().filter(person_id=person_id, sent_at__isnull=True))
    person = get_user_model().objects.filter(pk=person_id, is_active=True).exclude(email="").first()
    if person is None or not rows:
        return 0
    try:
        _message(rows, person.email, office_day(now)).send(fail_silently=False)
    except Exception as error:  # what the server said may name the address: only its kind is kept
        raise MailNotSent(f"邮件服务器没有接收待办提醒（{type(error).__name__}）") from None
    WaitingNotice.objects.filter(pk__in=[row.pk for row in rows]).update(sent_at=now)
    return 1


def _message(rows: list[WaitingNotice], address: str, today: date) -> EmailMessage:
    things = {row.key.rpartition(":")[0] for row in rows}
    late = sum(1 for row in rows if row.late)
    words = f"有 {len(things)} 件事等您办理" + (f"，其中 {late} 件已超过办理时限" if late else "")
    desk = f"{settings.SITE_URL}{settings.BASE_PATH}/desk/"
    lines = [
        f"{words}。",
        f"请登录工作台办理：{desk}",
        "邮件不写标题和内容。本邮件由系统发出，请不要回复；不需要提醒的，请公开机构在“审签设置”里关闭。",
    ]
    return EmailMessage(
        subject=f"信息公开待办：{words}（{today.isoformat()}）",
        body="\n\n".join(lines),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[address],
        headers={
            "Message-ID": f"<waiting-{max(row.pk for row in rows)}@{settings.MAIL_DOMAIN}>",
            "Auto-Submitted": "auto-generated",
        },
    )
