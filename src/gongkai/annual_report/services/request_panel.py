"""What the public sees of the sources of sections 3 and 4 (依申请公开、复议诉讼的来源): by outcome and by month, never a case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from itertools import islice
from typing import Any

from gongkai.annual_report.core.formats import ReportFormat, format_named
from gongkai.annual_report.core.month_counts import MONTHS, panel_rule, shown_months
from gongkai.annual_report.core.report import TOTAL
from gongkai.annual_report.models import ReportCell, ReportRun
from gongkai.annual_report.selectors import fact_ids_of
from gongkai.annual_report.services.request_tables import CLOSED, ENDED, PENDING, RECEIVED
from gongkai.journal import api as journal

CHUNK = 1000
TITLE = "依申请公开和复议、诉讼的来源"
Block = dict[str, Any]
_ACTS = ((RECEIVED, "收到申请"), (CLOSED, "办结申请"), (ENDED, "复议诉讼审结"))


def request_blocks(run: ReportRun) -> Iterator[Block]:
    """Yield heading, explanation and tables; the counts come from the facts behind the cells of the run."""
    form = format_named(run.format)
    cells = {cell.cell: cell for cell in run.cells.all() if cell.cell.startswith(("t3.", "t4."))}
    months = _months(form, cells)
    floor = panel_rule().hide_below
    words = (
        "第三、四部分的数由每件申请和每件复议、诉讼的办理事实折算。申请人和案件不公开，这里列出各种结果的件数和按月的件数；"
        f"某月少于 {floor} 件的不列出。"
    )
    yield {"type": "heading", "level": 2, "text": TITLE}
    yield {"type": "paragraph", "html": escape(words)}
    outcomes = list(_outcomes(form, cells))
    yield _table("按办理结果", ("结果", "件数", "事实"), outcomes)
    rows, told = [], []
    for name, label in _ACTS:
        counts = months.get(name, Counter())
        shown = shown_months(counts, rule=panel_rule())
        if not counts or shown is None:
            told.append(f"{label}{counts.total()}件")
            continue
        rows.append((label, *shown, str(counts.total())))
    if rows:
        yield _table("按月", ("事项", *(f"{m}月" for m in MONTHS), "全年"), rows)
    if told:
        yield {"type": "paragraph", "html": escape(f"件数太少，不按月列出：{'；'.join(told)}。")}


def _outcomes(form: ReportFormat, cells: dict[str, ReportCell]) -> Iterator[tuple[str, str, str]]:
    labels = {row.id: row.label for row in form.section3}
    for row in (*form.leaves, "total_processed"):
        cell = cells.get(f"t3.{row}.{TOTAL}")
        if cell is not None:
            facts = sum(1 for _ in fact_ids_of(cell, dict(cells)))
            yield labels[row], cell.printed, str(facts)
    columns = {column.id: column.label for column in form.section4_columns}
    groups = {group.id: group.label for group in form.section4_groups}
    for group in form.value_groups:
        for column in form.section4_columns:
            cell = cells.get(f"t4.{group}.{column.id}")
            if cell is not None and column.id != TOTAL:
                yield f"{groups[group]}：{columns[column.id]}", cell.printed, str(cell.fact_count)


def _months(form: ReportFormat, cells: dict[str, ReportCell]) -> dict[str, Counter[int]]:
    """Count the facts of the year by name and month; those that were carried in are not counted again."""
    wanted = [f"t3.new_received.{a.id}" for a in form.applicants if a.id != TOTAL]
    wanted += [f"t3.{leaf}.{a.id}" for leaf in form.leaves for a in form.applicants if a.id != TOTAL]
    wanted += [
        f"t4.{group}.{column.id}"
        for group in form.value_groups
        for column in form.section4_columns
        if column.id not in (TOTAL, PENDING)
    ]
    found: dict[str, Counter[int]] = {}
    for address in wanted:
        if address in cells:
            for entry in _entries(fact_ids_of(cells[address])):
                found.setdefault(entry.name, Counter())[entry.on.month] += 1
    return found


def _entries(ids: Iterable[int]) -> Iterator[journal.Entry]:
    stream = iter(ids)
    while page := list(islice(stream, CHUNK)):
        yield from journal.entries_with(ids=page)


def _table(caption: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Block:
    return {
        "type": "table", "caption": caption, "header_rows": 1, "header_columns": 1,
        "rows": [list(heads), *(list(row) for row in rows)],
    }  # fmt: skip
