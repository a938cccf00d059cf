"""`gongkai plan`: work plans. `import --dry-run` needs no database."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from gongkai.project.commands.console import ChineseCommand, json_option, print_json
from gongkai.project.failure import CommandFailed
from gongkai.supervision.cli import check_pack, plan_to_json, read_plan_file, show_pack, show_plan


class _PlanGroup(ChineseCommand, click.Group):
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options and the commands below."""
        ChineseCommand.format_options(self, ctx, formatter)
        with formatter.section("命令"):
            formatter.write_dl([("import", "把工作计划或任务分解表读成任务"), ("check-pack", "核对证据包")])


@click.group("plan", cls=_PlanGroup)
def command() -> None:
    """工作计划。"""


@command.command("import", cls=ChineseCommand)
@click.argument("file", type=click.Path(path_type=Path), metavar="文件")
@click.option("--org", "org_code", metavar="机构", help="计划所属机关代码")
@click.option("--user", "username", metavar="登录名", help="经办人；正式环境必填")
@click.option("--dry-run", is_flag=True, help="只识别，不保存")
@json_option
def import_plan(file: Path, org_code: str | None, username: str | None, dry_run: bool, as_json: bool) -> None:
    """读工作计划（txt、docx、html、pdf 文字，或 xlsx、csv、docx 表格），分成任务、责任科室和时限；读不懂的行逐行列出。"""
    if not dry_run and not org_code:
        raise CommandFailed(
            "no_org",
            "没有指明机关",
            where="--org",
            remedy="请写 --org 机关代码，或加 --dry-run 只作识别",
            exit_code=2,
        )
    plan = read_plan_file(file)
    stored = None if dry_run else _store(file, str(org_code), username)
    if as_json:
        print_json({**plan_to_json(plan), **({} if stored is None else {"plan": stored})})
    else:
        show_plan(plan, out=sys.stdout)
        if stored is not None:
            click.echo(f"已保存为计划 {stored}")


@command.command("check-pack", cls=ChineseCommand)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="文件")
@json_option
def check_pack_file(file: Path, as_json: bool) -> None:
    """核对证据包：文件齐全、没有改动、没有多出。有不符时退出码为 1。"""
    found = check_pack(file.read_bytes())
    if as_json:
        print_json(
            {
                "title": found.title, "tasks": found.tasks, "pieces": found.pieces, "files": found.files,
                "problems": list(found.problems),
            }
        )  # fmt: skip
    else:
        show_pack(found, out=sys.stdout)
    if found.problems:
        sys.exit(1)


def _store(file: Path, org_code: str, username: str | None) -> int:
    """Save the plan in somebody's name and return its number."""
    from django.utils import timezone

    from gongkai.project.django_setup import start_django

    environment = start_django()
    from gongkai.project.operators import operator
    from gongkai.supervision import api as supervision

    today = timezone.localdate()
    user = operator(
        environment, username=username, action="manage", kind="plan", org_code=org_code, today=today
    )
    return supervision.import_plan(
        org_code=org_code, name=file.name, data=file.read_bytes(), user=user, today=today, now=timezone.now()
    )
