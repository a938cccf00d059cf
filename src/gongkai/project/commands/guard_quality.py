"""`gongkai guard-quality`. Needs a checkout, no database."""

from __future__ import annotations

import click

from gongkai.guard.cli import run_quality
from gongkai.project.commands.checkout import in_checkout
from gongkai.project.commands.console import ChineseCommand


@click.command("guard-quality", cls=ChineseCommand)
def command() -> int:
    """量检查器的召回、精确与误报，写成 docs/guard-quality.md；未达目标以 1 退出。只能在源码目录里用。"""
    return in_checkout(run_quality)
