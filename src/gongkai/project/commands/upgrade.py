"""`gongkai upgrade`."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils import timezone

from gongkai.project.commands.console import ChineseCommand, json_option, print_json
from gongkai.project.django_setup import start_django


@click.command("upgrade", cls=ChineseCommand)
@click.option(
    "--backup",
    "target",
    type=click.Path(path_type=Path),
    help="升级前的备份放在哪里，默认运行目录的 before-upgrade/",
)
@click.option(
    "--back",
    "back",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="退回：放回升级前备份的数据库；现在的数据库移开保留",
)
@json_option
def command(target: Path | None, back: Path | None, as_json: bool) -> None:
    """换上新版本程序后执行：先备份数据库，再更新其结构。请先停止服务。--back 退回升级之前。"""
    environment = start_django()
    from gongkai.project import home
    from gongkai.project.archiving.upgrade import go_back, upgrade

    def say(text: str) -> None:
        click.echo(f"==> {text}", err=True)

    now = timezone.now()
    if back is not None:
        aside = go_back(environment, back.absolute(), now=now, say=say)
        if as_json:
            print_json({"ok": True, "aside": aside})
        else:
            click.echo(f"已退回到 {back} 的数据库；升级后的数据库移到 {aside}。请装回原来版本的程序再启动")
        return
    done = upgrade(environment, target=target.absolute() if target else None, now=now, say=say)
    home.prepare_home(environment, say=say)
    if as_json:
        print_json(
            {
                "ok": True,
                "steps": len(done.steps),
                "backup": str(done.backup) if done.backup else None,
                "before": done.before,
                "after": done.after,
            }
        )
        return
    if not done.steps:
        click.echo(f"数据库结构已是最新（{done.after}）")
        return
    click.echo(f"已升级到 {done.after}：{len(done.steps)} 步")
    if done.backup:
        click.echo(f"升级前的数据库在 {done.backup}；要退回，执行 gongkai upgrade --back {done.backup}")
