"""The list of a clean-up as it is decided now (清理目录): for the notice, for its check, for the files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from gongkai.organisations import api as organisations
from gongkai.records.core.cleanup import Listed, decision_rule, result_blocks
from gongkai.records.models import CleanupDecision, CleanupItem, CleanupRound


def newest_decisions(turn: CleanupRound) -> dict[int, CleanupDecision]:
    """Return the decision in force of every decided item, by item."""
    rows = CleanupDecision.objects.filter(item__round=turn).select_related("user", "by__status")
    return {row.item_id: row for row in rows.order_by("pk")}


def listed_items(turn: CleanupRound) -> list[Listed]:
    """Return the decided documents of a round as they are printed."""
    decisions = newest_decisions(turn)
    return [
        Listed(
            title=item.title,
            number=item.number,
            formed=item.formed_date,
            decision=item.decision,
            reason=decisions[item.pk].reason,
        )
        for item in turn.items.all()
        if item.pk in decisions
    ]


def expected_blocks(turn: CleanupRound) -> list[dict[str, Any]]:
    """Return the body that the result of a round must have."""
    return result_blocks(
        round_title=turn.title,
        org_name=organisations.get_organisation(code=turn.org_code).name,
        before=date.fromisoformat(turn.scope["formed_before"]),
        listed=listed_items(turn),
    )


def changed_items(turn: CleanupRound) -> Iterator[tuple[CleanupItem, tuple[str, str], int | None]]:
    """Yield the public documents whose page changes, with state and note of validity and the source of the change."""
    decisions = newest_decisions(turn)
    for item in turn.items.filter(record__live=True):
        last = decisions.get(item.pk)
        if last is None:
            continue
        named = last.by_id is not None
        wanted = decision_rule(last.decision).outcome(round_title=turn.title, by_named=named)
        if wanted is not None:
            yield item, wanted, last.by_id or turn.result_id
