"""By when a draft ought to be public (应公开日期): the earliest of its catalogue items' limits."""

from __future__ import annotations

from datetime import date

from gongkai.catalogue import api as catalogue
from gongkai.kernel.calendar import CalendarUnknown, WorkCalendar, load_calendar
from gongkai.kernel.clocks import ClockNotInForce, Deadline, clock, due
from gongkai.organisations import api as organisations
from gongkai.records.core.office_time import office_day
from gongkai.records.models import Record, RecordState

INTERPRET_RULE = "interpret.publish"


def publication_due(record: Record, *, calendar: WorkCalendar | None = None) -> date | None:
    """Return the earliest day by which the record must be public, None when nothing sets one."""
    calendar = calendar or load_calendar()
    days = []
    if record.formed_date:
        above = organisations.authority_of(code=record.org_code).code
        for code in record.catalogue_codes:
            item = catalogue.get_item(org_code=record.org_code, code=code)
            item = item or catalogue.get_item(org_code=above, code=code)
            if item is None:
                continue
            try:
                deadline = catalogue.publication_due(
                    item=item, formed_date=record.formed_date, calendar=calendar
                )
            except (CalendarUnknown, ClockNotInForce):
                continue
            if deadline.due_date:
                days.append(deadline.due_date)
    if record.kind == "interpretation":
        days += [
            deadline.due_date
            for target in record.interprets
            if (deadline := interpretation_due(target, calendar=calendar)) and deadline.due_date
        ]
    return min(days, default=None)


def interpretation_due(policy_id: int, *, calendar: WorkCalendar | None = None) -> Deadline | None:
    """Return by when a published policy must be interpreted, with its trace; None before it is public."""
    state = RecordState.objects.filter(pk=policy_id, first_released_at__isnull=False).first()
    if state is None or state.first_released_at is None:
        return None
    start = office_day(state.first_released_at)
    try:
        return due(rule=clock(INTERPRET_RULE, start), start=start, calendar=calendar or load_calendar())
    except (CalendarUnknown, ClockNotInForce):
        return None
