"""Bench of the annual report: all official tables folded from many facts, and one figure traced to its records.

100,000 facts; with GONGKAI_BENCH_LARGE=1 a million. A database of its own (embedded, throw-away folder) in another process.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from gongkai.kernel.measuring import measured_apart

NAMES = ("annual_report.fold", "annual_report.trace")
SMALL, LARGE = 100_000, 1_000_000
FOLD_BUDGET_S, TRACE_BUDGET_S = 10.0, 1.0
YEAR = 2021
ORGS = frozenset({"demo"})


def measure() -> Iterator[dict[str, Any]]:
    """Yield the rows of this room."""
    count = LARGE if os.environ.get("GONGKAI_BENCH_LARGE") else SMALL
    yield from measured_apart("gongkai.annual_report.bench", count, what="年度报告")


def _facts(count: int) -> Iterator[Any]:
    """Yield facts: nine in ten of requests (received, most of them closed), one in ten of register rows."""
    from gongkai.annual_report.core.formats import format_of_year
    from gongkai.registers.facts import RowRecorded
    from gongkai.requests.facts import ReceiptConfirmed, RequestClosed

    form = format_of_year(YEAR)
    kinds = [a.id for a in form.applicants if a.id != "total"]
    start = date(YEAR, 1, 1)
    for n in range(count // 20):
        on = start + timedelta(days=n % 365)
        yield RowRecorded(
            org="demo", subject=f"row:{2 * n}", on=on, register="permit_case", row_version=1, digest="0" * 64,
            codes={"permit_kind": "common"}, numbers={}, dates={"decided_date": on},
        )  # fmt: skip
        yield RowRecorded(
            org="demo", subject=f"row:{2 * n + 1}", on=on, register="penalty_case", row_version=1, digest="0" * 64,
            codes={"enforcement_field": "medical"}, numbers={}, dates={"decided_date": on},
        )  # fmt: skip
    for n in range(count * 9 // 20):
        on, kind = start + timedelta(days=n % 365 - 30), kinds[n % len(kinds)]
        common = {"org": "demo", "subject": f"request:{n}", "state": "x"}
        yield ReceiptConfirmed(
            **common, on=on, seq=1, channel="web", applicant_kind=kind, clock_version="1", how="self"
        )
        row = form.leaves[n % len(form.leaves)]
        yield RequestClosed(
            **common, on=on + timedelta(days=18), seq=2, row=row, applicant_kind=kind, outcomes=(row,), how="reply", way=None,
            due=None, in_time=True, rule_version=1,
        )  # fmt: skip


def run(count: int) -> None:
    """Fill the database, fold, trace; print one JSON line each."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from gongkai.annual_report.api import ReportCell, cell_trace, evaluate, format_of_year, metrics
    from gongkai.annual_report.services.request_tables import request_tables
    from gongkai.journal import api as journal

    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        ids = journal.record_facts(
            _facts(count), actor=journal.SYSTEM, now=datetime(YEAR + 1, 1, 5, tzinfo=UTC)
        )
    chosen = {m.id: m for m in metrics(on=date(YEAR + 1, 1, 5)).values()}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    evaluate(chosen, year=YEAR, orgs=ORGS)
    tables = request_tables(format_of_year(YEAR), period=(date(YEAR, 1, 1), date(YEAR, 12, 31)), orgs=ORGS)
    seconds = time.perf_counter() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    print(json.dumps({
        "name": "annual_report.fold", "value": round(seconds, 2), "unit": "s", "budget": FOLD_BUDGET_S,
        "met": seconds <= FOLD_BUDGET_S if count == LARGE else None, "n": len(ids), "memory_mb": grown,
    }))  # fmt: skip
    widest = max(tables.cells, key=lambda cell: cell.fact_count)
    began = time.perf_counter()
    cell = ReportCell(
        run_id=0, cell=widest.address, definition="", facts=widest.facts, fact_count=widest.fact_count
    )
    found = cell_trace(cell=cell, after=0, limit=100)
    seconds = time.perf_counter() - began
    print(json.dumps({
        "name": "annual_report.trace", "value": round(seconds, 3), "unit": "s", "budget": TRACE_BUDGET_S,
        "met": seconds <= TRACE_BUDGET_S, "n": found.fact_count,
    }))  # fmt: skip


if __name__ == "__main__":
    run(int(sys.argv[1]))
