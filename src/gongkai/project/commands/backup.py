"""`gongkai backup DIR`."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils import timezone

from gongkai.project.commands.console import ChineseCommand, json_option, print_json
from gongkai.project.django_setup import start_django


@click.command("backup", cls=ChineseCommand)
@click.argument("folder", metavar="目录", type=click.Path(path_type=Path))
@click.option(
    "--since",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="上一份备份（同一磁盘）：其中已有的附件用硬链接，不再复制；新备份仍是完整的一份，上一份可以删除",
)
@json_option
def command(folder: Path, since: Path | None, as_json: bool) -> None:
    """备份数据库、附件、封签和本单位法规数据到一个新目录；密钥不在其中，请另行保管。运行中也可备份。"""
    environment = start_django()
    from gongkai.project.archiving.backup import make_backup

    manifest = make_backup(
        environment,
        folder.absolute(),
        now=timezone.now(),
        since=since.absolute() if since else None,
    )
    size = sum(entry.size_bytes for entry in manifest.files)
    if as_json:
        print_json(
            {
                "folder": str(folder),
                "files": len(manifest.files),
                "size_bytes": size,
                "database": manifest.database,
                "damaged": list(manifest.damaged),
            }
        )
        return
    if manifest.damaged:
        click.echo(
            f"注意：{len(manifest.damaged)} 个附件在对象存储里已损坏，没有备份：{'、'.join(manifest.damaged[:5])}"
        )
    click.echo(f"已备份到 {folder}：{len(manifest.files)} 个文件，{size / 1024**2:.1f} MB")
    click.echo(
        f"密钥没有备份，请把 {environment.secret_dir} 另存到安全的地方；没有它，加密的个人信息无法读出"
    )
