"""`gongkai clean IN OUT`. Needs no database."""

from __future__ import annotations

from pathlib import Path

import click

from gongkai.guard.attachments.cli import run_clean
from gongkai.project.commands.console import ChineseCommand, json_option


@click.command("clean", cls=ChineseCommand)
@click.argument("source", metavar="原件", type=click.Path(path_type=Path))
@click.argument("target", metavar="新文件", type=click.Path(path_type=Path))
@json_option
def command(source: Path, target: Path, as_json: bool) -> int:
    """另存一份去掉隐藏信息（批注、修订、隐藏行列、属性、图片定位等）的附件；去不干净就不写，以 1 退出。"""
    return run_clean(source, target, as_json=as_json, out=click.get_text_stream("stdout"))
