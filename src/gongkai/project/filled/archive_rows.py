"""Rows of backup, restore, export and import (备份、恢复、导出、导入的速率) over a filled home, each whole operation with its parts."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gongkai.project.archiving.backup import make_backup
from gongkai.project.archiving.export import write_export
from gongkai.project.archiving.import_export import take_in
from gongkai.project.archiving.restore import restore_backup
from gongkai.project.environment import Environment
from gongkai.project.filled.fill import NOW
from gongkai.project.filled.marker import filled_with
from gongkai.project.filled.rows import Parts, megabytes, row

BACKUP, LATER, EXPORT = "backup", "backup-later", "export"


def folder_size(folder: Path) -> tuple[int, int]:
    """Return the number of files below a folder and their bytes, read from the directory only."""
    count = size = 0
    for path, _, names in os.walk(folder):
        for name in names:
            count, size = count + 1, size + os.stat(os.path.join(path, name)).st_size
    return count, size


def backup(environment: Environment, beside: Path) -> Iterator[dict[str, Any]]:
    """Make a backup and, with it as the earlier one, another; both stay in `beside`."""
    shutil.rmtree(beside / BACKUP, ignore_errors=True)
    shutil.rmtree(beside / LATER, ignore_errors=True)
    records, begun = filled_with(environment.home), time.perf_counter()
    manifest = make_backup(environment, beside / BACKUP, now=NOW)
    seconds = time.perf_counter() - begun
    files, size = len(manifest.files), sum(entry.size_bytes for entry in manifest.files)
    about = {"n": records, "files": files, "megabytes": megabytes(size), "seconds": round(seconds, 1)}
    yield row("project.backup", size / 1e6 / seconds, "MB/秒（数据库与附件，含摘要）", **about)
    yield row("project.backup.files", files / seconds, "文件/秒", **about)
    begun = time.perf_counter()
    make_backup(environment, beside / LATER, now=NOW, since=beside / BACKUP)
    later = time.perf_counter() - begun
    yield row(
        "project.backup.since", later, "秒（其中附件用硬链接）", ratio_to="完整备份", ratio=round(later / seconds, 2), n=records
    )  # fmt: skip
    shutil.rmtree(beside / LATER)


def export(environment: Environment, beside: Path) -> Iterator[dict[str, Any]]:
    """Write an export into `beside`, where it stays."""
    shutil.rmtree(beside / EXPORT, ignore_errors=True)
    begun = time.perf_counter()
    done = write_export(
        environment, beside / EXPORT, reason="own_keeping", credentials=True, user=None, today=NOW.date(), now=NOW
    )  # fmt: skip
    seconds = time.perf_counter() - begun
    about = {
        "n": filled_with(environment.home), "rows": done.rows, "tables": done.tables, "files": done.files,
        "megabytes": megabytes(done.size_bytes), "seconds": round(seconds, 1),
    }  # fmt: skip
    yield row("project.export", done.rows / seconds, "行/秒（各表与附件，含摘要）", **about)
    yield row("project.export.bytes", done.size_bytes / 1e6 / seconds, "MB/秒", **about)
    yield row("project.export.files", done.files / seconds, "文件/秒", **about)


def restore(environment: Environment, beside: Path) -> Iterator[dict[str, Any]]:
    """Restore the backup of `beside` into this empty home."""
    count, size = folder_size(beside / BACKUP)
    parts = Parts("核对备份")
    done = restore_backup(environment, beside / BACKUP, today=NOW.date(), now=NOW, say=parts.next)
    yield from _revived("project.restore", parts, done, count=count, size=size)


def import_export(environment: Environment, beside: Path) -> Iterator[dict[str, Any]]:
    """Take the export of `beside` into this empty home."""
    count, size = folder_size(beside / EXPORT)
    parts = Parts("核对导出")
    rows, done = take_in(environment, beside / EXPORT, today=NOW.date(), now=NOW, say=parts.next)
    seconds = parts.ended()
    yield row("project.import_export.rows", rows / seconds["写入各表"], "行/秒（写入各表）", n=rows)
    yield from _revived("project.import_export", parts, done, count=count, size=size)


def _revived(name: str, parts: Parts, done: Any, *, count: int, size: int) -> Iterator[dict[str, Any]]:
    """Yield the whole and its parts: files and bytes put back, journal verified, public side built."""
    seconds = parts.ended()
    built = seconds.get("重建公开网站与搜索索引", 0.0)
    data = sum(seconds.values()) - built - seconds["核验台账"] - seconds.get("更新数据库结构", 0.0)
    about = {"files": count, "megabytes": megabytes(size), "seconds": {k: round(v, 1) for k, v in seconds.items()}}  # fmt: skip
    yield row(name, sum(seconds.values()), "秒（核对、写入、核验、重建）", n=count, **about)
    yield row(f"{name}.bytes", size / 1e6 / data, "MB/秒（核对与写入）", n=count)
    yield row(f"{name}.files", count / data, "文件/秒（核对与写入）", n=count)
    yield row(
        f"{name}.journal", done.entries / seconds["核验台账"], "条/秒（核验台账与各表）", n=done.entries
    )
    rate = done.pages / (built - done.indexing_seconds)
    yield row(
        f"{name}.build",
        rate,
        "文件/秒（含 .gz .br）",
        budget="≥ 1000（2 核）",
        met=rate >= 1000,
        n=done.pages,
    )
    yield row(f"{name}.index", done.indexing_seconds, "秒（建索引）", n=done.pages)
