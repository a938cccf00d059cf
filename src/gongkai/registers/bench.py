"""Bench of registers: a table of 100,000 rows read, checked, staged and promoted; and the same register as a public draft in pages.

A database of its own (embedded, throw-away folder) in another process.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from gongkai.kernel.measuring import measured_apart

NAMES = ("registers.import", "registers.import_xlsx_read", "registers.release", "registers.desk_list")
COUNT = 100_000
IMPORT_BUDGET_S, LIST_BUDGET_MS = 30.0, 300.0
DAY, NOW = date(2026, 1, 31), datetime(2026, 2, 2, 1, tzinfo=UTC)
HEADS = ("推文编号", "发布日期", "标题", "渠道", "主题", "阅读量")


def measure() -> Iterator[dict[str, Any]]:
    """Yield the rows of this room."""
    yield from measured_apart("gongkai.registers.bench", COUNT, what="台账")


def _table(count: int) -> bytes:
    """Return a CSV file with as many rows."""
    topics = ("疫情防控", "健康科普", "政策解读", "便民服务")
    lines = [",".join(HEADS)]
    for n in range(count):
        day = DAY - timedelta(days=n % 365)
        lines.append(f"P{n:06d},{day.isoformat()},第{n}期健康提示,微信,{topics[n % 4]},{n % 9000}")
    return "\n".join(lines).encode()


def _workbook(count: int) -> bytes:
    import io

    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in _table(count).decode().splitlines():
        sheet.append(line.split(","))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _say(name: str, value: float, unit: str, count: int, budget: float | None = None, **more: Any) -> None:
    met = None if budget is None or count < COUNT else value <= budget
    print(json.dumps({"name": name, "value": round(value, 2), "unit": unit, "budget": budget, "met": met, "n": count, **more}))  # fmt: skip


def run(count: int) -> None:
    """Fill a database by import, list it, release it; print one JSON line each."""
    import django

    django.setup()
    from django.core.management import call_command

    from gongkai.importing.api import read_table
    from gongkai.journal import api as journal
    from gongkai.registers.services.import_rows import promote, stage_table

    call_command("migrate", interactive=False, verbosity=0)
    data = _table(count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    table = read_table(data, name="推文.csv")
    batch = stage_table(
        register_id="media_post", org_code="demo", file_name="推文.csv", file_sha256="0" * 64, heads=table.headers,
        lines=((row.number, list(row.cells)) for row in table.rows), user_id=None, today=DAY, now=NOW,
    )  # fmt: skip
    staged = time.perf_counter() - began
    promote(batch_id=batch.pk, actor=journal.SYSTEM, today=DAY, now=NOW)
    seconds = time.perf_counter() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    _say(
        "registers.import",
        seconds,
        "s",
        batch.rows,
        IMPORT_BUDGET_S,
        checked_s=round(staged, 2),
        memory_mb=grown,
    )
    workbook = _workbook(count)
    began = time.perf_counter()
    rows = sum(1 for _ in read_table(workbook, name="推文.xlsx").rows)
    _say("registers.import_xlsx_read", time.perf_counter() - began, "s", rows)
    _list(count)
    _release(count)


def _list(count: int) -> None:
    from django.core.paginator import Paginator

    from gongkai.registers.core.schema import register
    from gongkai.registers.selectors import rows_of

    rule, times = register("media_post", on=DAY), []
    for page in range(1, 40):
        began = time.perf_counter()
        list(Paginator(rows_of(rule=rule, org_code="demo"), 50).get_page(page * 50).object_list)
        times.append((time.perf_counter() - began) * 1000)
    _say("registers.desk_list", sorted(times)[int(len(times) * 0.95)], "ms", count, LIST_BUDGET_MS)


def _release(count: int) -> None:
    """Make what a public draft of all rows holds: files checked and kept, as many pages as there are parts."""
    from gongkai.registers.core.public_rows import public_values
    from gongkai.registers.core.schema import register
    from gongkai.registers.selectors import iter_values
    from gongkai.registers.services.release_blocks import release_blocks

    rule = register("media_post", on=DAY)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    rows = [public_values(rule, row) for row in iter_values(rule=rule, org_code="demo")]
    blocks = list(release_blocks(rule, rows, start=DAY, end=DAY, left_out=0, gates=(), now=NOW))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    pages = sum(block["type"] == "attachment" and "部分" in block["name"] for block in blocks)
    _say("registers.release", time.perf_counter() - began, "s", count, None, pages=pages, memory_mb=grown)


if __name__ == "__main__":
    run(int(sys.argv[1]))
