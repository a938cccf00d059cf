"""The panel of sources under a public report (数据来源): each figure with its definition and the rows it was counted from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from html import escape
from typing import Any

from gongkai.annual_report.core.document import Source
from gongkai.annual_report.models import ReportRun
from gongkai.annual_report.selectors import CellTrace, TraceRow, cell_trace, find_cell
from gongkai.annual_report.services.request_panel import TITLE
from gongkai.registers import api as registers

SHOWN_ROWS = 10
PAGE = 1000
HEADS = ("指标", "印出", "事实", "台账", "主键", "计入日期", "内容")
Block = dict[str, Any]


def may_show_rows(register_id: str, *, on: date) -> bool:
    """Tell whether the public may see the rows of a register: it is public, and it hides no small counts."""
    rule = registers.registers(on=on).get(register_id)
    return rule is not None and rule.is_public and not rule.suppress_below


def panel_blocks(run: ReportRun, source: Source, *, today: date) -> Iterator[Block]:
    """Yield definition and first rows of one figure, below its heading."""
    trace = cell_trace(cell=find_cell(run=run, wanted=source.cell), limit=SHOWN_ROWS)
    yield {"type": "paragraph", "html": escape(_definition(run, source, trace))}
    rows = [row for row in trace.rows if may_show_rows(row.register, on=today)]
    if not rows:
        if trace.fact_count:
            where = f"按结果和按月的合计见“{TITLE}”。" if _is_of_requests(trace) else ""
            words = f"这 {trace.fact_count} 条记录涉及个人或内部台账，只公开合计。{where}"
            yield {"type": "paragraph", "html": escape(words)}
        return
    name = registers.register(rows[0].register, on=today).name
    more = (
        f"，前 {len(rows)} 条，共 {trace.fact_count} 条，全部见附件"
        if trace.fact_count > len(rows)
        else f"，共 {len(rows)} 条"
    )
    body = [[row.key, row.on.isoformat(), _content(row)] for row in rows]
    yield {
        "type": "table", "caption": f"{name}{more}", "header_rows": 1, "header_columns": 1,
        "rows": [["主键", "计入日期", "内容"], *body],
    }  # fmt: skip


def _is_of_requests(trace: CellTrace) -> bool:
    return any(row.name.startswith("requests.") for row in trace.rows)


def _definition(run: ReportRun, source: Source, trace: CellTrace) -> str:
    unit = "" if source.unit == "%" else source.unit
    exact = f"，精确值 {trace.cell.value}" if trace.cell.value and trace.cell.value != source.printed else ""
    period = f"{run.period_start.isoformat()} 至 {run.period_end.isoformat()}"
    parts = "、".join(f"{part.name} {part.printed}" for part in trace.parts)
    made = f"由{parts}推算。" if parts else ""
    return f"{source.printed}{unit}{exact}。口径 {source.definition}，期间 {period}，事实 {trace.fact_count} 条。{made}"


def _content(row: TraceRow) -> str:
    return "；".join(f"{name} {value}" for name, value in row.values)


def sources_csv(run: ReportRun, sources: tuple[Source, ...], *, today: date) -> bytes:
    """Return every row behind the figures that the public may see, as CSV; hidden ones are one line with their number."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADS)
    for source in sources:
        cell, after, hidden = find_cell(run=run, wanted=source.cell), 0, 0
        while rows := cell_trace(cell=cell, after=after, limit=PAGE).rows:
            for row in rows:
                if not may_show_rows(row.register, on=today):
                    hidden += 1
                    continue
                writer.writerow(
                    [
                        source.name,
                        source.printed,
                        row.fact_id,
                        row.register,
                        row.key,
                        row.on,
                        _safe(_content(row)),
                    ]
                )
            after = rows[-1].fact_id
        if hidden:
            writer.writerow([source.name, source.printed, "", "", "", "", f"另有 {hidden} 条只公开合计"])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _safe(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
