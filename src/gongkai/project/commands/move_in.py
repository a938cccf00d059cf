"""`gongkai move-in`: what was public on an old site is read into drafts, signed by the list, released with its old dates."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import click

from gongkai.project.commands.console import ChineseCommand, ChineseGroup, json_option, print_json
from gongkai.project.django_setup import start_django
from gongkai.project.failure import CommandFailed

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.group(cls=ChineseGroup)
def command() -> None:
    """原网站迁移：读取旧站、检查、建草稿；整批审签后带着原日期、原地址发布。"""


@command.command("stage", cls=ChineseCommand)
@click.option("--org", "org_code", metavar="机构", required=True, help="迁入的机构代码")
@click.option("--site", metavar="网址", required=True, help="原网站地址，如 http://wjw.example.gov.cn")
@click.option("--mirror", type=_FOLDER, metavar="文件夹", help="网页镜像（wget、httrack 等做的）")
@click.option(
    "--addresses", type=_FILE, metavar="文件", help="只取这份清单里的地址，一行一个，与 --mirror 同用"
)
@click.option("--table", type=_FILE, metavar="文件", help="原网站导出的 csv、xlsx、json 或 jsonl")
@click.option("--manifest", type=_FILE, metavar="文件", help="文件夹的清单（csv、xlsx），与 --files 同用")
@click.option("--files", type=_FOLDER, metavar="文件夹", help="清单所说的文件，或表格里的附件")
@click.option("--mapping", type=_FILE, metavar="文件", help="对照表（YAML）：列名、栏目去向")
@click.option("--user", "username", metavar="登录名", help="经办人；正式环境必填")
@click.option("--workers", type=click.IntRange(0, 64), metavar="进程数", help="读取进程数，默认按内核数")
@json_option
def stage_command(
    org_code: str,
    site: str,
    mirror: Path | None,
    addresses: Path | None,
    table: Path | None,
    manifest: Path | None,
    files: Path | None,
    mapping: Path | None,
    username: str | None,
    workers: int | None,
    as_json: bool,
) -> int:
    """读取并建草稿；什么都不会公开。中断后原样再执行一次即接着做，重复执行不会重复导入。"""
    environment = start_django()
    from django.utils import timezone

    from gongkai.project.moving.reader_processes import sensible_workers
    from gongkai.project.moving.staging import Source, open_move, stage
    from gongkai.project.operators import operator

    root = _site_of(
        site, [mirror, table, manifest], complete=not ((manifest and not files) or (addresses and not mirror))
    )
    source = Source(
        kind="mirror" if mirror else "table" if table else "manifest",
        site=root,
        folder=mirror or files,
        table=table or manifest,
        addresses=addresses,
        mapping=mapping.read_text(encoding="utf-8-sig") if mapping else "",
    )
    user = operator(
        environment,
        username=username,
        action="import",
        kind="record",
        org_code=org_code,
        today=timezone.localdate(),
    )
    move = open_move(source=source, org_code=org_code, user=user, now=timezone.now())
    move = stage(
        move=move,
        source=source,
        user=user,
        now=timezone.now(),
        workers=sensible_workers(10_000) if workers is None else workers,
        progress=None if as_json else _Progress(),
    )
    _report(move, as_json=as_json)
    return 1 if move.summary["unread"] else 0


def _site_of(site: str, sources: list[Path | None], *, complete: bool) -> str:
    """Return the root of the old site. Raises CommandFailed for that, or unless exactly one source is named with all it needs."""
    from gongkai.project.moving.core.addresses import site_root

    if sum(one is not None for one in sources) != 1 or not complete:
        raise CommandFailed(
            "source",
            "来源要写清楚一种：--mirror，或 --table，或 --manifest 加 --files",
            where="来源",
            remedy="用 gongkai move-in stage --help 查看",
            exit_code=2,
        )
    try:
        return site_root(site)
    except ValueError:
        raise CommandFailed(
            "site", "原网站地址不对", where=site, remedy="如 http://wjw.example.gov.cn", exit_code=2
        ) from None


@command.command("list", cls=ChineseCommand)
@json_option
def list_command(as_json: bool) -> None:
    """列出各批迁移和进度。"""
    start_django()
    from gongkai.project.moving.models import MoveIn

    for move in MoveIn.objects.select_related("started_by"):
        row = {
            "batch": move.pk,
            "org": move.org_code,
            "site": move.site,
            "state": move.state,
            "listed": move.listed_count,
        }
        print_json(row) if as_json else click.echo(
            f"第 {move.pk} 批　{move.org_code}　{move.site}　{move.get_state_display()}　清单 {move.listed_count} 条"
        )


@command.command("report", cls=ChineseCommand)
@click.argument("batch", type=int, metavar="批号")
@click.option(
    "--csv",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="文件夹",
    help="另写 条目.csv 和 未读出.csv",
)
@json_option
def report_command(batch: int, folder: Path | None, as_json: bool) -> None:
    """一批迁移的报告：读了多少、检查发现、没有读出的内容和怎样处理。"""
    start_django()
    from gongkai.project.moving.desk_tables import ITEM_HEADINGS, PROBLEM_HEADINGS, plain_cells
    from gongkai.project.moving.review import get_move
    from gongkai.project.moving.summary import item_rows, problem_rows, sum_up

    move = get_move(batch)
    move.summary = sum_up(move)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        for name, headings, rows in (
            ("条目.csv", ITEM_HEADINGS, item_rows(move)),
            ("未读出.csv", PROBLEM_HEADINGS, problem_rows(move)),
        ):
            with (folder / name).open("w", encoding="utf-8-sig", newline="") as stream:
                writer = csv.writer(stream)
                writer.writerow(headings)
                writer.writerows(plain_cells(row) for row in rows)
    _report(move, as_json=as_json)


@command.command("put-forward", cls=ChineseCommand)
@click.argument("batch", type=int, metavar="批号")
@click.option("--user", "username", metavar="登录名", help="经办人；正式环境必填")
def put_command(batch: int, username: str | None) -> None:
    """把没有问题的草稿列成清单，提请审签；审签在工作台「网站迁移」里进行。"""
    environment = start_django()
    from django.utils import timezone

    from gongkai.project.moving.carrying_on import carry_on
    from gongkai.project.moving.review import get_move, put_forward
    from gongkai.project.operators import operator

    move = get_move(batch)
    user = operator(
        environment,
        username=username,
        action="submit",
        kind="record",
        org_code=move.org_code,
        today=timezone.localdate(),
    )
    move = carry_on(move=put_forward(move=move, user=user, now=timezone.now()), clock=timezone.now)
    click.echo(
        f"第 {move.pk} 批已列入 {move.listed_count} 条，{move.get_state_display()}；清单校验值 {move.list_sha256}"
    )


@command.command("continue", cls=ChineseCommand)
@click.argument("batch", type=int, metavar="批号")
def continue_command(batch: int) -> None:
    """接着办被中断的清单、审签登记或发布（后台任务平时会自动做）。"""
    start_django()
    from django.utils import timezone

    from gongkai.project.moving.carrying_on import carry_on
    from gongkai.project.moving.review import get_move

    move = carry_on(move=get_move(batch), clock=timezone.now)
    click.echo(f"第 {move.pk} 批：{move.get_state_display()}")


@command.command("guess", cls=ChineseCommand)
@click.argument("table", type=_FILE, metavar="文件")
def guess_command(table: Path) -> None:
    """猜测导出表各列的含义，输出可以改的对照表。"""
    start_django()
    from gongkai.project.moving.core.mapping import as_yaml, guess_columns
    from gongkai.project.moving.sources import headers_of

    headers = headers_of(table)
    click.echo(f"# 表里的列：{'、'.join(headers)}\n{as_yaml(guess_columns(headers))}", nl=False)


@command.command("redirects", cls=ChineseCommand)
def redirects_command() -> None:
    """输出旧地址到新地址的 nginx 对照（map），供 gongkai nginx --moved 引用。"""
    from gongkai.portal.nginx import moved_map
    from gongkai.project.environment import read_environment

    for line in moved_map(read_environment().public_dir):
        click.echo(line)


class _Progress:
    """One line on the terminal that moves; nothing where nobody looks."""

    def __call__(self, step: str, done: int, of: int) -> None:
        """Show how far a step is."""
        if sys.stderr.isatty():
            click.echo(f"\r{step} {done}/{of}   ", err=True, nl=done >= of)


def _report(move: Any, *, as_json: bool) -> None:
    from gongkai.project.moving.core.problems import WORDS
    from gongkai.project.moving.summary import SEVERITIES

    said = move.summary
    if as_json:
        print_json({"batch": move.pk, "state": move.state, **said})
        return
    click.echo(f"第 {move.pk} 批　{move.site} → {move.org_code}　{move.get_state_display()}")
    click.echo(
        f"  列出 {said['found']} 条，建草稿 {said['drafted']} 条，其中 {said['clean']} 条可列入清单；没有读出 {said['unread']} 条"
    )
    for name, label in SEVERITIES.items():
        if count := said["severities"].get(name):
            click.echo(f"  最重发现为{label}：{count} 条")
    for code, count in sorted(said["problems"].items(), key=lambda pair: -pair[1]):
        click.echo(f"  {WORDS[code][0]}：{count} 处；{WORDS[code][1]}")
