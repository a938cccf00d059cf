"""Attach evidence to a task (挂证据): what it names must exist, a file is kept with its hash."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.journal import api as journal
from gongkai.journal.api import record_fact
from gongkai.organisations import api as organisations
from gongkai.records import api as records
from gongkai.registers import api as registers
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.facts import EvidenceAttached
from gongkai.supervision.models import Evidence, Task
from gongkai.supervision.services.change_task import locked
from gongkai.supervision.services.keep_file import clean_name, keep_file
from gongkai.supervision.services.rights import acting


@dataclass(frozen=True, slots=True)
class Offered:
    """Evidence offered: `ref` is the release id, fact id or register id; for a file `name` and `data` count."""

    kind: str
    ref: str = ""
    note: str = ""
    name: str = ""
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class _Found:
    ref: str
    sha256: str
    counted_on: date
    path: str = ""
    size_bytes: int = 0
    findings: list[dict[str, Any]] = field(default_factory=list)


def attach_evidence(
    *, task_id: int, offered: Offered, user: object | None, today: date, now: datetime
) -> int:
    """Attach one piece of evidence and return its id; the same piece is attached once.

    Raises:
        SupervisionRefused: what it names does not exist or is not this authority's, a file of a wrong kind or size.
    """
    with transaction.atomic():
        task = locked(task_id, "attach")
        actor = acting(
            user=user, action="report", org_code=task.owner_code or task.plan.org_code, today=today
        )
        found = _find(task, offered, today)
        existing = task.evidence.filter(kind=offered.kind, ref=found.ref).first()
        if existing:
            return int(existing.pk)
        made = Evidence(
            task=task, kind=offered.kind, ref=found.ref, sha256=found.sha256, counted_on=found.counted_on,
            note=offered.note.strip()[:300], file_name=clean_name(offered.name) if found.path else "", file=found.path,
            size_bytes=found.size_bytes, findings=found.findings, attached_at=now,
            attached_by_id=getattr(user, "pk", None),
        )  # fmt: skip
        made.save()
        fact = EvidenceAttached(
            org=task.plan.org_code, subject=f"task:{task.pk}", on=found.counted_on, plan=f"plan:{task.plan_id}",
            evidence_kind=offered.kind, ref=found.ref, sha256=found.sha256 or None, owner=task.owner_code or None,
        )  # fmt: skip
        record_fact(fact, actor=actor, now=now)
    return int(made.pk)


def _find(task: Task, offered: Offered, today: date) -> _Found:
    match offered.kind:
        case Evidence.RELEASE:
            return _release(task, offered.ref)
        case Evidence.FACT:
            return _fact(task, offered.ref)
        case Evidence.REGISTER:
            return _register(task, offered.ref, today)
        case Evidence.FILE:
            return _file(offered, today)
    raise SupervisionRefused("bad_kind", "证据种类不正确", remedy="请从列表中选择")


def _wrong(what: str, ref: str) -> SupervisionRefused:
    return SupervisionRefused(
        "no_such_evidence", f"本机关没有编号为“{ref[:40]}”的{what}", remedy="请核对编号"
    )


def _release(task: Task, ref: str) -> _Found:
    try:
        release = records.get_release(release_id=int(ref))
    except Exception as error:
        raise _wrong("发布件", ref) from error
    if release is None or release.org_code not in organisations.subtree_codes(code=task.plan.org_code):
        raise _wrong("发布件", ref)
    if release.kind != "publish":
        raise SupervisionRefused(
            "withdrawn", "这是撤回件，不能作为公开的证据", remedy="请选择仍在公开的发布件"
        )
    return _Found(f"release:{release.id}", release.sha256, release.published_at.date())


def _fact(task: Task, ref: str) -> _Found:
    if not ref.isdigit():
        raise _wrong("账本事实", ref)
    wanted = int(ref)
    orgs = organisations.subtree_codes(code=task.plan.org_code)
    entry = next(iter(journal.entries(after_id=wanted - 1, orgs=orgs, limit=1)), None)
    if entry is None or entry.id != wanted:
        raise _wrong("账本事实", ref)
    return _Found(f"entry:{entry.id}", "", entry.on)


def _register(task: Task, ref: str, today: date) -> _Found:
    try:
        rule = registers.register(ref, on=today)
    except registers.RegisterUnknown as error:
        raise _wrong("台账", ref) from error
    rows = registers.rows_of(rule=rule, org_code=task.plan.org_code)
    newest = rows.values_list("counted_on", flat=True).first()
    if newest is None:
        raise SupervisionRefused("empty_register", f"台账“{rule.name}”还没有行", remedy="请先登记台账")
    return _Found(f"register:{rule.id}:{newest}:{rows.count()}", "", newest)


def _file(offered: Offered, today: date) -> _Found:
    kept = keep_file(name=offered.name, data=offered.data)
    return _Found(f"file:{kept.sha256}", kept.sha256, today, kept.path, kept.size_bytes, kept.findings)
