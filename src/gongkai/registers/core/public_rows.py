"""What the public sees of a row (公开的行): withdrawn ones left out, fields hidden where the other party is a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from gongkai.registers.core.schema import Register
from gongkai.registers.core.values import Value


def is_shown(rule: Register, values: Mapping[str, Value], *, today: date) -> bool:
    """Tell whether a row may stand in public on a day: not withdrawn, its time of showing not over."""
    withdrawn = values.get(rule.withdrawn_by) if rule.withdrawn_by else None
    until = values.get(rule.shown_until) if rule.shown_until else None
    gone = isinstance(withdrawn, date) and withdrawn <= today
    over = isinstance(until, date) and until < today
    return not (gone or over)


def public_values(rule: Register, values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the values of the public fields; those hidden for the kind of party of this row are empty."""
    party = values.get(rule.party_field) if rule.party_field else None
    return {
        f.id: None if party is not None and str(party) in f.hidden_for else values.get(f.id)
        for f in rule.public_fields
    }
