"""Take an export in (导入整体导出): verify every file, fill an empty home, and end with the same public tree."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection

from gongkai.organisations import api as organisations
from gongkai.project import home
from gongkai.project.archiving import raw_database
from gongkai.project.archiving.attachments_copy import copy_in, has_attachments
from gongkai.project.archiving.data_package import DESCRIPTOR, read_descriptor
from gongkai.project.archiving.export import counted_keys, key_marks
from gongkai.project.archiving.exported_tables import PASSING, put_rows
from gongkai.project.archiving.manifest import digest, list_files
from gongkai.project.archiving.restore import Revived, revive
from gongkai.project.environment import Environment
from gongkai.project.failure import CommandFailed


def verified_descriptor(folder: Path) -> dict[str, Any]:
    """Return the descriptor of an export whose every file is as it was; raises CommandFailed naming the first that is not."""
    descriptor = read_descriptor(folder)
    wrong = sorted(_damages(folder, descriptor))
    if wrong:
        more = f" 等 {len(wrong)} 处" if len(wrong) > 1 else ""
        raise CommandFailed(
            "damaged_export", f"导出已损坏：{wrong[0]}{more}", where=str(folder), remedy="请重新导出"
        )
    return descriptor


def _damages(folder: Path, descriptor: dict[str, Any]) -> Iterator[str]:
    expected = {entry["path"]: entry["hash"].removeprefix("sha256:") for entry in descriptor["resources"]}
    listed = folder / "files.csv"
    if listed.is_file() and digest(listed) == expected.get("files.csv"):
        with listed.open(encoding="utf-8", newline="") as stream:
            expected |= {row["path"]: row["sha256"] for row in csv.DictReader(stream)}
    found = {entry.path: entry.sha256 for entry in list_files(folder) if entry.path != DESCRIPTOR}
    yield from (f"缺少文件 {path}" for path in expected.keys() - found.keys())
    yield from (f"多出文件 {path}" for path in found.keys() - expected.keys())
    yield from (
        f"文件被改动 {path}" for path in expected.keys() & found.keys() if expected[path] != found[path]
    )


def _require_keys(environment: Environment, about: dict[str, Any]) -> None:
    here = key_marks(environment.secret_dir)
    if wrong := [name for name, mark in about["keys"].items() if here.get(name) != mark]:
        raise CommandFailed(
            "no_keys",
            f"缺少导出时的密钥：{'、'.join(wrong)}",
            where=str(environment.secret_dir),
            remedy="请先把原系统密钥目录中的文件放到这里；没有它们，台账无法核验，加密的个人信息无法读出",
        )


def _require_empty(environment: Environment) -> None:
    if has_attachments(environment) or not home.is_empty():
        raise CommandFailed(
            "not_empty",
            "目标运行目录或数据库里已有数据",
            where=str(environment.home),
            remedy="请导入到一个空的运行目录（GONGKAI_HOME）和空数据库",
        )


def _require_same_shape(about: dict[str, Any]) -> None:
    here, there = raw_database.applied_migrations(), about["migrations"]
    if different := sorted(app for app in here.keys() | there.keys() if here.get(app) != there.get(app)):
        raise CommandFailed(
            "other_version",
            f"导出来自 {about['program']}，表结构与现在的程序不同（{'、'.join(different[:5])}）",
            where=DESCRIPTOR,
            remedy="请用导出时的程序版本导入，再升级",
        )


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def _fill_tables(folder: Path, descriptor: dict[str, Any]) -> int:
    """Put every row in and return how many; all or nothing."""
    models = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
    }
    chosen = [models[entry["name"]] for entry in descriptor["resources"] if entry["name"] in models]
    tables = [table for table in sorted(models) if table != "wagtailsearch_indexentry_fts"]
    rows = 0
    with raw_database.below_triggers(tables):
        raw_database.empty_tables(
            [table for table in tables if table not in PASSING or table == "wagtailsearch_indexentry"]
        )
        for model in chosen:
            rows += put_rows(
                model, _rows(folder / "tables" / f"{model._meta.db_table}.jsonl"), connection=connection
            )
        raw_database.set_counters(counted_keys(chosen), descriptor["gongkai"]["counters"])
    return rows


def take_in(
    environment: Environment, folder: Path, *, today: date, now: datetime, say: Callable[[str], None]
) -> tuple[int, Revived]:
    """Fill an empty home from an export; nothing is written when it is damaged, keys are missing or the home is not empty.

    Returns the number of rows and what `revive` found. Raises CommandFailed.
    """
    say("核对导出的每个文件")
    descriptor = verified_descriptor(folder)
    about = descriptor["gongkai"]
    _require_keys(environment, about)
    home.prepare_home(environment, say=say)
    _require_empty(environment)
    _require_same_shape(about)
    say("写入各表")
    rows = _fill_tables(folder, descriptor)
    say("写入附件")
    copy_in(environment, folder / "media")
    if (folder / "heads").is_dir():
        shutil.copytree(folder / "heads", environment.public_dir / "heads", dirs_exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    return rows, revive(
        environment, production=about["production"], source=folder, today=today, now=now, say=say
    )


def set_first_password(*, username: str, password: str) -> None:
    """Give one account a password, so that somebody can log in and reset the others; raises CommandFailed for a weak one."""
    person = organisations.get_user(username=username)
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise CommandFailed(
            "weak_password",
            "；".join(error.messages),
            where=f"账号「{username}」的新口令",
            remedy="数据已导入；请另选口令",
        ) from error
    person.set_password(password)
    person.save()
