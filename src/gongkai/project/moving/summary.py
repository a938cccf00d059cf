"""What a move has come to (迁移汇总): counts by progress and gravity, findings by detector, what was not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count

from gongkai.journal.api import record_fact
from gongkai.organisations import api as organisations
from gongkai.project.facts import MoveStaged
from gongkai.project.moving.core.problems import Problem
from gongkai.project.moving.models import ItemState, MovedItem, MoveIn, MoveState
from gongkai.records import api as records

SEVERITIES = {"block": "拦截", "review": "待人工判断", "warn": "提醒", "info": "提示", "": "没有发现"}


@transaction.atomic
def close_staging(*, move: MoveIn, user: Any, now: datetime) -> MoveIn:
    """End the reading of a move: sum up and write the fact; a second run that found nothing new writes none."""
    move = MoveIn.objects.select_for_update().get(pk=move.pk)
    if move.state != MoveState.STAGING:
        return move
    before = move.summary.get("drafted"), move.summary.get("unread")
    move.summary = sum_up(move)
    move.state, move.staged_at = MoveState.STAGED, now
    move.save(update_fields=["summary", "state", "staged_at"])
    if before != (move.summary["drafted"], move.summary["unread"]):
        record_fact(
            MoveStaged(
                org=organisations.authority_of(code=move.org_code).code,
                subject=f"move:{move.pk}",
                on=records.office_day(now),
                drafted=move.summary["drafted"],
                listable=move.summary["clean"],
                unread=move.summary["unread"],
            ),
            actor=organisations.actor(user=user, role=""),
            now=now,
        )
    return move


def sum_up(move: MoveIn) -> dict[str, Any]:
    """Return the counts of a move as plain values."""
    states = dict(move.items.order_by().values_list("state").annotate(Count("pk")))
    drafted = move.items.filter(state=ItemState.DRAFTED)
    detectors: Counter[str] = Counter()
    for found in drafted.values_list("content__found", flat=True).iterator(chunk_size=2000):
        detectors.update(dict.fromkeys(found or {}, 1))
    return {
        "states": states,
        "found": sum(states.values()),
        "drafted": states.get(ItemState.DRAFTED, 0),
        "unread": states.get(ItemState.UNREAD, 0),
        "clean": drafted.filter(is_clean=True).count(),
        "severities": dict(drafted.order_by().values_list("severity").annotate(Count("pk"))),
        "detectors": detectors.most_common(),
        "problems": dict(move.problems.order_by().values_list("code").annotate(Count("pk"))),
    }


def progress_of(move: MoveIn) -> dict[str, int]:
    """Return how many items are how far, for a run that is under way."""
    return dict(move.items.order_by().values_list("state").annotate(Count("pk")))


def problem_rows(move: MoveIn) -> Iterator[tuple[str, str, str, str]]:
    """Yield what was not read or not wholly: place, kind, what happened, what to do."""
    for place, code, detail in move.problems.values_list("place", "code", "detail").iterator(chunk_size=2000):
        problem = Problem(place, code, detail)
        yield place, code, problem.message, problem.remedy


def item_rows(move: MoveIn) -> Iterator[tuple[str, ...]]:
    """Yield every item: old address, title, old date, number, new address, progress, gravest finding, may be listed, note."""
    labels = dict(ItemState.choices)
    for item in move.items.defer("content").iterator(chunk_size=2000):
        yield _item_row(move, item, labels)


def _item_row(move: MoveIn, item: MovedItem, labels: dict[str, str]) -> tuple[str, ...]:
    day = records.office_time(item.published_at).date().isoformat() if item.published_at else ""
    return (
        item.key, item.title, day, item.index_number, item.path, labels[item.state], SEVERITIES.get(item.severity, ""),
        "是" if item.is_clean else "", item.note,
    )  # fmt: skip
