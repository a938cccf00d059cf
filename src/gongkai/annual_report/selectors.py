"""Reads of the annual report: runs, cells, and the facts and rows behind a cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from heapq import merge
from itertools import islice

from django.db.models import QuerySet

from gongkai.annual_report.core.errors import ReportRefused
from gongkai.annual_report.core.fact_ids import unpack
from gongkai.annual_report.core.metrics import Metric, all_metrics
from gongkai.annual_report.models import ReportCell, ReportRun
from gongkai.journal import api as journal
from gongkai.registers import api as registers

DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True)
class TraceRow:
    """One fact behind a cell: its entry, and the register row it speaks of with its public values (empty for other facts)."""

    fact_id: int
    name: str
    subject: str
    on: date
    register: str
    key: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CellTrace:
    """A cell with its definition, the cells it is made from, how many facts stand behind it, and one page of them."""

    cell: ReportCell
    metric: Metric | None
    parts: tuple[ReportCell, ...]
    fact_count: int
    rows: tuple[TraceRow, ...]


def list_runs(*, org_codes: frozenset[str]) -> QuerySet[ReportRun]:
    """Return the runs of these organisations, newest year first."""
    return ReportRun.objects.filter(org_code__in=org_codes).order_by("-year", "-id")


def get_run(*, run_id: int) -> ReportRun:
    """Return a run. Raises ReportRefused."""
    run = ReportRun.objects.filter(pk=run_id).first()
    if run is None:
        raise ReportRefused("report.unknown", f"没有第 {run_id} 号报告", remedy="请从列表中打开")
    return run


def run_in_force(*, org_code: str, year: int, scope: str = "own") -> ReportRun | None:
    """Return the frozen report of a year that is in force, None when there is none."""
    runs = ReportRun.objects.filter(org_code=org_code, year=year, scope=scope, state=ReportRun.APPROVED)
    return runs.first()


def latest_run(*, org_code: str | None = None, year: int | None = None) -> ReportRun:
    """Return the newest run, of an organisation and year if given. Raises ReportRefused when there is none."""
    runs = ReportRun.objects.order_by("-id")
    if org_code is not None:
        runs = runs.filter(org_code=org_code)
    if year is not None:
        runs = runs.filter(year=year)
    run = runs.first()
    if run is None:
        raise ReportRefused(
            "report.no_run",
            "还没有运算过年度报告",
            where=org_code or "",
            remedy="请先执行 gongkai report build",
        )
    return run


def find_cell(*, run: ReportRun, wanted: str) -> ReportCell:
    """Return a cell by its id, address or outside reference. Raises ReportRefused."""
    cells = run.cells.filter(cell=wanted) | run.cells.filter(ref=wanted).exclude(ref="")
    cell = cells.first()
    if cell is None:
        raise ReportRefused(
            "report.cell_unknown", f"这份报告里没有“{wanted}”这个数", where=f"第 {run.pk} 号报告",
            remedy="编号见 report.json 的 cells，或表格地址如 t3.granted.total",
        )  # fmt: skip
    return cell


def fact_ids_of(cell: ReportCell, known: dict[str, ReportCell] | None = None) -> Iterator[int]:
    """Yield the ids of the facts behind a cell in order, each once; of a difference only those that make it."""
    if not cell.parts:
        yield from unpack(bytes(cell.facts)) if cell.facts else ()
        return
    cells = known if known is not None else {}
    missing = [name for name in cell.parts if name not in cells]
    cells.update({c.cell: c for c in ReportCell.objects.filter(run_id=cell.run_id, cell__in=missing)})
    streams = [fact_ids_of(cells[name], cells) for name in cell.parts]
    alone = _kind(cell) == DIFFERENCE
    last, times = 0, 0
    for number in merge(*streams):
        if number == last:
            times += 1
            continue
        if last and (not alone or times % 2):
            yield last
        last, times = number, 1
    if last and (not alone or times % 2):
        yield last


def metric_of(cell: ReportCell) -> Metric | None:
    """Return the definition, in the version that was used; None for sections 3 and 4, whose rule is the format's."""
    for metric in all_metrics():
        if (metric.id, metric.version) == (cell.definition, cell.definition_version):
            return metric
    return None


def _kind(cell: ReportCell) -> str:
    metric = metric_of(cell)
    return metric.kind if metric is not None and cell.cell == metric.id else ""


def cell_trace(*, cell: ReportCell, after: int = 0, limit: int = 100) -> CellTrace:
    """Return a cell with one page of the facts behind it: those with ids greater than `after`."""
    parts = {c.cell: c for c in ReportCell.objects.filter(run_id=cell.run_id, cell__in=cell.parts)}
    count, page = 0, []
    if cell.parts:
        for number in fact_ids_of(cell):
            count += 1
            if number > after and len(page) < limit:
                page.append(number)
    else:
        count = cell.fact_count
        page = list(islice((n for n in fact_ids_of(cell) if n > after), limit))
    return CellTrace(
        cell=cell, metric=metric_of(cell), parts=tuple(parts[name] for name in cell.parts if name in parts),
        fact_count=count, rows=tuple(_rows(page)),
    )  # fmt: skip


def _rows(ids: list[int]) -> Iterator[TraceRow]:
    entries = journal.entries_with(ids=ids)
    numbers = [int(e.subject.removeprefix("row:")) for e in entries if e.subject.startswith("row:")]
    shown = registers.public_rows(ids=numbers)
    for entry in entries:
        key, values = "", ()
        if entry.subject.startswith("row:"):
            key, values = shown.get(int(entry.subject.removeprefix("row:")), ("", ()))
        yield TraceRow(
            fact_id=entry.id, name=entry.name, subject=entry.subject, on=entry.on,
            register=str(entry.body.get("register", "")), key=key, values=values,
        )  # fmt: skip
