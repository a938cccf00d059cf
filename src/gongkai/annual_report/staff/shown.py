"""What the screens of a report show (屏幕所见): sections as pieces with links, grids, groups of figures, failures in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from gongkai.annual_report.api import CellTrace, ReportRun
from gongkai.annual_report.core.bound_text import FigureUnknown, pieces
from gongkai.annual_report.core.display import RULE_WORDS
from gongkai.annual_report.core.formats import format_named, formulas
from gongkai.annual_report.core.grids import merged, official_grids
from gongkai.annual_report.selectors import TraceRow
from gongkai.annual_report.services.run_report import printed_cells, section_texts_of, unbound_of
from gongkai.registers import api as registers

SEVERITY = {"error": ("late", "不通过"), "warning": ("due", "请核对"), "info": ("empty", "提示")}
OFFERED = 3
WINDOW_WORDS = {"period": "统计期间内", "until_end": "截至期末"}
HEADINGS = {"t2": "二、主动公开政府信息情况", "t3": "三、收到和处理政府信息公开申请情况", "t4": "四、政府信息公开行政复议、行政诉讼情况"}  # fmt: skip


def checked_rows(checked: Mapping[str, int]) -> list[tuple[str, int, str]]:
    """Return each equation that was checked: its id, at how many places, and what it says."""
    known = formulas()
    return [(key, count, known[key].name if key in known else "") for key, count in checked.items()]


def section_views(run: ReportRun) -> list[dict[str, Any]]:
    """Return the sections of both documents: id, heading, raw text, paragraphs as pieces (figures name their cell)."""
    printed = printed_cells(run)
    views = []
    for section, text in section_texts_of(run):
        try:
            lines = [list(pieces(line, printed)) for line in text.splitlines() if line.strip()]
        except FigureUnknown:
            lines = []
        views.append(
            {
                "id": section.id,
                "document": section.document,
                "heading": section.heading,
                "text": text,
                "lines": lines,
            }
        )
    return views


def grids_of(run: ReportRun) -> list[dict[str, Any]]:
    """Return the official tables as merged cells, by section."""
    grids = official_grids(format_named(run.format), printed_cells(run))
    return [
        {
            "heading": HEADINGS[name],
            "tables": [{"caption": g.caption, "lines": merged(g)} for g in tables],
        }
        for name, tables in grids.items()
    ]


def cell_groups(run: ReportRun) -> list[Any]:
    """Return the figures of the metrics, those of the official tables left out."""
    return [
        c
        for c in run.cells.defer("facts").order_by("position")
        if not c.cell.startswith(("t2.", "t3.", "t4."))
    ]


def failure_rows(run: ReportRun) -> list[dict[str, Any]]:
    """Return the failures of a run as `failure_list` does."""
    return failure_list(run.outcome.get("failures", ()))


def failure_list(failures: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return failures with the light and the word of their severity, hardest first."""
    found = [
        {**failure, "light": SEVERITY[failure["severity"]][0], "word": SEVERITY[failure["severity"]][1]}
        for failure in failures
    ]
    return sorted(found, key=lambda failure: list(SEVERITY).index(failure["severity"]))


def unbound_views(run: ReportRun) -> dict[str, list[dict[str, Any]]]:
    """Return the numbers bound to nothing, by section: place, words, and the figures that print alike with their names."""
    names = dict(run.cells.values_list("cell", "name"))
    return {
        section: [
            {
                "span": one.span,
                "words": one.words,
                "offers": [(name, names[name]) for name in one.candidates[:OFFERED]],
            }
            for one in numbers
        ]
        for section, numbers in unbound_of(run).items()
    }


def source_words(found: CellTrace, *, on: date) -> list[tuple[str, str]]:
    """Return what is said about a figure's definition, label and words; registers and fields by their names of that day."""
    metric, cell = found.metric, found.cell
    pairs = [("口径", f"{cell.definition}，第 {cell.definition_version} 版")]
    if metric is None:
        return [*pairs, ("算法", "按统一格式的行和申请人类别，由依申请公开的事实计数")]
    if metric.register:
        kept = registers.registers(on=on).get(metric.register)
        fields = {one.id: one for one in kept.fields} if kept else {}
        summed = _field_words(fields, metric.field or "")
        pairs.append(("来源台账", _named(metric.register, on)))
        measure = {"count": "计行数", "sum": f"合计“{summed}”", "distinct": f"“{summed}”去重计数"}
        pairs.append(("算法", "最近日期" if metric.kind == "latest" else measure[metric.measure]))
        pairs.append(("范围", WINDOW_WORDS[metric.window]))
        pairs += [("条件", _condition(condition, fields)) for condition in metric.where]
    if metric.note:
        pairs.append(("说明", metric.note))
    return [*pairs, ("显示", RULE_WORDS[metric.display.rule]), ("依据", "；".join(metric.basis))]


def _field_words(fields: dict[str, registers.RegisterField], path: str) -> str:
    """Return the name of a field from its place in a fact (`codes.channel`)."""
    name = path.rpartition(".")[2]
    return fields[name].name if name in fields else path


def _condition(condition: dict[str, Any], fields: dict[str, registers.RegisterField]) -> str:
    path = str(condition["field"])
    field = fields.get(path.rpartition(".")[2])
    values = {code.id: code.name for code in field.codes} if field else {}
    words = _field_words(fields, path)
    for operator, said in (("eq", "等于"), ("in", "属于"), ("at_most", "不大于"), ("at_least", "不小于")):
        if operator in condition:
            value = condition[operator]
            many = value if isinstance(value, list | tuple) else [value]
            return f"{words} {said} {'、'.join(values.get(str(one), str(one)) for one in many)}"
    return f"{words} {'已填' if 'present' in condition else '未填'}"


def _named(register_id: str, on: date) -> str:
    kept = registers.registers(on=on).get(register_id)
    return kept.name if kept else register_id


def rows_with_origin(found: CellTrace, *, on: date) -> list[tuple[TraceRow, str]]:
    """Return the shown rows, each with the name of its register, or of its fact when it is no row of one."""
    return [(row, _named(row.register, on) if row.register else row.name) for row in found.rows]
