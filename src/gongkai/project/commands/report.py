"""`gongkai report`: annual reports. `check` needs no database."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from gongkai.annual_report.cli import run_check
from gongkai.project.commands.console import ChineseCommand, json_option


class _ReportGroup(ChineseCommand, click.Group):
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options and the commands below."""
        ChineseCommand.format_options(self, ctx, formatter)
        with formatter.section("命令"):
            formatter.write_dl([("check", "核对一份年报的勾稽关系和正文数字")])


@click.group("report", cls=_ReportGroup)
def command() -> None:
    """年度报告。"""


@command.command("check", cls=ChineseCommand)
@click.argument("file", type=click.Path(path_type=Path), metavar="文件")
@json_option
@click.pass_context
def check(ctx: click.Context, file: Path, as_json: bool) -> None:
    """核对年报（本系统的 JSON，或按统一格式排的 docx、html）；有不通过的公式以 1 退出，读不了以 2 退出。"""
    ctx.exit(run_check(path=file, as_json=as_json, out=sys.stdout, err=sys.stderr))
