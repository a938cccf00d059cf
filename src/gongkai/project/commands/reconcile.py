"""`gongkai reconcile`."""

from __future__ import annotations

import click
from django.utils import timezone

from gongkai.project.commands.console import ChineseCommand, json_option, print_json
from gongkai.project.django_setup import start_django
from gongkai.project.failure import CommandFailed


@click.command("reconcile", cls=ChineseCommand)
@click.option("--settle", is_flag=True, help="已看过清单：再次撤下、清除，留出用过的编号，然后继续使用")
@click.option("--user", "username", metavar="账号", help="由谁负责再次撤下；须有撤下的权限")
@json_option
def command(settle: bool, username: str | None, as_json: bool) -> int:
    """恢复旧备份之后对账：列出备份之后公众已经知道的（回执、送达文书、公开与撤下）；没有对账的运行目录不能启动，以 1 退出。"""
    environment = start_django()
    from gongkai.organisations import api as organisations
    from gongkai.project.archiving import behind as restored

    if settle:
        if not username:
            raise CommandFailed(
                "no_user",
                "没有写明由谁负责",
                where="--user",
                remedy="请加 --user 有撤下权的账号",
                exit_code=2,
            )
        done = restored.settle(
            environment,
            user=organisations.get_user(username=username),
            today=timezone.localdate(),
            now=timezone.now(),
            say=lambda text: click.echo(f"==> {text}", err=True),
        )
        if as_json:
            print_json({"ok": True, "withdrawn": done.withdrawn, "erased": done.erased, "pages": done.pages})
        else:
            click.echo(
                f"对账完成：再次撤下 {done.withdrawn} 条，再次清除 {done.erased} 份，生成 {done.pages} 页"
            )
            click.echo(f"清单留在 {environment.home / restored.LIST}，请逐条补办")
        return 0
    found = restored.read_marker(environment)
    if as_json:
        lost = None if found is None else {"last_seq": found.last_seq, "newest_seq": found.newest_seq, "told": found.told, "unknown": found.unknown}  # fmt: skip
        print_json({"ok": found is None, "lost": lost})
    elif found is None:
        click.echo("没有要对账的")
    else:
        parts = [f"{kind} {count} 项" for kind, count in found.told.items()]
        if found.unknown:
            parts.append(f"只知道编号的 {found.unknown} 项（没有台账尾页）")
        click.echo(
            f"备份只到台账第 {found.last_seq} 号，已公布到第 {found.newest_seq} 号（{found.newest_at}）"
        )
        click.echo(f"备份之后：{'，'.join(parts)}；清单：{environment.home / restored.LIST}")
        click.echo("看过清单后执行 gongkai reconcile --settle --user 有撤下权的账号")
    return 0 if found is None else 1
