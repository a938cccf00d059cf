"""The form in which other rooms see an entry (账目)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gongkai.journal import models
from gongkai.journal.core.actor import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact as written down. `on` is the day it counts for, `at` the moment it was written."""

    id: int
    name: str
    org: str
    subject: str
    on: date
    at: datetime
    actor: Actor
    body: dict[str, Any]


def as_entry(row: models.Entry) -> Entry:
    """Return the public form of a stored entry."""
    actor = Actor.as_stored(
        kind=row.actor_kind,
        user_id=row.actor_user_id,
        role=row.actor_role,
        on_behalf_of=row.actor_on_behalf_of,
    )
    return Entry(row.pk, row.name, row.org, row.subject, row.on, row.at, actor, json.loads(row.body))
