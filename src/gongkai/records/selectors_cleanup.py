"""Clean-ups as the desk shows them (规范性文件清理): rounds, their lists, and when the next one is due."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from gongkai.kernel.clock_count import add_months
from gongkai.kernel.clocks import ClockRule, Light, clock
from gongkai.records.core.cleanup import Place, cleanup_scope, decision_rule, place_among
from gongkai.records.core.office_time import office_day
from gongkai.records.core.states import LABELS
from gongkai.records.core.withholding import day_light
from gongkai.records.models import CleanupDecision, CleanupItem, CleanupRound, RecordState
from gongkai.records.services.cleanup_list import newest_decisions
from gongkai.records.services.content import newest

_MONTHS = {"year": 12, "month": 1}


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One document of a round: its decision, and where the change of its page stands (empty when nothing changes)."""

    item: CleanupItem
    decision: str
    last: CleanupDecision | None
    gone: bool
    change: str
    change_light: str


@dataclass(frozen=True, slots=True)
class NextRound:
    """When the next clean-up is due after the last result of an organisation."""

    last: date
    due: date
    light: Light
    rule: ClockRule


def rounds_of(*, org_codes: Collection[str]) -> list[CleanupRound]:
    """Return the rounds of these organisations, newest first, with `total` and `undecided` counted."""
    counted = CleanupRound.objects.filter(org_code__in=org_codes).annotate(
        total=Count("items"),
        undecided=Count("items", filter=Q(items__decision="", items__record__live=True)),
    )
    return list(counted.order_by("-pk")[:200])


def next_round(*, org_code: str, today: date) -> NextRound | None:
    """Return by when this organisation ought to clean up again, None before its first result."""
    last = (
        CleanupRound.objects.filter(org_code=org_code, announced_at__isnull=False)
        .order_by("announced_at")
        .last()
    )
    if last is None or last.announced_at is None:
        return None
    day = office_day(last.announced_at)
    rule = clock(cleanup_scope().clock, today)
    due = add_months(day, (rule.length or 0) * _MONTHS.get(str(rule.unit), 0))
    return NextRound(day, due, day_light(due, today), rule)


def place_of(turn: CleanupRound, *, record_id: int) -> Place:
    """Return where a document of a round stands, and the undecided ones around it."""
    rows = turn.items.values_list("record_id", "decision", "record__live")
    return place_among([(record, not decision and live) for record, decision, live in rows], record_id)


def item_rows(turn: CleanupRound, *, undecided_only: bool = False) -> list[ItemRow]:
    """Return the documents of a round in order of day, each with its decision and the state of its page's change."""
    decisions = newest_decisions(turn)
    items = turn.items.select_related("record", "record__status")
    if undecided_only:
        items = items.filter(decision="", record__live=True)
    return [_row(turn, item, decisions.get(item.pk)) for item in items]


def _row(turn: CleanupRound, item: CleanupItem, last: CleanupDecision | None) -> ItemRow:
    change, light = "", ""
    if last is not None and turn.result_id:
        named = last.by_id is not None
        wanted = decision_rule(last.decision).outcome(round_title=turn.title, by_named=named)
        if wanted is not None:
            change, light = _change_words(item.record.status, wanted)
    return ItemRow(
        item=item,
        decision=decision_rule(last.decision).name if last else "",
        last=last,
        gone=not item.record.live,
        change=change,
        change_light=light,
    )


def _change_words(state: RecordState, wanted: tuple[str, str]) -> tuple[str, str]:
    """Say where the change of validity stands: public, in review under its state, or not begun."""
    record = state.record
    if record.live and (record.validity_state, record.validity_note) == wanted:
        return "页面已更新", "fine"
    draft = newest(record)
    if (draft.validity_state, draft.validity_note) == wanted:
        return f"变更{LABELS[state.state]}", "due"
    return ("页面待更新", "late") if state.state == "released" else ("正在作其他修改", "late")
