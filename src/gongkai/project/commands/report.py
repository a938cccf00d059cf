"""`gongkai report`: annual reports. `check` needs no database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from gongkai.annual_report.cli import run_check
from gongkai.project.commands.console import ChineseCommand, json_option, print_json
from gongkai.project.django_setup import start_django
from gongkai.project.failure import CommandFailed

COMMANDS = [
    ("build", "运算一个年度的报告，输出网页、Word 和 JSON"),
    ("check", "核对一份年报的勾稽关系和正文数字"),
    ("trace", "列出一个数背后的记录"),
]


class _ReportGroup(ChineseCommand, click.Group):
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options and the commands below."""
        ChineseCommand.format_options(self, ctx, formatter)
        with formatter.section("命令"):
            formatter.write_dl(COMMANDS)


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


@command.command("build", cls=ChineseCommand)
@click.option("--year", type=click.IntRange(2008, 2100), required=True, metavar="年", help="统计年度")
@click.option("--org", "org_code", required=True, metavar="代码", help="机关代码")
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="目录",
    help="输出目录",
)
@click.option("--all", "whole", is_flag=True, help="汇总下级机关")
@json_option
def build(year: int, org_code: str, folder: Path, whole: bool, as_json: bool) -> int:
    """运算并输出 report.html、report.docx、report.json；账本核验不通过则拒绝，有 error 级公式不成立以 1 退出。

    这一年已经定稿的，输出定稿的那一份。
    """
    environment = start_django()
    from django.utils import timezone

    from gongkai.annual_report import api as annual_report
    from gongkai.journal import api as journal

    scope = "all" if whole else "own"
    now = timezone.now()
    heads = environment.public_dir / "heads"
    try:
        run = annual_report.run_in_force(org_code=org_code, year=year, scope=scope)
        if run is None:
            run = annual_report.build_run(
                org_code=org_code, year=year, scope=scope, actor=journal.SYSTEM, now=now, today=timezone.localdate(),
                heads_folder=heads if heads.is_dir() else None,
            )  # fmt: skip
        paths = annual_report.write_files(run=run, folder=folder)
    except (annual_report.FormatUnknown, annual_report.FigureUnknown) as error:
        raise CommandFailed(
            "report_not_possible", str(error), where=f"{year} 年", remedy="请核对年度和正文", exit_code=2
        ) from error
    failures = run.outcome.get("failures", [])
    if as_json:
        print_json(
            {
                "run": run.pk, "state": run.state, "format": run.format, "files": [str(path) for path in paths],
                "checked": run.outcome.get("checked", {}), "failures": failures,
                "relations": [r for r in run.relations if not r["as_expected"]],
            }
        )  # fmt: skip
    else:
        _say(run, paths, failures)
    return 1 if run.outcome.get("has_errors", True) else 0


def _say(run: Any, paths: list[Path], failures: list[dict[str, Any]]) -> None:
    click.echo(f"第 {run.pk} 号报告，{run.year} 年（{run.format} 年格式），{run.cells.count()} 个数：")
    for path in paths:
        click.echo(f"  {path}")
    for failure in failures:
        if failure["severity"] != "info":
            click.echo(f"[{failure['formula']}] {failure['message']}")
    for relation in run.relations:
        if not relation["as_expected"]:
            click.echo(f"[{relation['id']}] {relation['name']}：{relation['left']} 与 {relation['right']}")


@command.command("trace", cls=ChineseCommand)
@click.argument("cell", metavar="数")
@click.option("--org", "org_code", metavar="代码", help="机关代码；不写则用最近一次运算")
@click.option("--year", type=int, metavar="年", help="统计年度；不写则用最近一次运算")
@click.option("--after", type=int, default=0, metavar="编号", help="从这一事实编号之后列起")
@click.option(
    "--limit",
    type=click.IntRange(1, 100_000),
    default=100,
    show_default=True,
    metavar="条",
    help="最多列出多少条",
)
@json_option
def trace(cell: str, org_code: str | None, year: int | None, after: int, limit: int, as_json: bool) -> None:
    """列出一个数的口径和它背后的记录。数：指标编号、表格地址（如 t3.granted.total）或外部编号。"""
    start_django()
    from gongkai.annual_report import api as annual_report

    run = annual_report.latest_run(org_code=org_code, year=year)
    found = annual_report.cell_trace(
        cell=annual_report.find_cell(run=run, wanted=cell), after=after, limit=limit
    )
    if as_json:
        print_json(_trace_json(run, found))
        return
    one = found.cell
    click.echo(
        f"{one.name}（{one.cell}）：{one.printed}{'' if one.unit == '%' else one.unit}，精确值 {one.value or '不适用'}"
    )
    click.echo(
        f"口径 {one.definition} 第 {one.definition_version} 版，期间 {run.period_start} 至 {run.period_end}"
    )
    for part in found.parts:
        click.echo(f"  由 {part.cell} = {part.printed}（{part.name}）推算")
    click.echo(f"事实 {found.fact_count} 条" + (f"，列出 {len(found.rows)} 条" if found.rows else ""))
    for row in found.rows:
        values = "；".join(f"{name} {value}" for name, value in row.values)
        click.echo(
            f"  {row.fact_id}  {row.on}  {row.register or row.name}  {row.key or row.subject}  {values}"
        )


def _trace_json(run: Any, found: Any) -> dict[str, Any]:
    one = found.cell
    return {
        "run": run.pk, "cell": one.cell, "name": one.name, "value": one.value or None, "printed": one.printed, "unit": one.unit,
        "ref": one.ref or None, "definition": one.definition, "definition_version": one.definition_version,
        "period": [run.period_start.isoformat(), run.period_end.isoformat()], "parts": [part.cell for part in found.parts],
        "fact_count": found.fact_count,
        "rows": [
            {
                "fact": row.fact_id, "name": row.name, "subject": row.subject, "on": row.on.isoformat(), "register": row.register,
                "key": row.key, "values": dict(row.values),
            }
            for row in found.rows
        ],
    }  # fmt: skip
