"""`gongkai check`: is everything well?"""

from __future__ import annotations

import click
from django.utils import timezone

from gongkai.project.commands.console import ChineseCommand, json_option, print_json
from gongkai.project.django_setup import start_django

SIGNS = {"ok": "正常", "warn": "注意", "fail": "异常"}


@click.command("check", cls=ChineseCommand)
@json_option
@click.option("--no-worker", is_flag=True, help="不要求后台任务进程正在运行")
@click.option("--files", is_flag=True, help="另逐个核对附件库的文件（平时每夜核对一次）")
def command(as_json: bool, no_worker: bool, files: bool) -> int:
    """健康检查；有异常时以 1 退出，并逐项说明。"""
    environment = start_django()
    from gongkai.project.health import attachments, examine

    results = examine(environment, now=timezone.now(), expect_worker=not no_worker)
    if files:
        results.extend(attachments())
    failed = any(result.state == "fail" for result in results)
    if as_json:
        rows = [{"name": r.name, "state": r.state, "message": r.message, "remedy": r.remedy} for r in results]
        print_json({"ok": not failed, "checks": rows})
    else:
        for result in results:
            click.echo(
                f"{SIGNS[result.state]}  {result.title}：{result.message}"
                + (f"；{result.remedy}" if result.remedy else "")
            )
    return 1 if failed else 0
