"""Random reports in which everything agrees, and their printing as JSON, html and docx like the official layout."""

from __future__ import annotations

import html
import io
from decimal import Decimal
from random import Random

import docx

from gongkai.annual_report.core.formats import ReportFormat, format_named
from gongkai.annual_report.core.report import Report


def consistent_report(seed: int, form: str = "2021", year: int | None = None) -> Report:
    """Make a report that keeps every equation; the agency is invented."""
    rng, rules = Random(seed), format_named(form)  # noqa: S311  (made-up figures)
    report = Report(agency="虚构县卫生健康局", agency_kind=None, year=year or rules.first_year, format=rules)
    cells: dict[str, Decimal] = {}
    for table in rules.section2:
        for row in table.rows:
            for column in table.columns:
                value = 0 if row.id == "regulations" else rng.randrange(0, 400)
                cells[f"{table.id}.{row.id}.{column.id}"] = Decimal(value)
    if form == "2021":
        made, repealed = rng.randrange(5), rng.randrange(3)
        cells["t2.art20_1.normative_documents.made"], cells["t2.art20_1.normative_documents.repealed"] = (
            Decimal(made),
            Decimal(repealed),
        )
        cells["t2.art20_1.normative_documents.in_force"] = Decimal(made + rng.randrange(20))
    parts = [a.id for a in rules.applicants if a.id != "total"]
    for part in parts:
        for leaf in rules.leaves:
            cells[f"t3.{leaf}.{part}"] = Decimal(rng.choice([0, 0, 0, 1, rng.randrange(30)]))
        processed = sum(cells[f"t3.{leaf}.{part}"] for leaf in rules.leaves)
        out = Decimal(rng.randrange(4))
        carried_in = Decimal(rng.randrange(int(min(processed + out, 5)) + 1))
        cells[f"t3.total_processed.{part}"], cells[f"t3.carried_out.{part}"] = Decimal(processed), out
        cells[f"t3.carried_in.{part}"], cells[f"t3.new_received.{part}"] = (
            carried_in,
            processed + out - carried_in,
        )
    for row in rules.value_rows:
        cells[f"t3.{row}.total"] = Decimal(sum(cells[f"t3.{row}.{part}"] for part in parts))
    for group in rules.value_groups:
        four = {c.id: Decimal(rng.randrange(6)) for c in rules.section4_columns if c.id != "total"}
        cells |= {f"t4.{group}.{c}": v for c, v in four.items()}
        cells[f"t4.{group}.total"] = Decimal(sum(four.values()))
    report.cells = dict(cells)
    return report


def as_json(report: Report) -> dict:
    """Return the JSON form of a report."""
    form, data = (
        report.format,
        {"agency": report.agency, "agency_kind": report.agency_kind, "year": report.year},
    )
    section2: dict = {}
    for table in form.section2:
        section2[table.id] = {
            row.id: {c.id: int(report.cells[f"{table.id}.{row.id}.{c.id}"]) for c in table.columns}
            for row in table.rows
        }
    columns = [a.id for a in form.applicants]
    rows = {row: [int(report.cells[f"t3.{row}.{c}"]) for c in columns] for row in form.value_rows}
    section4 = {
        g: {c.id: int(report.cells[f"t4.{g}.{c.id}"]) for c in form.section4_columns}
        for g in form.value_groups
    }
    return data | {
        "format": form.name, "section2": section2, "section3": {"columns": columns, "rows": rows}, "section4": section4,
        "narrative": report.narrative, "previous": None,
    }  # fmt: skip


def printed_tables(report: Report) -> list[list[list[str]]]:
    """Return the three tables as rows of cells with merged cells repeated, as the official layout prints them."""
    form = report.format
    two: list[list[str]] = []
    for table in form.section2:
        width = 1 + len(table.columns)
        two.append([table.caption] * width)
        two.append(["信息内容", *(c.label for c in table.columns)])
        two += [
            [r.label, *(str(report.cells[f"{table.id}.{r.id}.{c.id}"]) for c in table.columns)]
            for r in table.rows
        ]
    return [two, _requests(report, form), _remedies(report, form)]


def _requests(report: Report, form: ReportFormat) -> list[list[str]]:
    labels = {row.id: row.label for row in form.section3}
    head = [
        [form.corner_note] * 3 + ["申请人情况"] * 7,
        [form.corner_note] * 3 + [a.label for a in form.applicants],
    ]
    rows = []
    for row in form.section3:
        if row.is_heading:
            continue
        lead = [row.label] * 3
        if row.parent == "results":
            lead = ["三、本年度办理结果", row.label, row.label]
        elif row.parent:
            lead = ["三、本年度办理结果", labels[row.parent], row.label]
        rows.append(lead + [str(report.cells[f"t3.{row.id}.{a.id}"]) for a in form.applicants])
    return head + rows


def _remedies(report: Report, form: ReportFormat) -> list[list[str]]:
    columns = [c.label for c in form.section4_columns]
    values = [str(report.cells[f"t4.{g}.{c.id}"]) for g in form.value_groups for c in form.section4_columns]
    return [
        ["行政复议"] * 5 + ["行政诉讼"] * 10,
        ["行政复议"] * 5 + ["未经复议直接起诉"] * 5 + ["复议后起诉"] * 5,
        columns * 3,
        values,
    ]


def as_html(report: Report, text: str = "") -> bytes:
    """Print a report as a web page; each section 2 table is its own table."""
    parts = [f"<h1>{report.agency}{report.year}年政府信息公开工作年度报告</h1><p>{html.escape(text)}</p>"]
    for grid in printed_tables(report):
        rows = "".join("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>" for row in grid)
        parts.append(f"<table>{rows}</table>")
    return f"<!doctype html><meta charset=utf-8><body>{''.join(parts)}</body>".encode()


def as_docx(report: Report, text: str = "") -> bytes:
    """Print a report as a Word file with really merged label cells."""
    document = docx.Document()
    document.add_paragraph(f"{report.agency}{report.year}年政府信息公开工作年度报告")
    document.add_paragraph(text)
    for grid in printed_tables(report):
        width = max(len(row) for row in grid)
        table = document.add_table(rows=len(grid), cols=width)
        for r, row in enumerate(grid):
            c = 0
            while c < len(row):
                end = c
                while end + 1 < len(row) and row[end + 1] == row[c] and not row[c].lstrip("-").isdigit():
                    end += 1
                cell = table.cell(r, c)
                if end > c:
                    cell = cell.merge(table.cell(r, end))
                cell.text = row[c]
                c = end + 1
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
