"""`gongkai export DIR`."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils import timezone

from gongkai.project.commands.console import ChineseCommand, json_option, print_json
from gongkai.project.django_setup import start_django
from gongkai.project.failure import CommandFailed

REASONS = ("own_keeping", "moving", "handing_over", "inspection")


@click.command("export", cls=ChineseCommand)
@click.argument("folder", metavar="目录", type=click.Path(path_type=Path))
@click.option(
    "--reason",
    type=click.Choice(REASONS),
    default="own_keeping",
    help="理由，记入账本：own_keeping 本单位留存，moving 迁移，handing_over 移交，inspection 监督检查",
)
@click.option("--user", "username", help="经办人的登录名（系统管理员）；正式环境必填")
@click.option(
    "--credentials", is_flag=True, help="连同口令散列与动态口令密钥；不加时，导入后各人须由安全管理员重置口令"
)
@json_option
def command(folder: Path, reason: str, username: str | None, credentials: bool, as_json: bool) -> None:
    """用开放格式导出全部数据到一个新目录：每张表一个 JSON Lines 文件，附件与封存头原样，说明写在 datapackage.json。

    个人信息保持加密，密钥不在其中。每次导出都记入账本。运行中也可导出。
    """
    environment = start_django()
    from gongkai.organisations import api as organisations
    from gongkai.project.archiving.export import write_export

    today, now = timezone.localdate(), timezone.now()
    if username is None and environment.production:
        raise CommandFailed(
            "no_user",
            "没有指明经办人",
            where="--user",
            remedy="请用 --user 写明系统管理员的登录名",
            exit_code=2,
        )
    person = organisations.get_user(username=username) if username is not None else None
    if person is not None and not organisations.anywhere(
        user=person, action="manage", kind="system", today=today
    ):
        raise CommandFailed(
            "not_permitted", f"{username} 不是系统管理员", where="--user", remedy="整体导出由系统管理员经办"
        )
    done = write_export(
        environment,
        folder.absolute(),
        reason=reason,
        credentials=credentials,
        user=person,
        today=today,
        now=now,
    )
    if as_json:
        print_json(
            {
                "folder": str(folder),
                "tables": done.tables,
                "rows": done.rows,
                "files": done.files,
                "size_bytes": done.size_bytes,
            }
        )
        return
    click.echo(
        f"已导出到 {folder}：{done.tables} 张表 {done.rows} 行，{done.files} 个文件，{done.size_bytes / 1024**2:.1f} MB"
    )
    click.echo(f"密钥没有导出：导入前请把 {environment.secret_dir} 中的文件另行放到新机器的密钥目录")
