"""Turn a register into a draft for the public (台账公开): table, pictures, CSV, JSON and data package, through review."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from gongkai.records import api as records
from gongkai.registers.core.aggregate import suppressed, totals
from gongkai.registers.core.package import data_package, table_csv, table_json
from gongkai.registers.core.rows import CellProblem, RowRefused
from gongkai.registers.core.schema import Chart, Register, register
from gongkai.registers.core.values import Value, shown
from gongkai.registers.selectors import iter_values

SHOWN_ROWS = 300


def draft_release(
    *, register_id: str, org_code: str, section_code: str, title: str, start: date, end: date, user: Any, now: datetime,
    today: date,
) -> records.RecordInfo:  # fmt: skip
    """Make a draft record of the rows that count in a span of days (both included).

    The page shows the pictures and up to 300 rows; the files hold all of them. Where the register hides small counts, the
    rows themselves are not shown and the pictures print ＜n.

    Raises RowRefused for an empty span or a register that is not for the public; what `records.create_draft` raises.
    """
    rule = register(register_id, on=today)
    if not rule.is_public:
        raise RowRefused([CellProblem(0, rule.name, "不对外公开；请核对台账的公开设置")])
    rows = list(iter_values(rule=rule, org_code=org_code, start=start, end=end))
    if not rows:
        raise RowRefused(
            [CellProblem(0, rule.name, f"{start} 至 {end} 没有数据，不能生成公开稿；请核对起止日期")]
        )
    blocks: list[dict[str, Any]] = [
        {
            "type": "paragraph",
            "html": f"统计期间为{start.isoformat()}至{end.isoformat()}，共{len(rows)}条记录。",
        }
    ]
    for chart in rule.charts:
        blocks += _chart(rule, chart, rows)
    if not rule.suppress_below:
        blocks.append(_table(rule, rows))
        blocks += _files(rule, rows, now=now)
    return records.create_draft(
        org_code=org_code, catalogue_codes=rule.catalogue, title=title, blocks=blocks, user=user, now=now,
        metadata={
            "kind": "dataset", "section_code": section_code, "columns": [rule.column], "formed_date": today,
            "summary": f"{rule.name}，{start.isoformat()}至{end.isoformat()}。",
        },
    )  # fmt: skip


def _chart(rule: Register, chart: Chart, rows: Sequence[dict[str, Value]]) -> list[dict[str, Any]]:
    shares = totals(rule, rows, by=chart.by, measure=chart.measure)
    if rule.suppress_below:
        printed = suppressed(shares, below=rule.suppress_below)
        heads = [rule.field(chart.by).name, chart.unit or "数量"]
        return [
            {
                "type": "table",
                "caption": chart.title,
                "header_rows": 1,
                "header_columns": 1,
                "rows": [heads, *map(list, printed)],
            }
        ]
    values = [int(s.value) if s.value == s.value.to_integral_value() else float(s.value) for s in shares]
    return [
        {
            "type": "figure", "kind": chart.kind, "title": chart.title, "unit": chart.unit or "条",
            "labels": [s.label for s in shares], "series": [{"name": chart.title, "values": values}],
        }
    ]  # fmt: skip


def _table(rule: Register, rows: Sequence[dict[str, Value]]) -> dict[str, Any]:
    fields = rule.public_fields
    heads = [f"{f.name}（{f.unit}）" if f.unit else f.name for f in fields]
    body = [[shown(f, row.get(f.id)) for f in fields] for row in rows[:SHOWN_ROWS]]
    more = f"（前 {SHOWN_ROWS} 条，全部见附件）" if len(rows) > SHOWN_ROWS else ""
    return {
        "type": "table",
        "caption": f"{rule.name}{more}",
        "header_rows": 1,
        "header_columns": 0,
        "rows": [heads, *body],
    }


def _files(rule: Register, rows: Sequence[dict[str, Value]], *, now: datetime) -> list[dict[str, Any]]:
    name = rule.id.replace("_", "-")
    made = {f"{name}.csv": table_csv(rule, rows), f"{name}.json": table_json(rule, rows)}
    package = data_package(
        rule, name=name, title=rule.name, files={file: len(data) for file, data in made.items()}
    )
    made["datapackage.json"] = json.dumps(package, ensure_ascii=False, indent=1).encode()
    blocks = []
    for file, data in made.items():
        stored = records.store_file(stream=io.BytesIO(data), name=file, now=now)
        blocks.append({"type": "attachment", "sha256": stored.pk, "name": file})
    return blocks
