"""What must hold after every drill: nothing lost, nothing doubled, the public side exactly what the releases say."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from gongkai.journal import api as journal
from gongkai.journal.models import Delivery
from gongkai.portal import api as portal
from gongkai.records import api as records
from gongkai.records.models import Release
from tools.drills.stage import Stage


def tree(folder: Path) -> dict[str, str]:
    """Return path → SHA-256 of every file of a public tree but the published heads."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] != "heads"
    }


def differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Return the paths that two trees do not share with the same bytes."""
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


def whole(stage: Stage) -> None:
    """Check everything; raises Broken. The public tree is laid aside and built anew from the releases alone."""
    _nothing_doubled(stage)
    _index_agrees(stage)
    _tree_equals_rebuild(stage)
    verified(stage)


def verified(stage: Stage) -> None:
    """Verify chain, heads and tables."""
    outcome = journal.verify(heads_folder=stage.environment.public_dir / "heads")
    stage.require(
        outcome.ok, f"台账核验不通过：{outcome.differences[0].message if outcome.differences else ''}"
    )
    stage.held(f"台账 {outcome.entries} 条，链、封存头、各表一致")


def _nothing_doubled(stage: Stage) -> None:
    numbers = Counter(Release.objects.values_list("record_id", "sequence"))
    facts = Counter(
        entry.body["release_id"]
        for entry in journal.entries(names=("records.RecordPublished", "records.RecordWithdrawn"))
    )
    releases = set(Release.objects.values_list("pk", flat=True))
    stage.require(max(numbers.values(), default=1) == 1, "同一条信息的同一次发布出现了两份")
    stage.require(set(facts) == releases and max(facts.values(), default=1) == 1, "发布件与事实不是一一对应")
    stage.require(not DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).exists(), "有任务被放弃")
    stage.require(not Delivery.objects.filter(done_at=None).exists(), "有事实没有送到")
    stage.held(f"{len(releases)} 个发布件各有一条事实，没有多出，没有丢失，没有被放弃的任务")


def _index_agrees(stage: Stage) -> None:
    live = gone = 0
    for info in records.iter_current_releases():
        title = _title(info)
        paths = [hit.path for hit in portal.search(query=title).hits if str(hit.title.striptags()) == title]
        stage.require(len(paths) == (info.kind == "publish"), f"搜索「{title}」得到 {len(paths)} 条")
        live, gone = live + (info.kind == "publish"), gone + (info.kind != "publish")
    stage.held(f"搜索找到全部 {live} 条公开的，找不到 {gone} 条撤下的")


def _title(info: Any) -> str:
    if info.payload and info.payload.get("title"):
        return str(info.payload["title"])
    first = records.list_releases(record_id=info.record_id)
    return next(str(r.payload["title"]) for r in first if r.payload and r.payload.get("title"))


def _tree_equals_rebuild(stage: Stage) -> None:
    public, portal_folder = stage.environment.public_dir, stage.environment.home / "portal"
    aside = [folder.rename(folder.with_name(f"{folder.name}.aside")) for folder in (public, portal_folder)]
    if (aside[0] / "heads").is_dir():
        public.mkdir()
        (aside[0] / "heads").rename(public / "heads")
    portal.build(full=True, today=timezone.localdate())
    before, after = tree(aside[0]), tree(public)
    wrong = differing(before, after)
    stage.require(
        not wrong, f"公开目录与整体重建不同：{'、'.join(wrong[:5])}{' 等' if len(wrong) > 5 else ''}（{len(wrong)} 个）"
    )  # fmt: skip
    stage.held(f"公开目录 {len(after)} 个文件与从零重建逐字节相同")
