"""`gongkai bench`: the performance table, ratios beside the figures."""

from __future__ import annotations

import os
from pathlib import Path

import click

from gongkai.project.benches import as_markdown, bench_modules, measure
from gongkai.project.commands.console import ChineseCommand, json_option, print_json
from gongkai.project.failure import CommandFailed


@click.command("bench", cls=ChineseCommand)
@click.option("--only", metavar="名称", help="只测一个房间（如 portal）或名称以此开头的几行")
@click.option("--list", "only_list", is_flag=True, help="只列出可测的房间")
@click.option(
    "--size",
    type=click.IntRange(min=1),
    metavar="条数",
    help="备份、恢复、导出、导入、发布、搜索、列表、回查各行在造多少条公开信息的库上测量，默认 1000；另测 1000 条作对照",
)
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="造好的库留在这个目录，下次用同样的 --size 直接续用；不写则用完删除",
)
@json_option
def command(only: str | None, only_list: bool, size: int | None, home: Path | None, as_json: bool) -> None:
    """逐项测量并与预算对照，比值比绝对值可靠。测量在临时目录中进行，不碰运行目录。

    在 PostgreSQL 上测量：把 GONGKAI_BENCH_DATABASE 写成一个空数据库的地址，其用户要能新建数据库（另建几个，测完删除）。
    """
    if size is not None:
        os.environ["GONGKAI_BENCH_SIZE"] = str(size)
    if home is not None:
        os.environ["GONGKAI_BENCH_HOME"] = str(home.absolute())
    if only_list:
        click.echo("\n".join(bench_modules()))
        return
    rows = []
    for row in measure(only):
        rows.append(row)
        if not as_json:
            click.echo(f"  {row['name']}：{row['value']} {row['unit']}", err=True)
    if not rows:
        raise CommandFailed(
            "no_bench",
            f"没有可测的项目：{only or '全部'}",
            where="--only",
            remedy="用 gongkai bench --list 查看",
            exit_code=2,
        )
    if as_json:
        print_json(rows)
    else:
        click.echo(as_markdown(rows))
