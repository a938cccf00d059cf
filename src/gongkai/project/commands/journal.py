"""`gongkai journal verify`."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from gongkai.project.commands.console import ChineseCommand, json_option, print_json
from gongkai.project.django_setup import start_django


class _JournalGroup(ChineseCommand, click.Group):
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options and the one command below."""
        ChineseCommand.format_options(self, ctx, formatter)
        with formatter.section("命令"):
            formatter.write_dl([("verify", "核验封签链，并与业务表比对")])


@click.group("journal", cls=_JournalGroup)
def command() -> None:
    """台账（事实账本）。"""


@command.command("verify", cls=ChineseCommand)
@click.option(
    "--heads",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="对照的封签目录，默认公开目录中的 heads",
)
@json_option
def verify(heads: Path | None, as_json: bool) -> int:
    """重算封签链，与已公布的封签和业务表比对；有改动、缺失、插入、换序时以 1 退出并指出第一处。"""
    environment = start_django()
    from gongkai.journal import api as journal

    folder = heads or environment.public_dir / "heads"
    outcome = journal.verify(heads_folder=folder if folder.is_dir() else None)
    if as_json:
        print_json(_plain(outcome))
    elif outcome.ok:
        click.echo(f"台账完好：{outcome.entries} 条，已与 {len(outcome.tables_checked)} 类业务表比对")
    else:
        if outcome.first_bad:
            click.echo(f"台账被改动，第一处：{outcome.first_bad}")
        for difference in outcome.differences:
            click.echo(f"与业务表不一致：{difference}")
    return 0 if outcome.ok else 1


def _plain(value: object) -> object:
    """Return dataclasses as dicts, for JSON."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value
