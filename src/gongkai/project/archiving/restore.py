"""Put a backup back (恢复): verify every file, fill an empty home, compare journal and tables, replay erasures, rebuild."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.core.management import call_command

from gongkai.journal import api as journal
from gongkai.project import home
from gongkai.project.archiving import database_copy
from gongkai.project.archiving.attachments_copy import copy_in, has_attachments
from gongkai.project.archiving.behind import note_behind, require_settled
from gongkai.project.archiving.manifest import verified_manifest
from gongkai.project.environment import Environment
from gongkai.project.failure import CommandFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Revived:
    """What came of data that were put into an empty home: entries verified, erasures replayed, pages built; seconds that the index took."""

    entries: int
    erased: int
    pages: int
    indexing_seconds: float


def restore_backup(
    environment: Environment,
    folder: Path,
    *,
    today: date,
    now: datetime,
    say: Callable[[str], None],
    tail: Path | None = None,
    heads: Path | None = None,
) -> Revived:
    """Fill an empty home from a backup; nothing is written when the backup is damaged or the home is not empty.

    `tail` and `heads` are what is left of the running system (by default what stands in the home). When they are newer than the
    backup the data are put back and verified, but nothing is built or served before `behind.settle`; raises CommandFailed.
    """
    manifest = verified_manifest(folder)
    if not manifest.media:
        raise CommandFailed(
            "database_only",
            "这是升级前的数据库备份，不含附件",
            where=str(folder),
            remedy="退回升级请用 gongkai upgrade --back；恢复到空机器请选用 gongkai backup 的备份",
        )
    if has_attachments(environment):
        raise CommandFailed(
            "not_empty",
            "目标运行目录里已有附件",
            where=str(environment.media_dir),
            remedy="请恢复到一个空的运行目录",
        )
    say("恢复数据库")
    database_copy.copy_in(folder, database=manifest.database)
    say("恢复附件")
    standing = environment.public_dir / "heads"
    if standing.is_dir():
        standing = standing.rename(environment.home / f"heads-before-{now:%Y%m%dT%H%M%SZ}")
    copy_in(environment, folder / "media")
    if (folder / "heads").is_dir():
        shutil.copytree(folder / "heads", environment.public_dir / "heads", dirs_exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    entries = _mark_and_verify(environment, production=manifest.production, source=folder, say=say)
    say("与已公布的封存头、台账尾页核对")
    lost = note_behind(environment, tail=tail or environment.tail_dir, heads=heads or standing)
    erased = _replay_erasures(now=now, say=say)
    if lost is not None:
        require_settled(environment)
    return _rebuilt(entries, erased, today=today, say=say)


def revive(
    environment: Environment,
    *,
    production: bool,
    source: Path,
    today: date,
    now: datetime,
    say: Callable[[str], None],
) -> Revived:
    """Mark a home whose data are back, verify its journal, replay erasures, build the public side."""
    entries = _mark_and_verify(environment, production=production, source=source, say=say)
    return _rebuilt(entries, _replay_erasures(now=now, say=say), today=today, say=say)


def _mark_and_verify(
    environment: Environment, *, production: bool, source: Path, say: Callable[[str], None]
) -> int:
    """Write the marker of the home's kind and verify its journal; returns the number of entries."""
    if production:
        home.mark_production(environment, administrators=[])
    else:
        home.mark_demonstration(environment)
    say("核验台账")
    outcome = journal.verify(heads_folder=environment.public_dir / "heads")
    if not outcome.ok:
        raise CommandFailed(
            "journal_differs",
            f"台账核验不通过：{outcome.first_bad or outcome.differences[0]}",
            where=str(source),
            remedy="数据已在，但请先查明原因再启用",
        )
    return outcome.entries


def _replay_erasures(*, now: datetime, say: Callable[[str], None]) -> int:
    """Erase again what had been erased: payloads and files that the journal says are gone."""
    from gongkai.records import api as records
    from gongkai.requests import api as requests

    say("重放清除记录")
    return (
        records.replay_erasures(now=now)
        + records.replay_disposals(now=now)
        + requests.replay_erasures(now=now)
    )


def _rebuilt(entries: int, erased: int, *, today: date, say: Callable[[str], None]) -> Revived:
    """Build the public tree and the search index from the releases, and say what came back."""
    from gongkai.portal import api as portal

    say("重建公开网站与搜索索引")
    built = portal.build(full=True, today=today)
    return Revived(entries=entries, erased=erased, pages=built.pages, indexing_seconds=built.search_seconds)
