"""Reading many items at once, here or in processes of their own; they inherit the open folder and never touch the database.

A file on which a process dies (killed for its memory, a fault below Python) is found by reading what was under way one by one.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from gongkai.project.moving.core.problems import Problem
from gongkai.project.moving.reading import ReadingDesk, ReadItem, read_item
from gongkai.project.moving.telling import chunks

Row = tuple[int, str, str, dict[str, Any]]
Read = tuple[int, str, ReadItem]
AT_ONCE, AHEAD = 16, 4

_desk: ReadingDesk | None = None


def sensible_workers(count: int) -> int:
    """Return how many processes are worth starting for so many items: none for few, else one a core, at most eight."""
    return 0 if count < 200 else min(8, os.cpu_count() or 1)


def read_all(desk: ReadingDesk, rows: Iterable[Row], workers: int) -> Iterator[Read]:
    """Yield what came of each row, in order; without `workers` all is read in this process."""
    if workers < 1:
        for row in rows:
            yield _read(desk, row)
        return
    global _desk
    _desk = desk
    pool = _pool(workers)
    under_way: deque[tuple[list[Row], Future[list[Read]]]] = deque()
    waiting = chunks(rows, AT_ONCE)
    try:
        while True:
            while len(under_way) < workers * AHEAD and (chunk := next(waiting, None)):
                under_way.append((chunk, pool.submit(_read_here, chunk)))
            if not under_way:
                return
            try:
                read = under_way[0][1].result()
            except BrokenProcessPool:
                pool.shutdown(wait=False, cancel_futures=True)
                lost = [row for chunk, _ in under_way for row in chunk]
                under_way.clear()
                for row in lost:
                    yield _read_alone(row)
                pool = _pool(workers)
            else:
                under_way.popleft()
                yield from read
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        _desk = None


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("fork"))


def _read_alone(row: Row) -> Read:
    """Read one row in a process of its own; the one on which it dies is told."""
    with _pool(1) as alone:
        try:
            return alone.submit(_read_here, [row]).result()[0]
        except BrokenProcessPool:
            number, _, place, _ = row
            return number, place, ReadItem("unread", problems=[Problem(place, "unreadable", "读取进程中断")])


def _read(desk: ReadingDesk, row: Row) -> Read:
    number, key, place, said = row
    return number, place, read_item(desk, key=key, place=place, row=said)


def _read_here(rows: list[Row]) -> list[Read]:
    if _desk is None:
        raise RuntimeError("读取进程没有准备好")
    return [_read(_desk, row) for row in rows]
