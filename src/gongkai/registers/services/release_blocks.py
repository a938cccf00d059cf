"""What a public page of a register shows (公开稿内容): pictures with their tables, the rows, the files to take along."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from html import escape
from typing import Any

from gongkai.records import api as records
from gongkai.registers.core.aggregate import suppressed, totals
from gongkai.registers.core.gates import PublicationGate
from gongkai.registers.core.package import package_files, table_csv
from gongkai.registers.core.schema import Chart, Register
from gongkai.registers.core.summaries import SummaryTable, summary_table
from gongkai.registers.core.values import Value, shown

SHOWN_ROWS = 300
PART_ROWS = 2000
Rows = Sequence[Mapping[str, Value]]
Block = dict[str, Any]


def release_blocks(
    rule: Register,
    rows: Rows,
    *,
    start: date,
    end: date,
    left_out: int,
    gates: Sequence[PublicationGate],
    now: datetime,
) -> Iterator[Block]:
    """Yield the blocks of a release of rows that hold public values only."""
    gone = f"另有{left_out}条已按规定撤下，不再列出。" if left_out else ""
    lead = f"统计期间为{start.isoformat()}至{end.isoformat()}，共{len(rows)}条记录。{gone}"
    yield {"type": "paragraph", "html": escape(lead)}
    for gate in gates:
        yield {"type": "paragraph", "html": escape(_gate_words(gate, rule, rows))}
    for summary in rule.summaries:
        yield from _summary(summary_table(rule, summary, rows))
    for chart in rule.charts:
        yield from _chart(rule, chart, rows)
    if not rule.suppress_below:
        yield _table(rule, rows)
        yield from _files(rule, rows, now=now)


def _gate_words(gate: PublicationGate, rule: Register, rows: Rows) -> str:
    sources: list[str] = []
    if gate.requires:
        field = rule.field(gate.requires)
        sources = list(dict.fromkeys(shown(field, row.get(field.id)) for row in rows))
    return gate.page_note + (f"来源：{'；'.join(sources)}。" if sources else "")


def _summary(made: SummaryTable) -> Iterator[Block]:
    if made.chart:
        values = [int(v) if v == v.to_integral_value() else float(v) for _, v in made.chart]
        yield {
            "type": "figure", "kind": "bar", "title": made.chart_title, "unit": made.chart_unit,
            "labels": [label for label, _ in made.chart], "series": [{"name": made.chart_title, "values": values}],
        }  # fmt: skip
    rows = [list(row) for row in made.rows]
    yield {"type": "table", "caption": made.title, "header_rows": 1, "header_columns": 1, "rows": rows}


def _chart(rule: Register, chart: Chart, rows: Rows) -> list[Block]:
    shares = totals(rule, rows, by=chart.by, measure=chart.measure)
    if rule.suppress_below:
        printed = suppressed(shares, below=rule.suppress_below)
        heads = [rule.field(chart.by).name, chart.unit or "数量"]
        return [
            {
                "type": "table", "caption": chart.title, "header_rows": 1, "header_columns": 1,
                "rows": [heads, *map(list, printed)],
            }
        ]  # fmt: skip
    values = [int(s.value) if s.value == s.value.to_integral_value() else float(s.value) for s in shares]
    return [
        {
            "type": "figure", "kind": chart.kind, "title": chart.title, "unit": chart.unit or "条",
            "labels": [s.label for s in shares], "series": [{"name": chart.title, "values": values}],
        }
    ]  # fmt: skip


def _table(rule: Register, rows: Rows) -> Block:
    used = [f for f in rule.public_fields if any(row.get(f.id) not in (None, "") for row in rows)]
    heads = [f"{f.name}（{f.unit}）" if f.unit else f.name for f in used]
    body = [[shown(f, row.get(f.id)) for f in used] for row in rows[:SHOWN_ROWS]]
    more = f"（前 {SHOWN_ROWS} 条，全部 {len(rows)} 条见附件，可逐页看表）" if len(rows) > SHOWN_ROWS else ""
    return {
        "type": "table", "caption": f"{rule.name}{more}", "header_rows": 1, "header_columns": 0, "rows": [heads, *body],
    }  # fmt: skip


def _files(rule: Register, rows: Rows, *, now: datetime) -> Iterator[Block]:
    """Yield the attachments: CSV, JSON and data package; of a long register parts, which the public side shows page by page, and the package that holds CSV and JSON whole (every file is read through by the guard, so none stands twice)."""
    name = rule.id.replace("_", "-")
    files = package_files(rule, rows, name=name, title=rule.name)
    if len(rows) > PART_ROWS:
        files = {file: data for file, data in files.items() if file.endswith(".zip")}
        for number, first in enumerate(range(0, len(rows), PART_ROWS), 1):
            files[f"{name}-第{number}部分.csv"] = table_csv(rule, rows[first : first + PART_ROWS])
    for file, data in files.items():
        stored = records.store_file(stream=io.BytesIO(data), name=file, now=now)
        yield {"type": "attachment", "sha256": stored.pk, "name": file}
