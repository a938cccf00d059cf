"""Terms and limits of subscriptions by e-mail (邮件订阅的期限和限额), from `regulations/subscriptions/`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from gongkai.kernel.rules import Confidence, load_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRules:
    """Hours an unconfirmed address is kept; tries an hour from one place; mails and subscriptions of one address; rows of a digest."""

    id: str
    confirm_hours: int
    tries_with_effort: int
    tries_without_effort: int
    mails_to_one_address_a_day: int
    subscriptions_of_one_address: int
    rows_in_a_digest: int
    overlap_releases: int
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    note: str = ""


@lru_cache(maxsize=1)
def subscription_rules() -> SubscriptionRules:
    """Return the rules in use."""
    return load_rules("subscriptions", SubscriptionRules)[0]
