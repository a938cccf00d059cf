"""Who may act (权限): the room's object kind and the actor of its facts."""

from __future__ import annotations

from datetime import date

from gongkai.journal.api import SYSTEM, Actor
from gongkai.organisations import api as organisations

KIND = "plan"


def acting(*, user: object | None, action: str, org_code: str, today: date) -> Actor:
    """Return the actor for facts; a user must be allowed the action there, None is the command line."""
    if user is None:
        return SYSTEM
    organisations.require(user=user, action=action, kind=KIND, org_code=org_code, today=today)
    return organisations.actor(user=user, role=KIND)
