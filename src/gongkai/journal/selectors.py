"""Reading the journal."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Literal

from django.db.models import Count, Max, Q, QuerySet

from gongkai.journal import models
from gongkai.journal.entry_view import Entry, as_entry
from gongkai.journal.facts import FACTS

CHUNK = 2000


def org_condition(org_prefix: str | None, orgs: Collection[str] | None) -> Q:
    """Return the condition on the organisation: the code itself or a code below it (`demo`, `demo-…`), and/or a set of codes."""
    condition = Q()
    if org_prefix:
        below = Q(org=org_prefix)
        for separator in "-./:":
            below |= Q(org__startswith=org_prefix + separator)
        condition &= below
    if orgs is not None:
        condition &= Q(org__in=sorted(orgs))
    return condition


def select(
    *,
    names: Sequence[str] = (),
    org_prefix: str | None = None,
    orgs: Collection[str] | None = None,
    subject: str | None = None,
    since: date | None = None,
    until: date | None = None,
    after_id: int = 0,
) -> QuerySet[models.Entry]:
    """Return the rows that fit; see `entries`."""
    rows = models.Entry.objects.filter(org_condition(org_prefix, orgs)).order_by("id")
    if names:
        rows = rows.filter(name__in=list(names))
    if subject is not None:
        rows = rows.filter(subject=subject)
    if since is not None:
        rows = rows.filter(on__gte=since)
    if until is not None:
        rows = rows.filter(on__lte=until)
    return rows.filter(pk__gt=after_id) if after_id else rows


def entries(*, limit: int | None = None, **conditions: Any) -> Iterator[Entry]:
    """Yield the entries that fit, in the order of writing, holding at most 2,000 in memory.

    Conditions: `names` (fact names), `org_prefix` (a code and the codes below it: `demo`, `demo-…`), `orgs` (a set of
    codes), `subject`, `since` and `until` (days of `on`, both included), `after_id`; `limit` ends it early.
    """
    rows = select(**conditions)
    if limit is not None:
        rows = rows[:limit]
    for row in rows.iterator(chunk_size=CHUNK):
        yield as_entry(row)


def find_entries(
    *,
    orgs: Collection[str],
    names: Sequence[str] = (),
    subject: str | None = None,
    user_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    on: date | None = None,
) -> QuerySet[models.Entry]:
    """Return entries of these organisations by who did it, about what, of which kind, and when it was written; newest first.

    `user_id` finds what an account did, what was done in its stead, and what was done to it (`user:12` as subject).
    `since` is included, `until` is not; `on` is the day that an entry counts for (计入日期).
    """
    rows = select(names=names, orgs=orgs, subject=subject, since=on, until=on).order_by("-id")
    if user_id is not None:
        by = Q(actor_user_id=user_id) | Q(actor_on_behalf_of=user_id) | Q(subject=f"user:{user_id}")
        rows = rows.filter(by)
    if since is not None:
        rows = rows.filter(at__gte=since)
    return rows.filter(at__lt=until) if until is not None else rows


def counts_by(
    rows: QuerySet[models.Entry], column: Literal["subject", "name", "actor_user_id"], *, limit: int
) -> list[tuple[Any, int, datetime]]:
    """Return the values of a column among these entries, each with how many there are and the latest moment; most first."""
    found = rows.order_by().values(column).annotate(count=Count("pk"), latest=Max("at"))
    return [(row[column], row["count"], row["latest"]) for row in found.order_by("-count", column)[:limit]]


def as_entries(rows: Iterable[models.Entry]) -> list[Entry]:
    """Return the public form of the rows of one page."""
    return [as_entry(row) for row in rows]


def fact_names() -> list[str]:
    """Return the names of all facts that the running program knows, sorted."""
    return sorted(FACTS)


_TITLE = re.compile(r"[（(]([\u4e00-\u9fff][^()（）]*)[)）]")


def fact_titles() -> dict[str, str]:
    """Return the Chinese title of each known fact, the words in brackets of its description; facts without one are left out."""
    found = {name: _TITLE.search(kind.__doc__ or "") for name, kind in FACTS.items()}
    return {name: match[1] for name, match in sorted(found.items()) if match}


def newest_moment() -> datetime | None:
    """Return the latest moment that any entry bears; later than now only when the clock was set back."""
    return models.Entry.objects.order_by("-at").values_list("at", flat=True).first()


def newest_seal() -> tuple[int, str] | None:
    """Return number and hash of the newest seal, what a figure computed now rests on; None while nothing is sealed."""
    seal = models.Seal.objects.order_by("-seq").values_list("seq", "hash").first()
    return (int(seal[0]), str(seal[1])) if seal else None


def entries_with(*, ids: Collection[int]) -> list[Entry]:
    """Return the entries with these ids, in order; meant for one page of them at a time."""
    return as_entries(models.Entry.objects.filter(pk__in=ids).order_by("id"))


def count_unsealed() -> int:
    """Return how many entries wait for their seal."""
    return int(models.Pending.objects.count())
