"""What this room itself has to tell of (到期事项的来源): clocks of emergencies, interpretations of policies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.urls import reverse

from gongkai.kernel.clocks import Light
from gongkai.organisations import api as organisations
from gongkai.records.core.interpretation import Stage
from gongkai.records.models import Event, RecordState
from gongkai.records.selectors_interpretation import Pair, pairs
from gongkai.records.selectors_waiting import deciders, drafters
from gongkai.records.services.events import counters_of
from gongkai.records.services.matters import MatterSeen


def event_matters(today: date, now: datetime) -> Iterator[MatterSeen]:
    """Yield the clocks of open emergencies that bind, still run, and are about to end or have."""
    for event in Event.objects.filter(closed_at__isnull=True).order_by("pk"):
        for counter in counters_of(event, now=now):
            if counter.met_at is not None or not counter.bound or counter.light == Light.FINE:
                continue
            late = counter.light == Light.LATE
            ends = f"{counter.ends_at:%Y-%m-%d %H:%M}"
            yield MatterSeen(
                key=f"event:{event.pk}:{counter.rule_id}",
                owner_code=event.org_code,
                roles=tuple(sorted(deciders())),
                title=event.name,
                words=f"{counter.title}的{counter.length_text}时限{'已于' if late else '到'} {ends}{' 届满' if late else ' 为止'}",
                light=counter.light,
                address=reverse("records:event", args=[event.pk]),
            )


def interpretation_matters(today: date, now: datetime) -> Iterator[MatterSeen]:
    """Yield the public policies whose interpretation is late, or due in the next days."""
    for authority in organisations.list_organisations(kind="authority"):
        codes = organisations.subtree_codes(code=authority.code)
        found = [pair for pair in pairs(org_codes=codes, today=today) if _presses(pair)]
        numbers = [pair.record_id for pair in found]
        owners = dict(RecordState.objects.filter(pk__in=numbers).values_list("pk", "owner_code"))
        for pair in found:
            late = pair.stage is Stage.LATE
            yield MatterSeen(
                key=f"interpretation:{pair.record_id}",
                owner_code=owners[pair.record_id],
                roles=tuple(sorted(deciders() | drafters())),
                title=pair.title,
                words=f"解读材料{'已逾期，应于' if late else '应于'} {pair.due} 前发布",
                light=(Light.LATE if late else Light.NEAR).value,
                address=reverse("records:page", args=[pair.record_id]),
            )


def _presses(pair: Pair) -> bool:
    return pair.due is not None and (
        pair.stage is Stage.LATE or (pair.stage is Stage.DUE and pair.light == Light.NEAR)
    )
