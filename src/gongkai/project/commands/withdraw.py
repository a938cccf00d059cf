"""`gongkai withdraw [ORG:]INDEX --reason CODE`: emergency withdrawal, with proof."""

from __future__ import annotations

from typing import Any

import click
from django.utils import timezone

from gongkai.project.commands.console import ChineseCommand, json_option, print_json
from gongkai.project.django_setup import start_django


@click.command("withdraw", cls=ChineseCommand)
@click.argument("number", metavar="[机构:]索引号")
@click.option(
    "--reason",
    "reason_code",
    required=True,
    metavar="代码",
    help="原因代码，见 regulations/withdrawal/reasons.yaml",
)
@click.option("--note", default="", help="内部说明，不公开")
@click.option("--replaced-by", metavar="索引号", help="代替它的信息")
@click.option("--user", "username", metavar="登录名", help="经办人；正式环境必填")
@json_option
def command(
    number: str, reason_code: str, note: str, replaced_by: str | None, username: str | None, as_json: bool
) -> int:
    """紧急撤下一条已公开的信息：页面换成撤回说明，附件、列表、搜索、订阅一并去掉，并逐一查证。仍有残留时以 1 退出。"""
    environment = start_django()
    from gongkai.portal import api as portal
    from gongkai.project.index_numbers import find_record
    from gongkai.project.operators import operator
    from gongkai.records import api as records

    now = timezone.now()
    record = find_record(number)
    user = operator(
        environment,
        username=username,
        action="withdraw",
        kind="record",
        org_code=record.org_code,
        today=timezone.localdate(),
    )
    release = records.withdraw(
        record_id=record.id,
        reason_code=reason_code,
        note=note,
        replaced_by=replaced_by,
        user=user,
        now=now,
        emergency=True,
    )
    applied = portal.apply_release(release_id=release.id, now=now)
    leftovers = portal.prove_withdrawn(release_id=release.id)
    _report(record, release, applied, leftovers, as_json=as_json)
    return 1 if leftovers else 0


def _report(record: Any, release: Any, applied: Any, leftovers: list[Any], *, as_json: bool) -> None:
    lines = [str(leftover) for leftover in leftovers]
    if as_json:
        print_json(
            {
                "index_number": record.index_number,
                "release": release.id,
                "pages_written": applied.pages_written,
                "seconds": round(applied.seconds, 3),
                "leftovers": lines,
            }
        )
        return
    click.echo(
        f"已撤下《{record.title}》（{record.index_number}），更新 {applied.pages_written} 页，{applied.seconds:.2f} 秒"
    )
    for line in lines:
        click.echo(f"仍有残留：{line}")
    if not lines:
        click.echo("查证完毕：公开目录与搜索索引中没有残留")
