"""Make a backup (备份): database, attachments, published heads, regulations of the office. Keys are left out on purpose."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from gongkai.project.archiving import database_copy
from gongkai.project.archiving.manifest import Manifest, list_files, write_manifest
from gongkai.project.environment import Environment
from gongkai.project.failure import CommandFailed
from gongkai.project.health import LAST_BACKUP


def make_backup(environment: Environment, target: Path, *, now: datetime, media: bool = True) -> Manifest:
    """Write a backup into a folder that must not exist yet; it appears whole or not at all.

    Order matters while others write: published heads first (the copy of the database then holds at least what they
    seal), the database next, attachments last (every file that the copy names is there). Without `media` it is a step of an upgrade, not a backup
    to restore from.
    """
    if target.exists():
        raise CommandFailed("exists", "备份目录已经存在", where=str(target), remedy="请换一个新目录名")
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    partial.mkdir(parents=True)
    try:
        heads = environment.public_dir / "heads"
        if heads.is_dir():
            shutil.copytree(heads, partial / "heads", ignore=shutil.ignore_patterns("*.gz", "*.br"))
        database_copy.copy_out(partial)
        if media and environment.media_dir.is_dir():
            shutil.copytree(environment.media_dir, partial / "media", ignore=shutil.ignore_patterns(".*"))
        if office := os.environ.get("GONGKAI_REGULATIONS"):
            shutil.copytree(office, partial / "regulations")
        manifest = Manifest(
            made_at=now.isoformat(),
            program=version("gongkai"),
            database=database_copy.kind(),
            production=environment.production,
            media=media,
            files=tuple(list_files(partial)),
        )
        write_manifest(partial, manifest)
        partial.rename(target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    if media:
        (environment.home / LAST_BACKUP).write_text(now.isoformat() + "\n", encoding="ascii")
    return manifest
