"""Publication limits (公开时限): the clock of proactive disclosure with the item's own length."""

from __future__ import annotations

import dataclasses
from datetime import date

from gongkai.kernel.calendar import WorkCalendar
from gongkai.kernel.clocks import Deadline, clock, due

RULE_ID = "ogi.publish"


def publication_deadline(
    *, formed_date: date, limit_working_days: int | None, calendar: WorkCalendar, limit_source: str = ""
) -> Deadline:
    """Compute by when something formed or changed on a day must be public.

    The general clock applies; an item's own limit (`limit_working_days`) replaces its length, and `limit_source`, the
    item's printed limit, joins the basis.
    """
    rule = clock(RULE_ID, on=formed_date)
    if limit_working_days is not None and limit_working_days != rule.length:
        basis = (*rule.basis, limit_source) if limit_source else rule.basis
        rule = dataclasses.replace(rule, length=limit_working_days, basis=basis)
    return due(rule=rule, start=formed_date, calendar=calendar)
