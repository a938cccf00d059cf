"""Upgrading a home (升级): a copy of the database first, then its new shape; and the way back, which deletes nothing."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from django.core.management import call_command

from gongkai.project import home
from gongkai.project.archiving import database_copy
from gongkai.project.archiving.backup import make_backup
from gongkai.project.archiving.manifest import verified_manifest
from gongkai.project.environment import Environment
from gongkai.project.failure import CommandFailed

FOLDER = "before-upgrade"
VERSION_FILE = "version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """What an upgrade did: the steps, the folder of the copy made before (None where there was nothing to do), versions."""

    steps: tuple[str, ...]
    backup: Path | None
    before: str
    after: str


def program_before(environment: Environment) -> str:
    """Return the version of the program that last prepared this home, empty when unknown."""
    try:
        return (environment.home / VERSION_FILE).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def note_version(environment: Environment) -> None:
    """Remember which version of the program prepared this home."""
    (environment.home / VERSION_FILE).write_text(version("gongkai") + "\n", encoding="ascii")


def upgrade(environment: Environment, *, target: Path | None, now: datetime, say: home.Say) -> Upgraded:
    """Copy the database, then bring it to the program's shape. Without waiting steps nothing is copied.

    `target` is where the copy goes, by default a dated folder in the home. Attachments are not copied: an upgrade never
    touches them. Raises CommandFailed when there is no room for the copy, or when a step fails; the message tells the way back.
    """
    steps, before = tuple(home.unapplied_migrations()), program_before(environment)
    backup = None
    if steps and database_copy.has_tables():
        backup = target or environment.home / FOLDER / f"{now:%Y%m%dT%H%M%SZ}"
        _require_room(environment, backup)
        say(f"备份数据库到 {backup}")
        make_backup(environment, backup, now=now, media=False)
        verified_manifest(backup)
    if steps:
        say(f"更新数据库结构（{len(steps)} 步）")
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except Exception as error:
            raise CommandFailed(
                "upgrade_failed",
                f"升级中断：{type(error).__name__}: {error}",
                where=str(backup or ""),
                remedy=f"请停止服务，执行 gongkai upgrade --back {backup}，再装回{before or '原来的'}版本的程序",
            ) from error
    note_version(environment)
    return Upgraded(steps=steps, backup=backup, before=before, after=version("gongkai"))


def _require_room(environment: Environment, target: Path) -> None:
    existing = next(folder for folder in (target, *target.parents) if folder.is_dir())
    needed, free = database_copy.size_bytes(), shutil.disk_usage(existing).free
    if free < needed * 3 // 2:
        raise CommandFailed(
            "no_room",
            f"磁盘放不下升级前的备份：需要约 {needed * 3 / 2 / 1024**2:.0f} MB，剩余 {free / 1024**2:.0f} MB",
            where=str(existing),
            remedy="请清理磁盘，或用 --backup 指定别的磁盘上的目录",
        )


def go_back(environment: Environment, folder: Path, *, now: datetime, say: home.Say) -> str:
    """Put the database of before an upgrade back and return where the present one was laid aside.

    What was written after the upgrade stays in the database laid aside. The program of that version must then be installed;
    attachments stay as they are, they are only ever added to.
    """
    manifest = verified_manifest(folder)
    if manifest.database != database_copy.kind():
        raise CommandFailed(
            "other_database",
            f"备份来自 {manifest.database}",
            where=str(folder),
            remedy="请选用这个数据库的备份",
        )
    say("移开现在的数据库")
    aside = database_copy.lay_aside(now=now)
    say("放回升级前的数据库")
    database_copy.copy_in(folder, database=manifest.database)
    (environment.home / VERSION_FILE).unlink(missing_ok=True)
    return aside
