"""Subscribing, confirming and leaving (订阅、确认、退订). An address counts only after its owner confirmed it (double opt-in)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from gongkai.portal.core.subscription_rules import subscription_rules
from gongkai.portal.models import Subscription
from gongkai.portal.selectors import newest_release, wishes
from gongkai.requests import api as requests

_JOBS: dict[str, Any] = {}
_ADDRESS_MAX = 254


class SubscriptionRefused(ValueError):
    """What was typed cannot be taken; `faults` holds field → what to mend."""

    def __init__(self, faults: dict[str, str]) -> None:
        self.faults = faults
        super().__init__("；".join(faults.values()))


def use_job(job: Any) -> None:
    """Name the job that sends a confirmation; `jobs` does it, so that the services do not import it."""
    _JOBS["confirm"] = job


def digest_of(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def subscribe(*, kind: str, value: str, address: str, now: datetime) -> None:
    """Take a wish and send the address a mail to confirm it; who asks again gets the mail again, and nobody learns who is known.

    Raises SubscriptionRefused, requests.TooMany (too many mails to one address in a day).
    """
    kind, value, address = checked(kind=kind, value=value, address=address)
    rules = subscription_rules()
    requests.count_public_try(
        kind="subscribe-to", place=address, most=rules.mails_to_one_address_a_day, length=timedelta(days=1), now=now
    )  # fmt: skip
    key = requests.keyed_digest(kind="subscription", value=address)
    with transaction.atomic():
        row = Subscription.objects.select_for_update().filter(address_key=key, kind=kind, value=value).first()
        if row is None:
            if Subscription.objects.filter(address_key=key).count() >= rules.subscriptions_of_one_address:
                return  # the page says the same: how many an address has is nobody's business
            confirm, leave = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
            row = Subscription(
                kind=kind, value=value, address_key=key, asked_at=now,
                confirm_digest=digest_of(confirm), leave_digest=digest_of(leave),
            )  # fmt: skip
            row.sealed = requests.seal_particulars(
                {"address": address, "confirm": confirm, "leave": leave}, owner=row.owner
            )
            row.save()
        elif row.confirmed_at is None:
            Subscription.objects.filter(pk=row.pk).update(asked_at=now)
        _JOBS["confirm"].enqueue(row.pk)


def checked(*, kind: str, value: str, address: str) -> tuple[str, str, str]:
    """Return the three as they are kept; raises SubscriptionRefused."""
    faults: dict[str, str] = {}
    value, address = " ".join(value.split()), address.strip()
    local, _, domain = address.rpartition("@")
    address = f"{local}@{domain.lower()}"
    if kind == "keyword":
        if not 2 <= len(value) <= 40:
            faults["value"] = "请填写 2 至 40 个字的关键词"
    elif value not in wishes().get(kind, {}):
        faults["value"] = "请选择要订阅的栏目或专题"
    try:
        validate_email(address)
    except ValidationError:
        faults["address"] = "请填写能收信的电子邮件地址，形如 name@example.com"
    if len(address) > _ADDRESS_MAX:
        faults["address"] = "电子邮件地址太长"
    if faults:
        raise SubscriptionRefused(faults)
    return kind, value, address


def find_to_confirm(*, token: str, now: datetime) -> Subscription | None:
    """Return the subscription of a confirmation token that is not over."""
    row = Subscription.objects.filter(confirm_digest=digest_of(token)).first()
    if row is None or (row.confirmed_at is None and row.asked_at < now - _term()):
        return None
    return row


def confirm(*, token: str, now: datetime) -> Subscription | None:
    """Confirm; from now on new releases are told of. Doing it twice changes nothing."""
    row = find_to_confirm(token=token, now=now)
    if row is not None and row.confirmed_at is None:
        newest = newest_release()
        Subscription.objects.filter(pk=row.pk, confirmed_at=None).update(
            confirmed_at=now, from_release=newest, seen_release=newest
        )
        row.refresh_from_db()
    return row


def find_to_leave(*, token: str) -> Subscription | None:
    """Return the subscription of the token that stands in each of its mails."""
    return Subscription.objects.filter(leave_digest=digest_of(token)).first()


def leave(*, token: str) -> bool:
    """Delete the subscription with its address; False when there is none (any more)."""
    return Subscription.objects.filter(leave_digest=digest_of(token)).delete()[0] > 0


def forget_unconfirmed(*, now: datetime) -> int:
    """Delete addresses that nobody confirmed in time; returns how many."""
    return Subscription.objects.filter(confirmed_at=None, asked_at__lt=now - _term()).delete()[0]


def _term() -> timedelta:
    return timedelta(hours=subscription_rules().confirm_hours)
