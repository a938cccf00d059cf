"""`gongkai clock due`: a statutory time limit with its trace. Needs no database."""

from __future__ import annotations

import click

from gongkai.kernel.calendar import load_calendar
from gongkai.kernel.clock_query import QueryError, run_query
from gongkai.project.commands.console import ChineseCommand, json_option, print_json
from gongkai.project.failure import CommandFailed


class _ClockGroup(ChineseCommand, click.Group):
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options and the one command below."""
        ChineseCommand.format_options(self, ctx, formatter)
        with formatter.section("命令"):
            formatter.write_dl([("due", "推算到期日")])


@click.group("clock", cls=_ClockGroup)
def command() -> None:
    """法定时限。"""


@command.command("due", cls=ChineseCommand)
@click.option("--rule", "rule_id", required=True, metavar="编号", help="时限规则编号，如 ogi.reply")
@click.option("--from", "start", required=True, metavar="日期", help="起算事件之日，如 2024-05-01；当日不计")
@click.option(
    "--event",
    "events",
    multiple=True,
    metavar="种类:起[:止]",
    help="pause:起[:止] 中止；restart:起 重新起算；extend:告知日:工作日数 延期。可写多个",
)
@json_option
def due(rule_id: str, start: str, events: tuple[str, ...], as_json: bool) -> None:
    """推算到期日，逐日说明依据；规则不存在或早于日历时以 2 退出。"""
    try:
        answer = run_query(rule_id, start, events, load_calendar())
    except QueryError as error:
        raise CommandFailed(
            error.code, error.message, where=error.where, remedy=error.remedy, exit_code=2
        ) from error
    if as_json:
        print_json(answer)
        return
    due_date = answer["due_date"] or "未定（仍在中止期间）"
    mark = "（暂定：超出已公布的放假安排）" if answer["provisional"] else ""
    click.echo(f"{answer['name']}（{answer['rule']}）：到期日 {due_date}{mark}")
    for line in answer["trace"]:
        number = f"第{line['number']}日" if line["counted"] else "不计"
        click.echo(f"  {line['date']}  {number:<6}  {line['why']}")
    for basis in answer["basis"]:
        click.echo(f"依据：{basis}")
    for warning in answer["warnings"]:
        click.echo(f"注意：{warning}", err=True)
