"""Attach evidence to a task (挂证据): what it names must exist, a file is kept with its hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath

from django.core.files.base import ContentFile
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
from gongkai.supervision.services.rights import acting

MAX_FILE_BYTES = 30 * 1024 * 1024
FILE_TYPES = (".pdf", ".docx", ".xlsx", ".png", ".jpg", ".jpeg", ".ofd", ".txt", ".csv")


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
            note=offered.note.strip()[:300], file_name=PurePath(offered.name).name[:255], attached_at=now,
            attached_by_id=getattr(user, "pk", None),
        )  # fmt: skip
        if offered.kind == Evidence.FILE:
            suffix = PurePath(offered.name).suffix.lower()
            made.file.save(f"{found.sha256}{suffix}", ContentFile(offered.data), save=False)
        made.save()
        fact = EvidenceAttached(
            org=task.plan.org_code, subject=f"task:{task.pk}", on=found.counted_on, plan=f"plan:{task.plan_id}",
            evidence_kind=offered.kind, ref=found.ref, sha256=found.sha256 or None,
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
    suffix = PurePath(offered.name).suffix.lower()
    if suffix not in FILE_TYPES:
        raise SupervisionRefused(
            "file_type", f"不接受“{suffix or '没有后缀'}”的文件", remedy="请改用 PDF、Word、Excel 或图片"
        )
    if not offered.data:
        raise SupervisionRefused("empty_file", "文件是空的", where=offered.name, remedy="请重新选择文件")
    if len(offered.data) > MAX_FILE_BYTES:
        raise SupervisionRefused("too_large", "文件超过 30 MB", where=offered.name, remedy="请压缩后再上传")
    digest = hashlib.sha256(offered.data).hexdigest()
    return _Found(f"file:{digest}", digest, today)
