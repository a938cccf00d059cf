"""Reading many items at once, here or in processes of their own; they inherit the open folder and never touch the database."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable, Iterator
from typing import Any

from gongkai.project.moving.reading import ReadingDesk, ReadItem, read_item

Row = tuple[int, str, str, dict[str, Any]]
Read = tuple[int, str, ReadItem]
AT_ONCE = 16

_desk: ReadingDesk | None = None


def sensible_workers(count: int) -> int:
    """Return how many processes are worth starting for so many items: none for few, else one a core, at most eight."""
    return 0 if count < 200 else min(8, os.cpu_count() or 1)


def read_all(desk: ReadingDesk, rows: Iterable[Row], workers: int) -> Iterator[Read]:
    """Yield what came of each row, in any order; without `workers` all is read in this process."""
    if workers < 1:
        for row in rows:
            yield _read(desk, row)
        return
    global _desk
    _desk = desk
    try:
        with multiprocessing.get_context("fork").Pool(workers) as pool:
            yield from pool.imap_unordered(_read_here, rows, chunksize=AT_ONCE)
    finally:
        _desk = None


def _read(desk: ReadingDesk, row: Row) -> Read:
    number, key, place, said = row
    return number, place, read_item(desk, key=key, place=place, row=said)


def _read_here(row: Row) -> Read:
    if _desk is None:
        raise RuntimeError("读取进程没有准备好")
    return _read(_desk, row)
