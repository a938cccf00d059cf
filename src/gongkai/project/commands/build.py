"""`gongkai build`: the public tree from releases."""

from __future__ import annotations

import click
from django.utils import timezone

from gongkai.project.commands.console import ChineseCommand, json_option, print_json
from gongkai.project.django_setup import start_django
from gongkai.project.failure import CommandFailed


@click.command("build", cls=ChineseCommand)
@click.option("--full", is_flag=True, help="全部重做；否则只做有变化的页面")
@click.option("--channel", is_flag=True, help="只生成给另一个门户的频道（GONGKAI_CHANNEL_ADDRESS）")
@json_option
def command(full: bool, channel: bool, as_json: bool) -> None:
    """由发布件生成公开网站，列出页数、字节数和用时。"""
    start_django()
    from gongkai.portal import api as portal

    today = timezone.localdate()
    report = portal.build_channel(full=full, today=today) if channel else portal.build(full=full, today=today)
    if report is None:
        raise CommandFailed(
            "no_channel", "没有设置频道的网址", where="--channel", remedy="请填写 GONGKAI_CHANNEL_ADDRESS", exit_code=2
        )  # fmt: skip
    if as_json:
        print_json(
            {
                "pages": report.pages,
                "written": report.written,
                "bytes": report.bytes,
                "seconds": round(report.seconds, 3),
            }
        )
        return
    rate = report.pages / report.seconds if report.seconds else 0.0
    click.echo(
        f"{report.pages} 页，写出 {report.written} 页，{report.bytes / 1024**2:.1f} MB，{report.seconds:.2f} 秒（每秒 {rate:.0f} 页）"
    )
