"""Calendar addresses of the desk (日历订阅): made and revoked by their owner, empty of personal data, dead when the post ends."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model

from gongkai.catalogue import api as catalogue
from gongkai.organisations import api as organisations
from gongkai.portal.core.due_calendar import DueEntry, calendar_of
from gongkai.portal.models import CalendarFeed
from gongkai.portal.services.subscribe import digest_of
from gongkai.requests import api as requests


def choices(*, user: Any, today: date) -> dict[str, str]:
    """Return the organisations a person may have a calendar of: those of their posts, code → name."""
    codes = dict.fromkeys(post.org_code for post in organisations.roles_of(user=user, today=today))
    return {code: organisations.get_organisation(code=code).name for code in codes}


def make_feed(*, user: Any, org_code: str, today: date, now: datetime) -> str:
    """Return the token of a new calendar address, shown once; raises NotPermitted for an organisation without a post."""
    if org_code not in choices(user=user, today=today):
        raise organisations.NotPermitted(
            "您在这个机构没有岗位，不能订阅它的日历", remedy="请选择您任职的机构"
        )
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.create(
        token_digest=digest_of(token), user_id=user.pk, org_code=org_code, made_at=now
    )
    return token


def revoke_feed(*, user: Any, feed_id: int, now: datetime) -> bool:
    """Close an address of one's own; False when there is none."""
    rows = CalendarFeed.objects.filter(pk=feed_id, user_id=user.pk, revoked_at=None)
    return rows.update(revoked_at=now) > 0


def read_feed(*, token: str, today: date, now: datetime) -> bytes | None:
    """Return the calendar of a token; None when it is unknown, revoked, or its owner has no post there any more."""
    feed = CalendarFeed.objects.filter(token_digest=digest_of(token), revoked_at=None).first()
    user = get_user_model().objects.filter(pk=feed.user_id, is_active=True).first() if feed else None
    if feed is None or user is None or feed.org_code not in choices(user=user, today=today):
        return None
    CalendarFeed.objects.filter(pk=feed.pk).update(fetched_at=now)
    name = organisations.get_organisation(code=feed.org_code).name
    entries = [*_items(feed.org_code, today=today), *_cases(user, feed.org_code, today=today)]
    return calendar_of(name=f"{name} 待办期限", entries=entries, domain=settings.MAIL_DOMAIN, now=now)


def _items(org_code: str, *, today: date) -> Iterator[DueEntry]:
    """Return the catalogue items that have a date: a section's own, or all of an authority or institution."""
    info = organisations.get_organisation(code=org_code)
    book = organisations.authority_of(code=org_code).code if info.kind == "section" else org_code
    for light in catalogue.item_lights(org_code=book, today=today):
        due, item = light.reading.due_date, light.item
        if due is None or (info.kind == "section" and item.owner_code != org_code):
            continue
        yield DueEntry(
            key=f"item-{book}-{item.code}-{due.isoformat()}", day=due, title=f"公开事项：{item.level2 or item.level1}", note=light.reading.why,
            address=f"{settings.SITE_URL}{settings.BASE_PATH}/desk/", late=due < today,
        )  # fmt: skip


def _cases(user: Any, org_code: str, *, today: date) -> Iterator[DueEntry]:
    """Return the open requests whose limit is near or past, by number only: those the person handles, and those they may see of this organisation."""
    authority = organisations.authority_of(code=org_code).code
    sees = organisations.anywhere(user=user, action="view", kind="request", today=today)
    for rows in (requests.list_overdue_open, requests.list_near_due):
        for case in rows(org_code=authority, today=today):
            here = sees and org_code in (authority, case.section_code)
            if case.due_date is None or not (here or case.handler_id == user.pk):
                continue
            yield DueEntry(
                key=f"request-{case.pk}-{case.due_date.isoformat()}", day=case.due_date, title=f"依申请公开答复期限：{case.number}",
                note="请登录工作台查看。", address=f"{settings.SITE_URL}{settings.BASE_PATH}/desk/", late=case.due_date < today,
            )  # fmt: skip
