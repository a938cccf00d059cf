"""Make a backup (备份): database, attachments, published heads, regulations of the office. Keys are left out on purpose."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from gongkai.kernel.attachment_errors import AttachmentsAway
from gongkai.project.archiving import database_copy
from gongkai.project.archiving.attachments_copy import copy_out
from gongkai.project.archiving.manifest import Manifest, StoredFile, list_files, read_manifest, write_manifest
from gongkai.project.environment import Environment
from gongkai.project.failure import CommandFailed
from gongkai.project.health import LAST_BACKUP


def _linked(folder: Path, since: Path | None, known: Mapping[str, StoredFile]) -> dict[str, StoredFile]:
    """Return the files that are the earlier backup's own: their digest was read when that one was made."""
    if since is None:
        return {}
    return {
        path: entry
        for path, entry in known.items()
        if (folder / path).is_file() and (since / path).is_file() and (folder / path).samefile(since / path)
    }


def no_room(error: OSError, target: Path) -> CommandFailed:
    """Return the failure of a copy that could not be written: nothing of it was left."""
    if isinstance(error, AttachmentsAway):
        return CommandFailed(
            error.code, str(error), where=str(target), remedy="没有留下写了一半的文件；对象存储恢复后再做一次"
        )
    why = {errno.ENOSPC: "磁盘已满", errno.EDQUOT: "超出磁盘配额", errno.EACCES: "没有写权限"}
    reason = why.get(error.errno or 0, error.strerror or str(error))
    return CommandFailed(
        "not_written",
        f"没有写成：{reason}；没有留下写了一半的文件",
        where=str(target),
        remedy="请腾出空间或换一个目录，再做一次",
    )


def make_backup(
    environment: Environment, target: Path, *, now: datetime, media: bool = True, since: Path | None = None
) -> Manifest:
    """Write a backup into a folder that must not exist yet; it appears whole or not at all.

    Order matters while others write: published heads first (the copy of the database then holds at least what they
    seal), the database next, attachments last (every file that the copy names is there). Without `media` it is a step of an upgrade, not a backup
    to restore from. With `since`, an earlier backup on the same file system, files that it holds already are linked instead of copied and read
    again: the new backup is whole and is verified like any other, the old one may be deleted.
    """
    known = {entry.path: entry for entry in read_manifest(since).files} if since else {}
    if target.exists():
        raise CommandFailed("exists", "备份目录已经存在", where=str(target), remedy="请换一个新目录名")
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        partial.mkdir(parents=True)
        heads = environment.public_dir / "heads"
        if heads.is_dir():
            shutil.copytree(heads, partial / "heads", ignore=shutil.ignore_patterns("*.gz", "*.br"))
        database_copy.copy_out(partial)
        damaged = copy_out(environment, partial / "media", since=since, known=known) if media else []
        if office := os.environ.get("GONGKAI_REGULATIONS"):
            shutil.copytree(office, partial / "regulations")
        manifest = Manifest(
            made_at=now.isoformat(),
            program=version("gongkai"),
            database=database_copy.kind(),
            production=environment.production,
            media=media,
            damaged=tuple(damaged),
            files=tuple(list_files(partial, known=_linked(partial, since, known))),
        )
        write_manifest(partial, manifest)
        partial.rename(target)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise no_room(error, target) from error
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    if media:
        (environment.home / LAST_BACKUP).write_text(now.isoformat() + "\n", encoding="ascii")
    return manifest
