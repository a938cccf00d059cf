"""`gongkai retention`: rules, what is due, old backups."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click
from django.utils import timezone

from gongkai.project.commands.console import ChineseCommand, json_option, print_json
from gongkai.project.django_setup import start_django
from gongkai.project.failure import CommandFailed
from gongkai.project.retention.rules import retention_rules, rule_days

if TYPE_CHECKING:
    from gongkai.project.environment import Environment


class _RetentionGroup(ChineseCommand, click.Group):
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options and the commands below."""
        ChineseCommand.format_options(self, ctx, formatter)
        with formatter.section("命令"):
            formatter.write_dl(
                [
                    ("rules", "每一类数据保留多久、依据、怎样了结"),
                    ("due", "到期待处置的；提请、同意、执行在工作台“保管与处置”"),
                    ("backups", "目录下或对象存储里（--store）到期的备份；加 --remove 删除"),
                ]
            )


@click.group("retention", cls=_RetentionGroup)
def command() -> None:
    """保管与处置：期限是数据（regulations/retention/），处置由两个人在工作台上决定。"""


@command.command("rules", cls=ChineseCommand)
@json_option
def rules(as_json: bool) -> None:
    """列出保管规则。"""
    found = retention_rules().values()
    if as_json:
        print_json({"rules": [{"id": r.id, "name": r.name, "mode": r.mode, "term": r.term, "days": r.days, "basis": list(r.basis), "confidence": r.confidence.value} for r in found]})  # fmt: skip
        return
    for rule in found:
        days = f"{rule.days} 天" if rule.days and rule.term == "rule" else "—"
        doubt = f"【{rule.doubt}】" if rule.doubt else ""
        click.echo(f"{rule.name}：{days}，{rule.mode_words}；{'；'.join(rule.basis)}{doubt}")


@command.command("due", cls=ChineseCommand)
@json_option
def due(as_json: bool) -> None:
    """列出各机关到期待处置的，不处置任何东西。"""
    start_django()
    from gongkai.organisations import api as organisations
    from gongkai.project.retention.disposal import all_due

    codes = [info.code for info in organisations.list_organisations(kind="authority")]
    found = all_due(org_codes=codes, today=timezone.localdate())
    if as_json:
        print_json({"due": [{"org": one.org_code, "rule": one.rule.id, "numbers": [item.number for item in one.due]} for one in found]})  # fmt: skip
        return
    for one in found:
        click.echo(f"{one.org_code}　{one.rule.name}：{len(one.due)} 件，最早的是 {one.due[0].number}")
    if not found:
        click.echo("没有到期待处置的")


@command.command("backups", cls=ChineseCommand)
@click.argument(
    "folder",
    metavar="[目录]",
    required=False,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
)
@click.option("--store", "in_store", is_flag=True, help="看对象存储里的备份，不看目录")
@click.option("--remove", is_flag=True, help="删除到期的；最近一份永远留着")
@json_option
def backups(folder: Path | None, in_store: bool, remove: bool, as_json: bool) -> None:
    """列出目录下（或对象存储里）到期的备份：处置过的内容不应在旧备份里一直留着。"""
    if (folder is None) != in_store:
        raise CommandFailed(
            "one_place", "要看目录还是对象存储，须说明其一", where="目录、--store", remedy="给出备份所在的目录，或者 --store"
        )  # fmt: skip
    environment, days = start_django(), rule_days("backups")
    if folder is None:
        count, over = _in_store(environment, days=days, remove=remove)
    else:
        count, over = _in_folder(folder, days=days, remove=remove)
    if as_json:
        print_json({"backups": count, "over": over, "removed": remove})
        return
    for one in over:
        click.echo(f"{'已删除' if remove else '到期'}　{one}")
    click.echo(f"共 {count} 份备份，{len(over)} 份超过 {days} 天")


def _in_folder(folder: Path, *, days: int, remove: bool) -> tuple[int, list[str]]:
    """Return how many backups lie in a folder and which are over their term; remove these if asked."""
    from gongkai.project.archiving import old_backups

    made = old_backups.list_backups(folder)
    over = old_backups.over_term(made, days=days, now=timezone.now())
    for one in over if remove else ():
        old_backups.remove(one)
    return len(made), [str(one.folder) for one in over]


def _in_store(environment: Environment, *, days: int, remove: bool) -> tuple[int, list[str]]:
    """Return how many backups the object store holds and which are over their term; drop these if asked."""
    from gongkai.project.archiving import bucket_backup

    bucket = bucket_backup.backup_bucket(environment)
    made = bucket_backup.list_backups(bucket)
    over = bucket_backup.over_term(made, days=days, now=timezone.now())
    with tempfile.TemporaryDirectory(prefix="gongkai-drop-") as beside:
        for name in over if remove else ():
            bucket_backup.drop(bucket, name, Path(beside))
    return len(made), over
