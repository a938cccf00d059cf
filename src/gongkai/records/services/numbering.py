"""Giving an index number (索引号): once per record, never twice, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from gongkai.organisations import api as organisations
from gongkai.records.core.numbering import release_path, rule_for, write_number
from gongkai.records.core.office_time import office_day
from gongkai.records.models import IndexCounter, RecordState


@transaction.atomic
def next_serial(*, prefix: str, year: int) -> int:
    """Return the next serial of a prefix in a year; callers at the same time wait for each other."""
    counter, _ = IndexCounter.objects.get_or_create(prefix=prefix, year=year)
    counter = IndexCounter.objects.select_for_update().get(pk=counter.pk)
    IndexCounter.objects.filter(pk=counter.pk).update(last=F("last") + 1)
    return counter.last + 1


@transaction.atomic
def skip_numbers(*, org_code: str, year: int, count: int) -> None:
    """Leave out so many index numbers of a year: an older backup came back, and the public knows them already."""
    counter, _ = IndexCounter.objects.get_or_create(prefix=index_prefix(org_code), year=year)
    IndexCounter.objects.filter(pk=counter.pk).update(last=F("last") + count)


def give_number(state: RecordState, *, org_code: str, now: datetime) -> None:
    """Give the locked record its number and the place of its page, unless it has them; saves the state's columns."""
    if state.index_number:
        return
    on = office_day(now)
    prefix = index_prefix(org_code)
    serial = next_serial(prefix=prefix, year=on.year)
    state.index_prefix, state.index_year, state.index_serial = prefix, on.year, serial
    state.index_number = write_number(rule_for(prefix), prefix=prefix, serial=serial, on=on)
    state.path = release_path(org_code=org_code, year=on.year, serial=serial)
    state.save(update_fields=["index_prefix", "index_year", "index_serial", "index_number", "path"])


def index_prefix(org_code: str) -> str:
    """Return what stands before the slash: the organisation's own prefix or credit code, else its authority's, else its code."""
    own = organisations.get_organisation(code=org_code)
    above = organisations.authority_of(code=org_code)
    for candidate in (own.index_prefix, own.credit_code, above.index_prefix, above.credit_code):
        if candidate:
            return str(candidate)
    return org_code
