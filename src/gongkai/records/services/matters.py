"""Gathering what falls due outside the chain of review (汇集到期事项): what each source sees at this moment, kept for screens and mails."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from gongkai.records.core.office_time import office_day
from gongkai.records.models import DueMatter

_TITLE = 500


@dataclass(frozen=True, slots=True)
class MatterSeen:
    """One matter as its source sees it; `key` is stable while the matter stands, `light` near, late, or due where no lawful day runs."""

    key: str
    owner_code: str
    roles: tuple[str, ...]
    title: str
    words: str
    light: str
    address: str


Source = Callable[[date, datetime], Iterable[MatterSeen]]
_SOURCES: list[Source] = []


def add_matter_source(source: Source) -> None:
    """Ask this function, too, what falls due; its room names it in `AppConfig.ready`."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def gather_matters(*, now: datetime) -> int:
    """Write down what falls due at this moment, drop what no longer does; return how many stand."""
    today = office_day(now)
    seen = {matter.key: matter for source in _SOURCES for matter in source(today, now)}
    with transaction.atomic():
        rows = {row.key: row for row in DueMatter.objects.select_for_update()}
        DueMatter.objects.filter(key__in=rows.keys() - seen.keys()).delete()
        for key, matter in seen.items():
            values = asdict(matter) | {"roles": list(matter.roles), "title": matter.title[:_TITLE]}
            row = rows.get(key)
            if row is None or any(getattr(row, name) != value for name, value in values.items()):
                DueMatter.objects.update_or_create(key=key, defaults={**values, "gathered_at": now})
    return len(seen)
