"""`gongkai restore DIR`."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils import timezone

from gongkai.project.commands.console import ChineseCommand, json_option, print_json
from gongkai.project.django_setup import start_django


@click.command("restore", cls=ChineseCommand)
@click.argument("folder", metavar="目录", type=click.Path(path_type=Path))
@click.option("--verify-only", is_flag=True, help="只核验备份是否完好，不恢复")
@click.option(
    "--tail",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="台账尾页目录，默认 GONGKAI_TAIL_DIR",
)
@click.option(
    "--heads",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="已公布的封存头目录（别处保存的也行），默认运行目录里留下的",
)
@json_option
def command(folder: Path, verify_only: bool, tail: Path | None, heads: Path | None, as_json: bool) -> None:
    """核验备份并恢复到空的运行目录（GONGKAI_HOME）和空数据库；随后核验台账、重放清除记录、重建网站。"""
    environment = start_django()
    from gongkai.project.archiving.manifest import verified_manifest
    from gongkai.project.archiving.restore import restore_backup

    if verify_only:
        manifest = verified_manifest(folder)
        if as_json:
            print_json({"ok": True, "files": len(manifest.files), "made_at": manifest.made_at})
        else:
            click.echo(f"备份完好：{len(manifest.files)} 个文件，作于 {manifest.made_at}")
        return

    def say(text: str) -> None:
        click.echo(f"==> {text}", err=True)

    done = restore_backup(
        environment,
        folder,
        today=timezone.localdate(),
        now=timezone.now(),
        say=say,
        tail=tail,
        heads=heads,
    )
    if as_json:
        print_json({"ok": True, "entries": done.entries, "erased": done.erased, "pages": done.pages})
        return
    click.echo(f"已恢复：台账 {done.entries} 条核验一致，重放清除 {done.erased} 处，生成 {done.pages} 页")
    click.echo(f"请把备份时的密钥放回 {environment.secret_dir}；没有它，加密的个人信息无法读出")
