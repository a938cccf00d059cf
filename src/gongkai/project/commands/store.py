"""`gongkai store …`: the object store (对象存储)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click

from gongkai.kernel.attachment_errors import AttachmentsAway
from gongkai.project.commands.console import ChineseCommand, ChineseGroup, json_option, print_json
from gongkai.project.django_setup import start_django
from gongkai.project.environment import read_environment
from gongkai.project.failure import CommandFailed

SIGNS = {"ok": "正常", "warn": "注意", "fail": "异常"}


def _say(text: str) -> None:
    click.echo(f"==> {text}", err=True)


class StoreCommand(ChineseCommand):
    """A command whose failures of the store are one plain line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; raises CommandFailed while the store gives no answer."""
        try:
            return super().invoke(ctx)
        except AttachmentsAway as error:
            raise CommandFailed(
                error.code,
                error.reason,
                where="对象存储",
                remedy="已做完的都在；恢复后原样再执行一次，会接着做",
            ) from error


@click.group("store", cls=ChineseGroup)
def command() -> None:
    """对象存储（S3 接口）：检查、搬移附件、存放备份。"""


@command.command("check", cls=StoreCommand)
@json_option
def check(as_json: bool) -> int:
    """彻底检查对象存储：写、读、列、删，没有密钥读不到，是否保留旧版本。"""
    environment = read_environment()
    from gongkai.project.archiving.bucket_backup import backup_bucket
    from gongkai.project.store.examine import probe

    found = list(probe(backup_bucket(environment).address))
    failed = any(state == "fail" for state, _, _ in found)
    if as_json:
        print_json(
            {"ok": not failed, "checks": [{"state": s, "message": m, "remedy": r} for s, m, r in found]}
        )
    else:
        for state, message, remedy in found:
            click.echo(f"{SIGNS[state]}  {message}" + (f"；{remedy}" if remedy else ""))
    return 1 if failed else 0


@command.command("move", cls=StoreCommand)
@click.option(
    "--to",
    type=click.Choice(["s3", "folder"]),
    required=True,
    help="搬到哪里：s3 为对象存储，folder 为运行目录",
)
@json_option
def move_command(to: str, as_json: bool) -> int:
    """把附件从现在的存放处搬到另一处，逐个核对；可在运行中先搬，停止服务后再执行一次搬完，中断后再执行即接着搬。原处不动。"""
    environment = start_django()
    from gongkai.project.store.moving import move
    from gongkai.records import api as records

    done = move(environment, to=to, registered=records.stored_names(), say=_say)
    if as_json:
        print_json(
            {
                "ok": not done.left,
                "copied": done.copied,
                "held": done.held,
                "removed": done.removed,
                "damaged": done.left,
            }
        )
        return 1 if done.left else 0
    click.echo(
        f"搬了 {done.copied} 个（{done.bytes / 1024**2:.1f} MB），已在的 {done.held} 个，"
        f"删去其间清除的 {done.removed} 个"
    )
    if done.left:
        click.echo(
            f"有 {len(done.left)} 个在原处就已损坏，没有搬：{'、'.join(done.left[:5])}；请从备份取回后再搬"
        )
        return 1
    click.echo(
        f"停止服务后再执行一次，然后把 GONGKAI_ATTACHMENTS 改为 {to} 再启动；确认无误后执行 gongkai store clear-old"
    )
    return 0


@command.command("clear-old", cls=StoreCommand)
@click.option("--everything", is_flag=True, help="现在的存放处没有的也删除（其间清除的附件），先看过清单再用")
@json_option
def clear_old_command(everything: bool, as_json: bool) -> int:
    """改用新的存放处之后，删除旧处的副本；新处没有的不删，列出来。"""
    environment = start_django()
    from gongkai.project.store.moving import clear_old
    from gongkai.records import api as records

    done = clear_old(environment, registered=records.stored_names(), everything=everything)
    if as_json:
        print_json({"ok": not done.left, "removed": done.removed, "left": done.left})
    else:
        click.echo(f"旧处删除了 {done.removed} 个副本")
        for name in done.left:
            click.echo(f"没有删除：{name}（现在的存放处没有它）")
    return 1 if done.left else 0


@command.command("backups", cls=StoreCommand)
@json_option
def backups(as_json: bool) -> None:
    """列出对象存储里的备份。"""
    environment = read_environment()
    from gongkai.project.archiving.bucket_backup import backup_bucket, list_backups

    names = list_backups(backup_bucket(environment))
    if as_json:
        print_json({"backups": names})
    else:
        click.echo("\n".join(names) or "还没有备份")


@command.command("push", cls=StoreCommand)
@click.argument("folder", metavar="备份目录", type=click.Path(path_type=Path, exists=True, file_okay=False))
@json_option
def push_command(folder: Path, as_json: bool) -> None:
    """把 gongkai backup 做好的备份送进对象存储；已有的文件不再送，大文件分片，中断后再执行即接着送。"""
    environment = read_environment()
    from gongkai.project.archiving.bucket_backup import backup_bucket, push

    done = push(backup_bucket(environment), folder, say=_say)
    if as_json:
        print_json({"name": done.name, "sent": done.sent, "held": done.held, "bytes": done.bytes})
    else:
        click.echo(
            f"备份 {done.name}：送出 {done.sent} 个文件（{done.bytes / 1024**2:.1f} MB），已有 {done.held} 个"
        )


@command.command("fetch", cls=StoreCommand)
@click.argument("name", metavar="名称")
@click.argument("folder", metavar="目录", type=click.Path(path_type=Path, file_okay=False))
@json_option
def fetch_command(name: str, folder: Path, as_json: bool) -> None:
    """从对象存储取回一份备份并核验，再用 gongkai restore 恢复；中断后再执行即接着取。"""
    environment = read_environment()
    from gongkai.project.archiving.bucket_backup import backup_bucket, fetch

    manifest = fetch(backup_bucket(environment), name, folder.absolute(), say=_say)
    if as_json:
        print_json({"ok": True, "files": len(manifest.files), "made_at": manifest.made_at})
    else:
        click.echo(f"已取回到 {folder} 并核验：{len(manifest.files)} 个文件，作于 {manifest.made_at}")


@command.command("verify", cls=StoreCommand)
@click.argument("name", metavar="名称")
@click.option("--sizes-only", is_flag=True, help="只核对有没有、大小对不对，不逐个读出")
@json_option
def verify_command(name: str, sizes_only: bool, as_json: bool) -> int:
    """核验对象存储里的一份备份：逐个读出，与清单比对。"""
    environment = read_environment()
    from gongkai.project.archiving.bucket_backup import backup_bucket, check

    with tempfile.TemporaryDirectory(prefix="gongkai-verify-") as folder:
        wrong = check(backup_bucket(environment), name, Path(folder), read=not sizes_only)
    if as_json:
        print_json({"ok": not wrong, "problems": wrong})
    else:
        click.echo("\n".join(wrong) or "备份完好")
    return 1 if wrong else 0


@command.command("drop", cls=StoreCommand)
@click.argument("name", metavar="名称")
@json_option
def drop_command(name: str, as_json: bool) -> None:
    """删除对象存储里的一份旧备份，以及别的备份用不到的文件；不要与 push 同时进行。"""
    environment = read_environment()
    from gongkai.project.archiving.bucket_backup import backup_bucket, drop

    with tempfile.TemporaryDirectory(prefix="gongkai-drop-") as folder:
        gone = drop(backup_bucket(environment), name, Path(folder))
    if as_json:
        print_json({"ok": True, "files": gone})
    else:
        click.echo(f"已删除备份 {name}，连同 {gone} 个不再需要的文件")
