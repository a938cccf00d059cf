"""What protects public forms of rooms above as it protects ours (公开表单的保护): sealed particulars, keyed digests, limits, work for browsers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from gongkai.requests.core.effort import make_task, solves
from gongkai.requests.core.personal import lookup, open_sealed, seal
from gongkai.requests.core.rules import room_rules
from gongkai.requests.services.keys import challenge_key, lookup_key, sealing_key
from gongkai.requests.services.throttle import count_within


def seal_particulars(values: Mapping[str, str], *, owner: str) -> bytes:
    """Return personal particulars sealed for `owner`; no other owner can open them."""
    return seal(values, key=sealing_key(), owner=owner)


def open_particulars(sealed: bytes, *, owner: str) -> dict[str, str]:
    """Return what was sealed for `owner`; raises SealBroken."""
    return open_sealed(sealed, key=sealing_key(), owner=owner)


def keyed_digest(*, kind: str, value: str) -> str:
    """Return the keyed digest by which equal values are found without being read."""
    return lookup(kind, value, key=lookup_key())


def count_public_try(*, kind: str, place: str, most: int, length: timedelta, now: datetime) -> None:
    """Count a try from a place (kept as keyed digest only); raises TooMany over `most` in a window of `length`."""
    count_within(kind=f"public:{kind}", place=place, most=most, length=length, now=now)


def browser_task(*, form: str, now: datetime) -> str:
    """Return the piece of work for the browser that shows this form (key: ASCII without dots)."""
    return make_task(
        form=form, now_seconds=int(now.timestamp()), bits=room_rules().settings.effort_bits, key=challenge_key()
    )  # fmt: skip


def browser_worked(*, task: str, answer: str, form: str, now: datetime) -> bool:
    """Tell whether the browser solved the task that this form was given."""
    return solves(
        task=task[:200], answer=answer[:40], form=form, now_seconds=int(now.timestamp()), key=challenge_key()
    )
