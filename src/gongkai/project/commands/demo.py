"""`gongkai demo`: more demonstration data."""

from __future__ import annotations

import click

from gongkai.project.commands.console import ChineseCommand, json_option, print_json
from gongkai.project.django_setup import start_django

ORG = "demo"


class _DemoGroup(ChineseCommand, click.Group):
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options and the command below."""
        ChineseCommand.format_options(self, ctx, formatter)
        with formatter.section("命令"):
            formatter.write_dl([("year", "装入演示年度的全部台账")])


@click.group("demo", cls=_DemoGroup)
def command() -> None:
    """演示数据；不能装入正式环境。"""


@command.command("year", cls=ChineseCommand)
@click.option(
    "--seed", type=int, default=2020, show_default=True, metavar="数", help="另一个数得到另一个自洽的年度"
)
@json_option
def year(seed: int, as_json: bool) -> None:
    """把 2020 演示年度的台账装入机构 demo（没有就先建立），随后可用 gongkai report build --year 2020 --org demo 出年报。"""
    environment = start_django()
    from django.db import transaction
    from django.utils import timezone

    from gongkai.organisations import api as organisations
    from gongkai.project import demonstration, home
    from gongkai.project.demonstration.load_year import load_year
    from gongkai.project.demonstration.year_supervision import load_supervision

    now, today = timezone.now(), timezone.localdate()

    def say(words: str) -> None:
        if not as_json:
            click.echo(f"  {words}", err=True)

    environment.home.mkdir(parents=True, exist_ok=True)
    home.mark_demonstration(environment)
    home.prepare_database(say=say)
    with transaction.atomic():
        if not any(o.code == ORG for o in organisations.list_organisations(kind="authority")):
            demonstration.load(now=now, content=False, say=say)
        written = load_year(org_code=ORG, today=today, now=now, seed=seed, say=say)
        load_supervision(org_code=ORG, now=now, seed=seed, say=say)
    if as_json:
        print_json({"org": ORG, "seed": seed, "written": written})
    else:
        click.echo(f"演示年度已装入机构 {ORG}：写入 {written} 行")
