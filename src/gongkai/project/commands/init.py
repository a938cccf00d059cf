"""`gongkai init`: an empty home; `--production` makes it a real one, with the three administrators."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import yaml
from django.utils import timezone

from gongkai.project.commands.console import ChineseCommand, json_option, print_json
from gongkai.project.django_setup import start_django
from gongkai.project.failure import CommandFailed

if TYPE_CHECKING:
    from gongkai.project.administrators import Setup


@click.command("init", cls=ChineseCommand)
@click.option("--production", is_flag=True, help="正式使用：建立三员，永不装入演示数据")
@click.option(
    "--from-file",
    "source",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="从 YAML 文件读取机关与三员，而不逐项询问",
)
@json_option
def command(production: bool, source: Path | None, as_json: bool) -> None:
    """建立或更新运行目录：数据库、触发器、样式文件。可重复执行。"""
    environment = start_django()
    from gongkai.project import administrators, home
    from gongkai.project.archiving.upgrade import upgrade

    def say(text: str) -> None:
        click.echo(f"==> {text}", err=True)

    if production and home.is_demonstration(environment):
        home.mark_production(environment, administrators=[])
    if source and not production:
        raise CommandFailed("usage", "--from-file 只与 --production 同用", where="--from-file", exit_code=2)
    upgrade(environment, target=None, now=timezone.now(), say=say)
    home.prepare_home(environment, say=say, reinstall=True)
    names: list[str] = []
    if production and not environment.production:
        setup = administrators.read_setup(_read(source)) if source else _ask()
        names = administrators.appoint(
            setup, must_change=source is not None, today=timezone.localdate(), now=timezone.now()
        )
        home.mark_production(environment, administrators=names)
    if as_json:
        done = environment.production or production
        print_json({"home": str(environment.home), "production": done, "administrators": names})
        return
    click.echo(
        f"运行目录已就绪：{environment.home}"
        + ("（正式环境）" if environment.production or production else "")
    )
    if names:
        click.echo(
            f"三员账号：{'、'.join(names)}。接下来由系统管理员在工作台建立机构与人员，由安全管理员任命岗位"
        )


def _read(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CommandFailed(
            "bad_file", f"读不懂 {path.name}", where=str(path), remedy="请按 YAML 书写，UTF-8 编码"
        ) from error


def _ask() -> Setup:
    """Ask for authority and administrators, passwords hidden and typed twice."""
    from gongkai.project.administrators import ROLES, Administrator, Setup

    code = click.prompt("机关代码（小写字母、数字、短横线，如 wsjkj）", err=True)
    name = click.prompt("机关全称", err=True)
    people = []
    for role, title in ROLES.items():
        username = click.prompt(f"{title} 登录名", err=True)
        person = click.prompt(f"{title} 姓名", err=True)
        password = click.prompt(f"{title} 密码", hide_input=True, confirmation_prompt="再输一次", err=True)
        people.append(Administrator(role=role, username=username, name=person, password=password))
    return Setup(code=code, name=name, administrators=tuple(people))
