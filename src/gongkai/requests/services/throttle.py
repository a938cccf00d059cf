"""Slow down whoever tries too often (限速): counted by a keyed digest of the address, never by the address itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from gongkai.requests.core.personal import lookup
from gongkai.requests.core.rules import room_rules
from gongkai.requests.errors import TooMany
from gongkai.requests.models import Throttle
from gongkai.requests.services.keys import lookup_key

LIMITS: dict[str, tuple[int, timedelta]] = {
    "submit": (room_rules().settings.tries_with_effort, timedelta(hours=1)),
    "submit_bare": (room_rules().settings.tries_without_effort, timedelta(hours=1)),
    "track": (10, timedelta(minutes=15)),
    "answer": (20, timedelta(hours=1)),
}


def count_try(*, kind: str, place: str, now: datetime) -> None:
    """Count one try from a place (an address, a case number); raises TooMany when there were too many in this window."""
    most, length = LIMITS[kind]
    count_within(kind=kind, place=place, most=most, length=length, now=now)


def count_within(*, kind: str, place: str, most: int, length: timedelta, now: datetime) -> None:
    """Count one try in windows of `length`; raises TooMany over `most`."""
    seconds = int(length.total_seconds())
    begin = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=now.tzinfo)
    key = lookup(f"throttle:{kind}", place, key=lookup_key())
    with transaction.atomic():
        Throttle.objects.get_or_create(key=key, window=begin)
        Throttle.objects.filter(key=key, window=begin).update(count=F("count") + 1)
        tries = Throttle.objects.get(key=key, window=begin).count
    if tries > most:
        minutes = max(1, int((begin + length - now).total_seconds() // 60) + 1)
        raise TooMany(
            "操作过于频繁", remedy=f"您填写的内容已经保留，请在 {minutes} 分钟后再试，或拨打我们的电话"
        )


def forget_tries(*, now: datetime) -> int:
    """Delete windows that are over; returns how many went."""
    return Throttle.objects.filter(window__lt=now - timedelta(days=1)).delete()[0]
