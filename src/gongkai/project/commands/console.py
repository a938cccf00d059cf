"""How every command talks: Chinese usage texts, one-line errors, JSON where asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


class ChineseCommand(click.Command):
    """A command whose usage page is Chinese, and the same whoever calls it."""

    def __init__(self, *args: Any, context_settings: dict[str, Any] | None = None, **kwargs: Any) -> None:
        own = {"help_option_names": ["-h", "--help"], "max_content_width": 110, **(context_settings or {})}
        super().__init__(*args, context_settings=own, **kwargs)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line of use."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), "用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        records = [
            r for parameter in self.get_params(ctx) if (r := parameter.get_help_record(ctx)) is not None
        ]
        if records:
            with formatter.section("选项"):
                formatter.write_dl(records)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return click's own option with a Chinese text."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示这份说明"
        return option


class ChineseGroup(ChineseCommand, click.Group):
    """A group whose page is Chinese."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sub-commands under a Chinese heading."""
        with formatter.section("命令"):
            formatter.write_dl([(name, one.get_short_help_str(90)) for name, one in self.commands.items()])

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write options, then the sub-commands."""
        ChineseCommand.format_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)


def json_option(function: FunctionT) -> FunctionT:
    """Add `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，供程序读取")(function)


def print_json(value: Any) -> None:
    """Print one JSON value on one line, UTF-8, keys in the order given."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


def one_line(message: str, where: str, remedy: str) -> str:
    """Return what, where and remedy as one line."""
    place = f"（{where}）" if where and where not in message else ""
    tail = f"；{remedy}" if remedy and remedy not in message else ""
    return f"{message}{place}{tail}".replace("\n", " ")


def report_failure(code: str, message: str, where: str, remedy: str, *, as_json: bool) -> None:
    """Print the error to standard error in one line, and as JSON to standard output when asked."""
    click.echo(f"错误：{one_line(message, where, remedy)}", err=True)
    if as_json:
        print_json({"error": {"code": code, "message": message, "where": where, "remedy": remedy}})
    sys.stdout.flush()
