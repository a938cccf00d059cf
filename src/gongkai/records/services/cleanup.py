"""Carry out a clean-up (规范性文件清理): start, decide each document, finish, reopen, cancel."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.kernel.machine import NotAllowed, step
from gongkai.organisations import api as organisations
from gongkai.records.core.cleanup import (
    ROUND_LABELS,
    ROUND_TABLE,
    ROUND_VERBS,
    RUNNING,
    cleanup_decisions,
    cleanup_scope,
    decision_rule,
)
from gongkai.records.core.errors import BadInput, NotFound, StepRefused
from gongkai.records.core.kinds import KINDS
from gongkai.records.core.office_time import office_day
from gongkai.records.facts import (
    CleanupCancelled,
    CleanupDecided,
    CleanupFinished,
    CleanupReopened,
    CleanupStarted,
)
from gongkai.records.models import CleanupDecision, CleanupItem, CleanupRound, Record, RecordState
from gongkai.records.services.locking import actor_of, subject
from gongkai.records.services.permissions import Hat, require

_REASON = (2, 300)
_TITLE_MAX = 100


def lock_round(round_id: int) -> CleanupRound:
    """Lock and return a round, inside the caller's transaction. Raises NotFound."""
    found = CleanupRound.objects.select_for_update().filter(pk=round_id).first()
    if found is None:
        raise NotFound(
            code="cleanup_unknown",
            message="没有这次清理",
            where=f"清理 {round_id}",
            remedy="请从列表中重新选择",
        )
    return found


def take_round_step(turn: CleanupRound, verb: str) -> None:
    """Set the state of a round in memory. Raises StepRefused telling what may be done instead."""
    try:
        transition = step(table=ROUND_TABLE, state=turn.state, verb=verb)
    except NotAllowed as refused:
        allowed = "、".join(ROUND_VERBS[one] for one in refused.allowed if one != "announce") or "没有"
        raise StepRefused(
            code="step_refused",
            message=f"这次清理{ROUND_LABELS[turn.state]}，不能“{ROUND_VERBS[verb]}”",
            where=turn.title,
            remedy=f"现在可以做的：{allowed}",
        ) from refused
    turn.state = transition.lands_in(turn.state)


def round_subject(round_id: int) -> str:
    """Return how facts name a round."""
    return f"cleanup:{round_id}"


@transaction.atomic
def start_cleanup(
    *,
    org_code: str,
    title: str,
    formed_before: date,
    user: Any,
    now: datetime,
    kinds: Collection[str] = (),
    issuers: Collection[str] = (),
) -> CleanupRound:
    """Start a clean-up and list what is public and was formed before a day; empty `kinds` means the default scope.

    Starting the same again while it runs returns the running one. Raises BadInput for an unknown kind, no title or an
    empty list, StepRefused while another one of this organisation runs, organisations.api.NotPermitted.
    """
    today = office_day(now)
    hat = require(user=user, action="publish", org_code=org_code, today=today)
    scope = {
        "kinds": sorted(set(kinds) or cleanup_scope().kinds),
        "issuers": sorted({name.strip() for name in issuers} - {""}),
        "formed_before": formed_before.isoformat(),
    }
    _require_start(scope["kinds"], title)
    running = CleanupRound.objects.select_for_update().filter(org_code=org_code, state__in=RUNNING).first()
    if running is not None and running.scope == scope:
        return running
    if running is not None:
        raise StepRefused(
            code="cleanup_running",
            message=f"“{running.title}”还没有办完",
            where=organisations.get_organisation(code=org_code).name,
            remedy="请先办完或取消，再开始新的清理",
        )
    rows = list(_in_scope(org_code, scope).select_related("status").order_by("formed_date", "pk"))
    if not rows:
        raise _bad("nothing_listed", "这个范围里没有公开的文件", "清理范围", "请放宽类别、发文机关或日期")
    turn = CleanupRound.objects.create(
        org_code=org_code, title=title.strip(), scope=scope, started_by=user, started_at=now
    )
    CleanupItem.objects.bulk_create(
        CleanupItem(
            round=turn,
            record=row,
            release_id=row.status.current_release_id,
            title=row.title,
            number=row.document_number,
            formed_date=row.formed_date,
        )
        for row in rows
    )
    _tell(
        CleanupStarted(
            org=org_code,
            subject=round_subject(turn.pk),
            on=today,
            round_id=turn.pk,
            items=len(rows),
            formed_before=formed_before,
        ),
        user,
        hat,
        now,
    )
    return turn


def _require_start(kinds: Collection[str], title: str) -> None:
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        raise _bad("kind_unknown", f"没有信息类别“{unknown[0]}”", "信息类别", "请从清单中选择")
    if not 1 <= len(title.strip()) <= _TITLE_MAX:
        raise _bad("title_missing", "没有写清理的名称", "名称", f"请写 1 至 {_TITLE_MAX} 个字")


@transaction.atomic
def decide_item(
    *,
    round_id: int,
    record_id: int,
    decision: str,
    reason: str,
    user: Any,
    now: datetime,
    by: str = "",
) -> CleanupItem:
    """Decide what becomes of one document; a later decision takes the place of an earlier one, which is kept.

    `by` is the index number of the document that changes or replaces it, where there is one. The same said again changes
    nothing. Raises BadInput, NotFound, StepRefused once the round is finished, organisations.api.NotPermitted.
    """
    turn = lock_round(round_id)
    item = CleanupItem.objects.select_for_update().filter(round=turn, record_id=record_id).first()
    if item is None:
        raise NotFound(
            code="not_listed", message="清理目录里没有这个文件", where=turn.title, remedy="请从目录中选择"
        )
    today = office_day(now)
    owner = RecordState.objects.values_list("owner_code", flat=True).get(pk=record_id)
    hat = require(user=user, action="amend", org_code=owner or turn.org_code, today=today)
    take_round_step(turn, "decide")
    if decision not in {rule.id for rule in cleanup_decisions()}:
        options = "、".join(rule.name for rule in cleanup_decisions())
        raise _bad("decision_unknown", "没有这种清理决定", "清理决定", f"可选：{options}")
    if not _REASON[0] <= len(reason.strip()) <= _REASON[1]:
        raise _bad(
            "reason_missing", "没有写理由", "理由", f"请写 {_REASON[0]} 至 {_REASON[1]} 个字，会公开显示"
        )
    changed_by = _changer(by, record_id)
    last = item.decisions.last()
    said = (decision, reason.strip(), changed_by)
    if last is not None and (last.decision, last.reason, last.by_id) == said:
        return item
    row = CleanupDecision.objects.create(
        item=item,
        sequence=(last.sequence if last else 0) + 1,
        decision=decision,
        reason=reason.strip(),
        by_id=changed_by,
        user=user,
        role=hat.role,
        on_behalf_of=hat.on_behalf_of,
        at=now,
    )
    item.decision = decision
    item.save(update_fields=["decision"])
    fact = CleanupDecided(
        org=turn.org_code,
        subject=subject(record_id),
        on=today,
        round_id=turn.pk,
        decision_id=row.pk,
        decision=decision_rule(decision).id,
    )
    _tell(fact, user, hat, now)
    return item


@transaction.atomic
def finish_cleanup(*, round_id: int, user: Any, now: datetime) -> CleanupRound:
    """Close the list once every document is decided; what was taken down meanwhile needs no decision.

    Raises StepRefused while one is open, organisations.api.NotPermitted.
    """
    turn, hat = _managed(round_id, user, now)
    take_round_step(turn, "finish")
    open_items = turn.items.filter(decision="", record__live=True).count()
    if open_items:
        raise StepRefused(
            code="items_open",
            message=f"还有 {open_items} 件没有决定",
            where=turn.title,
            remedy="请逐件作出决定后再办结",
        )
    if not turn.items.exclude(decision="").exists():
        raise StepRefused(
            code="items_gone",
            message="目录里的文件都已撤下，没有可以公布的结果",
            where=turn.title,
            remedy="请取消这次清理",
        )
    turn.save(update_fields=["state"])
    counts = {rule.id: turn.items.filter(decision=rule.id).count() for rule in cleanup_decisions()}
    fact = CleanupFinished(
        org=turn.org_code,
        subject=round_subject(turn.pk),
        on=office_day(now),
        round_id=turn.pk,
        decided=counts,
    )
    _tell(fact, user, hat, now)
    return turn


@transaction.atomic
def reopen_cleanup(*, round_id: int, user: Any, now: datetime) -> CleanupRound:
    """Open the list again, while no result of it is being worked on or public. Raises StepRefused."""
    turn, hat = _managed(round_id, user, now)
    take_round_step(turn, "reopen")
    if turn.result_id and RecordState.objects.get(pk=turn.result_id).state != "discarded":
        raise StepRefused(
            code="result_in_work",
            message="清理结果的草稿还在",
            where=turn.title,
            remedy="请先作废清理结果的草稿，再重新打开",
        )
    turn.result = None
    turn.save(update_fields=["state", "result"])
    fact = CleanupReopened(
        org=turn.org_code, subject=round_subject(turn.pk), on=office_day(now), round_id=turn.pk
    )
    _tell(fact, user, hat, now)
    return turn


@transaction.atomic
def cancel_cleanup(*, round_id: int, reason: str, user: Any, now: datetime) -> CleanupRound:
    """Give a clean-up up, with the reason; what was decided is kept. Raises BadInput, StepRefused."""
    turn, hat = _managed(round_id, user, now)
    take_round_step(turn, "cancel")
    if len(reason.strip()) < _REASON[0]:
        raise _bad("reason_missing", "没有写取消的理由", "理由", "请写明为什么取消")
    turn.note = reason.strip()[:500]
    turn.save(update_fields=["state", "note"])
    fact = CleanupCancelled(
        org=turn.org_code, subject=round_subject(turn.pk), on=office_day(now), round_id=turn.pk
    )
    _tell(fact, user, hat, now)
    return turn


def _in_scope(org_code: str, scope: dict[str, Any]) -> Any:
    rule = cleanup_scope()
    rows = Record.objects.filter(
        org_code=org_code,
        live=True,
        kind__in=scope["kinds"],
        validity_state__in=rule.validity,
        formed_date__lt=date.fromisoformat(scope["formed_before"]),
    ).exclude(grade__in=rule.grades_not)
    return rows.filter(issuer__in=scope["issuers"]) if scope["issuers"] else rows


def _managed(round_id: int, user: Any, now: datetime) -> tuple[CleanupRound, Hat]:
    turn = lock_round(round_id)
    return turn, require(user=user, action="publish", org_code=turn.org_code, today=office_day(now))


def _changer(by: str, record_id: int) -> int | None:
    if not by.strip():
        return None
    found = RecordState.objects.filter(index_number=by.strip(), record__live=True).first()
    if found is None or found.pk == record_id:
        raise _bad(
            "changer_unknown", f"没有公开的文件“{by.strip()}”", "修改或替代它的文件", "请填公开文件的索引号"
        )
    return int(found.pk)


def _tell(fact: Any, user: Any, hat: Hat, now: datetime) -> None:
    record_fact(fact, actor=actor_of(user, role=hat.role, on_behalf_of=hat.on_behalf_of), now=now)


def _bad(code: str, message: str, where: str, remedy: str) -> BadInput:
    return BadInput(code=code, message=message, where=where, remedy=remedy)
