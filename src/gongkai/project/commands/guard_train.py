"""`gongkai guard-train`. Needs a checkout, no database."""

from __future__ import annotations

import click

from gongkai.guard.cli import run_training
from gongkai.project.commands.checkout import in_checkout
from gongkai.project.commands.console import ChineseCommand


@click.command("guard-train", cls=ChineseCommand)
def command() -> int:
    """由标注语料训练检查器的两个小模型，写入 regulations/guard（约十分钟）；之后运行 guard-quality。只能在源码目录里用。"""
    return in_checkout(run_training)
