"""Giving an index number (索引号): once per record, never twice, in the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from gongkai.organisations import api as organisations
from gongkai.records.core.numbering import release_path, rule_for, write_number
from gongkai.records.core.office_time import office_day
from gongkai.records.models import IndexCounter, RecordState


@transaction.atomic
def next_serial(*, prefix: str, year: int, count: int = 1) -> int:
    """Return the next serial of a prefix in a year, or the last of the next `count`; callers at the same time wait for each other."""
    counter, _ = IndexCounter.objects.get_or_create(prefix=prefix, year=year)
    counter = IndexCounter.objects.select_for_update().get(pk=counter.pk)
    IndexCounter.objects.filter(pk=counter.pk).update(last=F("last") + count)
    return counter.last + count


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


@dataclass(frozen=True, slots=True)
class Number:
    """A number that was given to nobody yet, with the place of its page."""

    index_number: str
    path: str
    prefix: str
    year: int
    serial: int


@transaction.atomic
def reserve_numbers(*, org_code: str, days: Sequence[tuple[date, str]]) -> list[Number]:
    """Return a number for each day and the number that the old site gave ("" for none), in order.

    The serial runs in the year of the day; a kept number stands in place of the written one unless somebody bears it.
    """
    prefix = index_prefix(org_code)
    rule = rule_for(prefix)
    next_of = {
        year: next_serial(prefix=prefix, year=year, count=count) - count + 1
        for year, count in sorted(Counter(day.year for day, _ in days).items())
    }
    wanted = {kept for _, kept in days if kept}
    taken = set(RecordState.objects.filter(index_number__in=wanted).values_list("index_number", flat=True))
    numbers = []
    for day, kept in days:
        serial = next_of[day.year]
        next_of[day.year] += 1
        number = (
            kept if kept and kept not in taken else write_number(rule, prefix=prefix, serial=serial, on=day)
        )
        taken.add(number)
        path = release_path(org_code=org_code, year=day.year, serial=serial)
        numbers.append(Number(number, path, prefix, day.year, serial))
    return numbers


def index_prefix(org_code: str) -> str:
    """Return what stands before the slash: the organisation's own prefix or credit code, else its authority's, else its code."""
    own = organisations.get_organisation(code=org_code)
    above = organisations.authority_of(code=org_code)
    for candidate in (own.index_prefix, own.credit_code, above.index_prefix, above.credit_code):
        if candidate:
            return str(candidate)
    return org_code
