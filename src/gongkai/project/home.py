"""Setting up a home (运行目录): folders, database, static files of the desk, first content. Every step may be repeated."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from gongkai.project.environment import PRODUCTION_MARKER, Environment
from gongkai.project.failure import CommandFailed

DEMONSTRATION_MARKER = "DEMONSTRATION"
STATIC_STAMP = ".stamp"

Say = Callable[[str], None]


def unapplied_migrations() -> list[str]:
    """Return the names of migrations that the database lacks."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def prepare_database(*, say: Say, reinstall: bool = False) -> None:
    """Bring the database to the program's version; `reinstall` also puts back missing triggers."""
    waiting = unapplied_migrations()
    if waiting:
        say(f"更新数据库结构（{len(waiting)} 步）")
    if waiting or reinstall:
        call_command("migrate", interactive=False, verbosity=0)


def _static_digest() -> str:
    """Return a digest of names, sizes and ages of all static files, and of the program's version."""
    state = hashlib.sha256(version("gongkai").encode())
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            status = os.stat(storage.path(name))
            state.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return state.hexdigest()


def prepare_static(*, say: Say) -> None:
    """Collect and compress the desk's static files; skipped when nothing changed."""
    root = Path(settings.STATIC_ROOT)
    stamp, digest = root / STATIC_STAMP, _static_digest()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == digest:
        return
    say("整理工作台的样式与脚本")
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest, encoding="ascii")


def prepare_home(environment: Environment, *, say: Say, reinstall: bool = False) -> None:
    """Do everything that a server needs before it can start; safe to repeat."""
    for folder in (
        environment.home,
        environment.media_dir,
        environment.public_dir,
        environment.home / "logs",
    ):
        folder.mkdir(parents=True, exist_ok=True)
    prepare_database(say=say, reinstall=reinstall)
    prepare_static(say=say)


def is_empty() -> bool:
    """Say whether no authority has been set up yet."""
    from gongkai.organisations import api as organisations

    return not organisations.list_organisations()


def is_demonstration(environment: Environment) -> bool:
    """Say whether demonstration data was ever loaded into this home."""
    return (environment.home / DEMONSTRATION_MARKER).exists()


def mark_demonstration(environment: Environment) -> None:
    """Remember for ever that this home holds demonstration data; a production home refuses."""
    if environment.production:
        raise CommandFailed(
            "production_home",
            "正式环境不能装入演示数据",
            where=str(environment.home),
            remedy="请另用一个 GONGKAI_HOME",
        )
    (environment.home / DEMONSTRATION_MARKER).touch()


def mark_production(environment: Environment, *, administrators: list[str]) -> None:
    """Write the marker of a production home; one that ever held demonstration data is refused."""
    if is_demonstration(environment):
        raise CommandFailed(
            "demonstration_home",
            "这个运行目录装过演示数据，不能改作正式使用",
            where=str(environment.home),
            remedy="请用 GONGKAI_HOME 指定一个新的空目录，再执行 gongkai init --production",
        )
    marker = environment.home / PRODUCTION_MARKER
    marker.write_text(
        json.dumps({"administrators": administrators}, ensure_ascii=False) + "\n", encoding="utf-8"
    )
