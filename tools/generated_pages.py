"""Pages of docs/ that are made from the program: `python -m tools.generated_pages` writes them, `--check` compares.

docs/settings.md comes from the table of environment variables, docs/commands.md from the commands' own help.
"""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click

from gongkai.project.command import COMMANDS, gongkai
from gongkai.project.environment import VARIABLES

DOCS = Path(__file__).resolve().parents[1] / "docs"
NOTE = "<!-- 由 python -m tools.generated_pages 生成，请勿手改。 -->"


def settings_page() -> str:
    """Return docs/settings.md."""
    lines = ["# 设置", "", NOTE, "", "全部设置都是环境变量；其余由程序决定，机构的设置在工作台里。", ""]
    lines += ["| 变量 | 作用 | 默认 |", "| --- | --- | --- |"]
    lines += [f"| `{v.name}` | {v.meaning} | {v.default or '无'} |" for v in VARIABLES]
    return "\n".join(lines) + "\n"


def _help(command: click.Command, name: str, parent: click.Context | None) -> list[str]:
    """Return the help of a command and of those below it."""
    settings = {**command.context_settings, "max_content_width": 100, "terminal_width": 100}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    lines = ["```", command.get_help(context), "```", ""]
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None:
                lines += [f"### `{context.command_path} {child}`", "", *_help(found, child, context)]
    return lines


def commands_page() -> str:
    """Return docs/commands.md."""
    root = click.Context(gongkai, info_name="gongkai")
    lines = ["# 命令", "", NOTE, ""]
    lines += [
        "`script/server` 与 `script/test` 做好新机器上的一切；其余是 `gongkai 命令`。输出的形状：加 `--json`。",
        "",
    ]
    for name in COMMANDS:
        command = gongkai.get_command(root, name)
        if command is not None:
            lines += [f"## `gongkai {name}`", "", *_help(command, name, root)]
    return "\n".join(line.rstrip() for line in "\n".join(lines).splitlines()) + "\n"


PAGES = {"settings.md": settings_page, "commands.md": commands_page}


def main(arguments: list[str]) -> int:
    """Write the pages, or compare with `--check`; 1 when one is out of date."""
    stale = []
    for name, make in PAGES.items():
        path, text = DOCS / name, make()
        if arguments == ["--check"]:
            before = path.read_text(encoding="utf-8") if path.is_file() else ""
            if before != text:
                stale.append(name)
                changes = difflib.unified_diff(
                    before.splitlines(), text.splitlines(), name, name, lineterm="", n=0
                )
                print("\n".join(changes), file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"docs/{name} 已过时：请执行 python -m tools.generated_pages", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
