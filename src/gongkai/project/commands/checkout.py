"""Commands that work on the labelled snippets, which come with the source and not with an installed package."""

from __future__ import annotations

from collections.abc import Callable

from gongkai.project.failure import CommandFailed


def in_checkout(run: Callable[[], int]) -> int:
    """Return what `run` returns. Raises CommandFailed where the snippets are missing."""
    try:
        return run()
    except FileNotFoundError as missing:
        raise CommandFailed(
            "no_checkout",
            "没有标注语料：它随源码提供，不随安装包提供",
            where=str(missing),
            remedy="在源码目录里运行本命令",
        ) from missing
