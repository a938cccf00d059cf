"""`gongkai guard PATH…`. Needs no database."""

from __future__ import annotations

from pathlib import Path

import click

from gongkai.guard.cli import run_guard
from gongkai.project.commands.console import ChineseCommand, json_option
from gongkai.project.environment import read_environment


@click.command("guard", cls=ChineseCommand)
@click.argument("paths", metavar="路径…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    help="检查配置（YAML）：对外公开号码、机构名称等",
)
@click.option("--show-matched", is_flag=True, help="显示命中的原文；默认遮蔽个人信息")
@json_option
def command(paths: tuple[Path, ...], config_file: Path | None, show_matched: bool, as_json: bool) -> int:
    """发布前检查文件、目录或整个网站，逐条列出问题。有拦截级问题以 1 退出，有读不了的以 2 退出。"""
    overlay = read_environment().home / "guard"
    return run_guard(
        paths,
        config_file,
        as_json=as_json,
        show_matched=show_matched,
        out=click.get_text_stream("stdout"),
        overlay_folder=overlay if overlay.is_dir() else None,
    )
