"""What `journal verify` compares: plans, tasks, orders and evidence with the facts that speak of them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator

from gongkai.journal import api as journal
from gongkai.kernel.attachment_errors import AttachmentDamaged
from gongkai.kernel.machine import NotAllowed, Table, step
from gongkai.supervision.core.states import ORDERS, TASKS, OrderState, TaskState
from gongkai.supervision.models import EscalationPutOff, Evidence, Plan, SupervisionOrder, Task
from gongkai.supervision.services.keep_file import open_kept

CHUNK = 1 << 20


def difference(table: str, key: object, problem: str) -> journal.Difference:
    """Return one difference of a table of this room."""
    return journal.Difference(kind=f"table.{table}", where=f"{table} {key}", message=problem)


def by_subject(*names: str) -> dict[str, list[journal.Entry]]:
    """Return the entries of these facts (of this room) by subject, in order."""
    found: dict[str, list[journal.Entry]] = defaultdict(list)
    for entry in journal.entries(names=tuple(f"supervision.{name}" for name in names)):
        found[entry.subject].append(entry)
    return found


def replay(table: Table, start: str, entries: list[journal.Entry]) -> str | None:
    """Return the state that the facts lead to, None when they cannot follow each other."""
    verbs = {f"supervision.{t.fact}": t.verb for t in table if t.fact}
    state = start
    for entry in entries:
        try:
            state = step(table=table, state=state, verb=verbs[entry.name]).lands_in(state)
        except NotAllowed:
            return None
    return state


def facts_of(table: Table) -> tuple[str, ...]:
    """Return the fact names of a state table."""
    return tuple(dict.fromkeys(t.fact for t in table if t.fact))


def differences_in_plans() -> Iterator[journal.Difference]:
    """Yield plans that no import bears out, and tasks missing or beside their plan's facts."""
    imported = by_subject("PlanImported")
    decided, added = by_subject("DecisionTaken"), by_subject("TaskAdded")
    for plan in Plan.objects.order_by("pk"):
        entries = imported.pop(f"plan:{plan.pk}", [])
        if not entries:
            yield difference("supervision_plan", plan.pk, "没有导入的事实")
            continue
        body = entries[0].body
        if body["source_sha256"] != plan.source_sha256 or body["year"] != plan.year:
            yield difference("supervision_plan", plan.pk, "来源文件或年度与事实不一致")
        codes = _codes(plan)
        more = sum(1 for entries in decided.values() for one in entries if one.body["task"] in codes)
        more += sum(1 for subject in added if subject in codes)
        if plan.tasks.count() != body["tasks"] + more:
            yield difference("supervision_plan", plan.pk, "任务数与事实不一致")
    for subject in sorted(imported):
        yield difference("supervision_plan", subject, "事实所指的计划不在")


def _codes(plan: Plan) -> frozenset[str]:
    return frozenset(f"task:{pk}" for pk in plan.tasks.values_list("pk", flat=True))


def differences_in_tasks() -> Iterator[journal.Difference]:
    """Yield tasks whose state, owner or due day their facts do not lead to."""
    facts = by_subject(*facts_of(TASKS))
    for task in Task.objects.order_by("pk").iterator(chunk_size=500):
        entries = facts.pop(f"task:{task.pk}", [])
        state = replay(TASKS, TaskState.PROPOSED, entries)
        if state != task.state:
            yield difference("supervision_task", task.pk, "状态与事实不一致")
        confirmed = [e for e in entries if e.name == "supervision.TaskConfirmed"]
        due = task.deadline_date.isoformat() if task.deadline_date else None
        if confirmed and (confirmed[-1].body["owner"], _iso(confirmed[-1].body["due"])) != (
            task.owner_code,
            due,
        ):
            yield difference("supervision_task", task.pk, "责任科室或时限与事实不一致")
    for subject in sorted(facts):
        yield difference("supervision_task", subject, "事实所指的任务不在")


def _iso(value: object) -> str | None:
    return None if value is None else str(value)


def differences_in_orders() -> Iterator[journal.Difference]:
    """Yield orders whose state, day or level their facts do not lead to."""
    facts = by_subject(*facts_of(ORDERS))
    for order in SupervisionOrder.objects.order_by("pk").iterator(chunk_size=500):
        entries = facts.pop(f"order:{order.pk}", [])
        if replay(ORDERS, OrderState.DRAFT, entries) != order.state:
            yield difference("supervision_order", order.pk, "状态与事实不一致")
        days = [e.body["due"] for e in entries if "due" in e.body]
        levels = [e.body["level"] for e in entries if "level" in e.body]
        if days and str(days[-1]) != order.due_date.isoformat():
            yield difference("supervision_order", order.pk, "到期日与事实不一致")
        if (levels[-1] if levels else 0) != order.level:
            yield difference("supervision_order", order.pk, "督办级别与事实不一致")
    for subject in sorted(facts):
        yield difference("supervision_order", subject, "事实所指的督办单不在")


def differences_in_put_offs() -> Iterator[journal.Difference]:
    """Yield proposals that were put off without a fact, and the other way round."""
    facts = by_subject("EscalationPutOff")
    told = sorted((e.subject, e.body["proposed"], e.on) for entries in facts.values() for e in entries)
    rows = sorted(EscalationPutOff.objects.values_list("subject", "level", "put_off_on"))
    for subject, level, day in sorted(set(told) ^ set(rows)):
        yield difference("supervision_put_off", f"{subject} {level} {day}", "暂不升级的记录与事实不一致")


def differences_in_evidence() -> Iterator[journal.Difference]:
    """Yield evidence without its fact or the other way round, and files that are gone or no longer what was attached."""
    facts = {
        (e.subject, e.body["evidence_kind"], e.body["ref"]): e
        for entries in by_subject("EvidenceAttached").values()
        for e in entries
    }
    for piece in Evidence.objects.order_by("pk").iterator(chunk_size=500):
        entry = facts.pop((f"task:{piece.task_id}", piece.kind, piece.ref), None)
        if entry is None:
            yield difference("supervision_evidence", piece.pk, "没有挂接的事实")
        elif (entry.body["sha256"] or "") != piece.sha256 or entry.on != piece.counted_on:
            yield difference("supervision_evidence", piece.pk, "指纹或日期与事实不一致")
        if piece.kind == Evidence.FILE and file_digest(piece.sha256) != piece.sha256:
            yield difference("supervision_evidence", piece.pk, "文件不在，或已被改动")
    for subject, _, ref in sorted(facts):
        yield difference("supervision_evidence", f"{subject} {ref}", "事实所指的证据不在")


def file_digest(sha256: str) -> str:
    """Return the hash of what lies in the storage under this name, empty when nothing does."""
    digest = hashlib.sha256()
    try:
        with open_kept(sha256) as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
    except (FileNotFoundError, AttachmentDamaged):
        return ""
    return digest.hexdigest()
