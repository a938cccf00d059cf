"""`gongkai import-export DIR`."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils import timezone

from gongkai.project.commands.console import ChineseCommand, json_option, print_json
from gongkai.project.django_setup import start_django


@click.command("import-export", cls=ChineseCommand)
@click.argument("folder", metavar="目录", type=click.Path(path_type=Path))
@click.option("--verify-only", is_flag=True, help="只核对导出是否完好，不导入")
@click.option("--password-for", metavar="登录名", help="导入后为这个账号设定新口令（导出不含口令时）")
@json_option
def command(folder: Path, verify_only: bool, password_for: str | None, as_json: bool) -> None:
    """把 gongkai export 的目录装进空的运行目录和空数据库（两种数据库之间可以互换）；随后核验台账并重建网站。

    先把原系统的密钥放进密钥目录。公开网址不变时，公开目录树与原来逐字节相同。
    """
    environment = start_django()
    from gongkai.project.archiving.import_export import set_first_password, take_in, verified_descriptor

    if verify_only:
        descriptor = verified_descriptor(folder)
        if as_json:
            print_json({"ok": True, "tables": len(descriptor["resources"]) - 1})
        else:
            click.echo(f"导出完好：作于 {descriptor['gongkai']['made_at']}")
        return

    def say(text: str) -> None:
        click.echo(f"==> {text}", err=True)

    new = (
        click.prompt(f"{password_for} 的新口令", hide_input=True, confirmation_prompt="再输一次", err=True)
        if password_for
        else None
    )
    rows, done = take_in(environment, folder, today=timezone.localdate(), now=timezone.now(), say=say)
    if password_for and new:
        set_first_password(username=password_for, password=new)
    if as_json:
        print_json(
            {"ok": True, "rows": rows, "entries": done.entries, "erased": done.erased, "pages": done.pages}
        )
        return
    click.echo(
        f"已导入 {rows} 行：台账 {done.entries} 条核验一致，重放清除 {done.erased} 处，生成 {done.pages} 页"
    )
