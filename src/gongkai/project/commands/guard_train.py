"""`gongkai guard-train`. Needs a checkout, no database."""

from __future__ import annotations

import click

from gongkai.guard.cli import run_training
from gongkai.project.commands.console import ChineseCommand
from gongkai.project.failure import CommandFailed


@click.command("guard-train", cls=ChineseCommand)
def command() -> int:
    """由标注语料训练检查器的两个小模型，写入 regulations/guard（约十分钟）；之后运行 guard-quality。只能在源码目录里用。"""
    try:
        return run_training()
    except FileNotFoundError as missing:
        raise CommandFailed(
            "no_checkout",
            "没有标注语料：它随源码提供，不随安装包提供",
            where=str(missing),
            remedy="在源码目录里运行本命令",
        ) from missing
