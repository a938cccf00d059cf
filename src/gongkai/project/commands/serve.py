"""`gongkai serve`: web server and workers under one roof."""

from __future__ import annotations

import dataclasses
import ipaddress
import os
from typing import TYPE_CHECKING

import click
from django.utils import timezone

from gongkai.project.commands.console import ChineseCommand
from gongkai.project.django_setup import start_django
from gongkai.project.failure import CommandFailed

if TYPE_CHECKING:
    from gongkai.project.environment import Environment


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


@click.command("serve", cls=ChineseCommand)
@click.option("--host", help="监听地址，默认 127.0.0.1 或 GONGKAI_HOST")
@click.option("--port", type=click.IntRange(1, 65535), help="端口，默认 8080 或 PORT")
@click.option("--empty", is_flag=True, help="不装入演示数据")
@click.option("--no-worker", is_flag=True, help="不启动后台任务进程（已另行启动时）")
def command(host: str | None, port: int | None, empty: bool, no_worker: bool) -> int:
    """启动公开网站、工作台和后台任务。首次启动会建好数据库；演示环境只在本机开放。按 Ctrl+C 停止。"""
    if port:
        os.environ["PORT"] = str(port)
    environment = start_django()
    environment = dataclasses.replace(environment, host=host or environment.host)
    if not environment.production and not _is_loopback(environment.host):
        raise CommandFailed(
            "demonstration_loopback",
            f"演示环境只能在本机开放，不能监听 {environment.host}",
            where="--host",
            remedy="正式使用请先执行 gongkai init --production",
        )
    return _serve(environment, empty=empty, worker=not no_worker)


def _serve(environment: Environment, *, empty: bool, worker: bool) -> int:
    from gongkai.project import first_start, home
    from gongkai.project.archiving.upgrade import upgrade
    from gongkai.project.restored import require_settled
    from gongkai.project.serving import Roof

    def say(text: str) -> None:
        click.echo(f"==> {text}", err=True)

    require_settled(environment)
    upgrade(environment, target=None, now=timezone.now(), say=say)
    home.prepare_home(environment, say=say)
    first_start.fill(environment, empty=empty, say=say)
    roof = Roof(environment, worker=worker)
    roof.start()
    if not roof.wait_until_ready():
        roof.stop()
        raise CommandFailed(
            "not_ready",
            "服务没有在规定时间内就绪",
            where=environment.home.as_posix(),
            remedy="请看上面的日志；端口可能已被占用",
        )
    roof.start_workers()
    for line in first_start.welcome(environment):
        click.echo(line)
    click.echo(f"READY {roof.url}/")
    return roof.run()
