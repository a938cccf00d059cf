"""Benches of the portal (性能测量): building, publishing, withdrawing, searching, serving. Run by `gongkai bench`; nothing here is a timed test.

100,000 records take minutes and gigabytes: set GONGKAI_BENCH_LARGE=1 for them. Folders are temporary.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

from gongkai.portal.bench_search import measure_search
from gongkai.portal.bench_serving import RENDERING, granian, measure_serving, rendering_anew
from gongkai.portal.builder import Builder
from gongkai.portal.places import Places, places_under
from gongkai.portal.proof.proof import prove
from gongkai.portal.testing.payloads import GeneratedSource, generated_site, payload

__all__ = ["RENDERING", "measure", "rendering", "rendering_anew", "row"]
NAMES = ("portal.build", "portal.publish", "portal.withdraw", "portal.search", "portal.serve")
TODAY = date(2026, 11, 22)
SIZES = (1_000, 10_000)
LARGE = 100_000
PUBLICATIONS = 30


def rendering(home: Path, record: int, page: str, *, target: str = RENDERING) -> AbstractContextManager[str]:
    """Return the address (within `with`) of the embedded web server answering with this record rendered anew for each request.

    `target` makes the application; the default asks no database.
    """
    return granian(target, places_under(home), record, page)


def measure(only: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield the rows: name, value, unit, ratio_to, ratio, budget, met, n; `only` leaves out what its beginning does not fit."""
    wanted = [
        name
        for name in NAMES
        if only in (None, "portal") or name.startswith(str(only)) or str(only).startswith(name)
    ]
    if set(wanted) - {"portal.search"}:
        yield from _building()
    if "portal.search" in wanted:
        yield from measure_search()


def _building() -> Iterator[dict[str, Any]]:
    sizes = (*SIZES, LARGE) if os.environ.get("GONGKAI_BENCH_LARGE") == "1" else SIZES
    first: dict[str, float] = {}
    for size in sizes:
        folder = Path(tempfile.mkdtemp(prefix="gongkai-bench-", dir=os.environ.get("GONGKAI_BENCH_DIR")))
        try:
            yield from _one_size(places_under(folder), size, first)
            if size == SIZES[-1]:
                yield from measure_serving(places_under(folder))
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def row(name: str, value: float, unit: str, **rest: Any) -> dict[str, Any]:
    """Return one row of the table with every key."""
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "ratio_to": None,
        "ratio": None,
        "budget": None,
        "met": None,
        "n": None,
    } | rest


def _one_size(places: Places, size: int, first: dict[str, float]) -> Iterator[dict[str, Any]]:
    source = GeneratedSource(size)
    site = generated_site()
    builder = Builder(places, source, lambda: site)
    report = builder.build(full=True, today=TODAY)
    rate = report.pages / (report.seconds - report.search_seconds)
    yield row(
        f"portal.build.{size}",
        round(rate),
        "文件/秒（含 .gz .br）",
        budget="≥ 1000（2 核）",
        met=rate >= 1000,
        n=report.pages,
    )
    yield row(f"portal.build.{size}.search", round(report.search_seconds, 2), "秒（建索引）", n=size)
    seconds, written = [], []
    for number in range(size + 1, size + 1 + PUBLICATIONS):
        release = source.release(number, payload(number))
        begun = time.perf_counter()
        written.append(builder.apply(release, today=TODAY).pages_written)
        seconds.append(time.perf_counter() - begun)
    p95 = sorted(seconds)[int(len(seconds) * 0.95)]
    for name, value, unit, budget, limit in (
        ("p95", p95, "秒（文件、订阅、搜索均可见）", "≤ 1", 1.0),
        ("pages", float(statistics.median(written)), "页", None, None),
    ):
        key = f"portal.publish.{name}"
        first.setdefault(key, value)
        ratio = value / first[key]
        yield row(
            f"{key}.{size}",
            round(value, 3),
            unit,
            ratio_to=f"{SIZES[0]} 条时",
            ratio=round(ratio, 2),
            budget=" 且 ".join(filter(None, (budget, "比值 ≤ 1.5"))),
            met=ratio <= 1.5 and (limit is None or value <= limit),
            n=PUBLICATIONS,
        )
    yield from _withdrawals(builder, places, source, size)


def _withdrawals(
    builder: Builder, places: Places, source: GeneratedSource, size: int
) -> Iterator[dict[str, Any]]:
    seconds = []
    for number in (5, size // 2, size):
        release = source.withdraw(number)
        begun = time.perf_counter()
        builder.apply(release, today=TODAY)
        left = prove(places, source, number, quick=True)
        seconds.append(time.perf_counter() - begun)
        if left:
            raise RuntimeError(f"撤回后仍有残留：{left[0]}")
    yield row(
        f"portal.withdraw.{size}",
        round(max(seconds), 3),
        "秒（撤下并快速查证）",
        budget="≤ 2",
        met=max(seconds) <= 2,
        n=len(seconds),
    )
    if size == SIZES[0]:
        begun = time.perf_counter()
        prove(places, source, size)
        yield row(
            f"portal.withdraw.walk.{size}",
            round(time.perf_counter() - begun, 2),
            "秒（逐个文件全面查证）",
            n=size,
        )
