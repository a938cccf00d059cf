"""Ended organisations and who answers for them (撤并与承接), read from the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from django.db.models import Q

from gongkai.organisations.core.rights import PlacedPost
from gongkai.organisations.core.succession import Standing, chain_on, taken_over_by
from gongkai.organisations.memory import remembered
from gongkai.organisations.models import Organisation, OrganisationName


def ended_standings() -> Mapping[str, Standing]:
    """Return every organisation that ended, by code; one query, few rows."""
    return remembered("ended", _read_ended)


def _read_ended() -> dict[str, Standing]:
    rows = Organisation.objects.filter(closed_date__isnull=False)
    values = rows.values_list("code", "parent__code", "closed_date", "merged_into__code")
    return {code: Standing(code, parent, closed, heir) for code, parent, closed, heir in values}


def responsible_code(*, code: str, on: date) -> str:
    """Return the code of the organisation that answers on a day for what this one owed: itself, its heir, or the one above."""
    return chain_on(code, on, ended_standings())[-1]


def predecessors(*, code: str, on: date) -> frozenset[str]:
    """Return the ended organisations that this one took over from by that day, their predecessors included."""
    return taken_over_by(code, on, ended_standings())


def inherited_posts(own: Iterable[PlacedPost], today: date) -> tuple[PlacedPost, ...]:
    """Return the same posts as seen at the organisations that theirs took over; they reach no further than those."""
    taken = {post.info.org_code: predecessors(code=post.info.org_code, on=today) for post in own}
    codes = {code for found in taken.values() for code in found}
    paths = dict(Organisation.objects.filter(code__in=codes).values_list("code", "path")) if codes else {}
    return tuple(
        PlacedPost(replace(post.info, org_code=code), paths[code], paths[code], is_inherited=True)
        for post in own
        for code in sorted(taken[post.info.org_code])
    )


def name_on(*, code: str, day: date) -> str:
    """Return the name that an organisation bore on a day; before its first and after its last day the nearest one. Empty when unknown."""
    names = OrganisationName.objects.filter(organisation__code=code).order_by("id")
    begun = Q(from_date__isnull=True) | Q(from_date__lte=day)
    found = names.filter(begun).order_by("id").last() or names.first()
    return found.name if found else ""
