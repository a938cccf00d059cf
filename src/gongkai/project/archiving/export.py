"""Write everything out in open formats (整体导出): tables as JSON Lines, files as they are, a description of both. Keys stay outside."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Model

from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.project import home
from gongkai.project.archiving import raw_database
from gongkai.project.archiving.attachments_copy import copy_out
from gongkai.project.archiving.backup import no_room
from gongkai.project.archiving.data_package import files_resource, table_resource, write_descriptor
from gongkai.project.archiving.database_copy import kind
from gongkai.project.archiving.exported_tables import exported_models, rows_of
from gongkai.project.archiving.manifest import list_files
from gongkai.project.environment import Environment
from gongkai.project.facts import DataExported
from gongkai.project.failure import CommandFailed

REASONS = {
    "own_keeping": "本单位留存",
    "moving": "迁到另一套系统",
    "handing_over": "移交档案或上级",
    "inspection": "监督检查",
}
KEY_FILES = ("journal-ed25519", "identity-sm4", "identity-sm3")
FOLDERS = ("media", "heads", "regulations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an export holds."""

    tables: int
    rows: int
    files: int
    size_bytes: int


def key_marks(secret_dir: Path) -> dict[str, str]:
    """Return a short mark of each key that the data depend on: it tells two keys apart and gives none away."""
    found = {}
    for name in KEY_FILES:
        path = secret_dir / f"{name}.key"
        if path.is_file():
            found[name] = hashlib.sha256(b"gongkai-key:" + path.read_bytes()).hexdigest()[:16]
    return found


def counted_keys(models: list[type[Model]]) -> list[tuple[str, str]]:
    """Return (table, column) of the tables whose numbers are given by a counter."""
    return [
        (model._meta.db_table, model._meta.pk.column)
        for model in models
        if model._meta.pk.get_internal_type() in {"AutoField", "BigAutoField"}
    ]


def note_export(*, reason: str, credentials: bool, user: Any, today: date, now: datetime) -> None:
    """Write the fact that an export was made, before anything leaves."""
    roots = [info.code for info in organisations.list_organisations(kind="authority")]
    org = roots[0] if roots else "unassigned"
    by = (
        organisations.actor(user=user, role="system_admin")
        if user is not None
        else journal.Actor(kind="system")
    )
    fact = DataExported(org=org, subject=f"export:{today}", on=today, reason=reason, credentials=credentials)
    with transaction.atomic():
        journal.record_fact(fact, actor=by, now=now)


def write_export(
    environment: Environment,
    target: Path,
    *,
    reason: str,
    credentials: bool,
    user: Any,
    today: date,
    now: datetime,
) -> Exported:
    """Write an export into a folder that must not exist yet; it appears whole or not at all.

    Published heads first, tables of one moment next, files last, as in a backup. `reason` is a key of REASONS.
    `credentials` adds password hashes and authenticator keys. A fact says who took it, why, and with what.
    """
    if target.exists():
        raise CommandFailed("exists", "导出目录已经存在", where=str(target), remedy="请换一个新目录名")
    if home.unapplied_migrations():
        raise CommandFailed(
            "other_version", "数据库结构落后于程序", where="DATABASE_URL", remedy="请先执行 gongkai upgrade"
        )
    note_export(reason=reason, credentials=credentials, user=user, today=today, now=now)
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    (partial / "tables").mkdir(parents=True)
    try:
        heads = environment.public_dir / "heads"
        if heads.is_dir():
            shutil.copytree(heads, partial / "heads", ignore=shutil.ignore_patterns("*.gz", "*.br"))
        resources, last = _write_tables(partial, credentials=credentials)
        if damaged := copy_out(environment, partial / "media"):
            raise CommandFailed(
                "damaged_files",
                f"附件存放处有 {len(damaged)} 个文件损坏，如 {damaged[0]}",
                where="附件",
                remedy="请先从备份取回（gongkai check --files 列出），再导出",
            )
        if office := os.environ.get("GONGKAI_REGULATIONS"):
            shutil.copytree(office, partial / "regulations")
        files, size = _write_file_list(partial)
        rows = sum(resource["gongkai"]["rows"] for resource in resources)
        about = {
            "made_at": now.isoformat(), "program": version("gongkai"), "database": kind(), "production": environment.production,
            "site_url": environment.site_url, "base_path": environment.base_path, "credentials": credentials, "reason": reason,
            "keys": key_marks(environment.secret_dir), "migrations": raw_database.applied_migrations(), "counters": last,
        }  # fmt: skip
        tables = len(resources)
        write_descriptor(partial, resources=[*resources, files_resource(partial)], facts_about=about)
        partial.rename(target)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise no_room(error, target) from error
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return Exported(
        tables=tables, rows=rows, files=files, size_bytes=size + sum(r["bytes"] for r in resources)
    )


def _write_tables(folder: Path, *, credentials: bool) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Write one file for each table and return their resources and the counters of numbers given."""
    models = exported_models(credentials=credentials)
    counts: list[int] = []
    with raw_database.one_moment():
        for model in models:
            path = folder / "tables" / f"{model._meta.db_table}.jsonl"
            count = 0
            with path.open("w", encoding="utf-8", newline="\n") as stream:
                for row in rows_of(model, credentials=credentials):
                    stream.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
                    count += 1
            counts.append(count)
        last = raw_database.counters(counted_keys(models))
    names = {model._meta.db_table for model in models}
    resources = [
        table_resource(folder, model, rows=count, tables=names)
        for model, count in zip(models, counts, strict=True)
    ]
    return resources, last


def _write_file_list(folder: Path) -> tuple[int, int]:
    """Write files.csv over everything beside the tables; return number and bytes."""
    count = size = 0
    with (folder / "files.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["path", "size_bytes", "sha256"])
        for name in FOLDERS:
            if not (folder / name).is_dir():
                continue
            for entry in list_files(folder / name):
                writer.writerow([f"{name}/{entry.path}", entry.size_bytes, entry.sha256])
                count, size = count + 1, size + entry.size_bytes
    return count, size
