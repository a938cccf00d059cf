"""`gongkai guard-quality`. Needs a checkout, no database."""

from __future__ import annotations

import click

from gongkai.guard.cli import run_quality
from gongkai.project.commands.console import ChineseCommand
from gongkai.project.failure import CommandFailed


@click.command("guard-quality", cls=ChineseCommand)
def command() -> int:
    """量检查器的召回、精确与误报，写成 docs/guard-quality.md；未达目标以 1 退出。只能在源码目录里用。"""
    try:
        return run_quality()
    except FileNotFoundError as missing:
        raise CommandFailed(
            "no_checkout",
            "没有标注语料：它随源码提供，不随安装包提供",
            where=str(missing),
            remedy="在源码目录里运行本命令",
        ) from missing
