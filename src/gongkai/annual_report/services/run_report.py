"""A run as the report that the cross-checks read (运算结果 → 年报), its texts, and the one of the year before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from gongkai.annual_report.core.bound_text import Unbound, render, unbound_numbers
from gongkai.annual_report.core.display import Exact
from gongkai.annual_report.core.formats import format_named
from gongkai.annual_report.core.report import Report
from gongkai.annual_report.core.texts import SectionText, offered
from gongkai.annual_report.models import ReportCell, ReportRun
from gongkai.organisations import api as organisations


def report_of(run: ReportRun) -> Report:
    """Return the official tables of a run."""
    return report_with(run, run.cells.values_list("cell", "value"))


def report_with(run: ReportRun, values: Iterable[tuple[str, str]]) -> Report:
    """Return the official tables of a run with other values (cell, exact text)."""
    org = organisations.get_organisation(code=run.org_code)
    report = Report(agency=org.name, agency_kind=None, year=run.year, format=format_named(run.format))
    for cell, value in values:
        if cell.startswith(("t2.", "t3.", "t4.")) and value:
            report.cells[cell] = Decimal(value)
    return report


def previous_run(run: ReportRun) -> ReportRun | None:
    """Return the frozen report of the year before, which the year-on-year checks compare with."""
    runs = ReportRun.objects.filter(
        org_code=run.org_code, scope=run.scope, year=run.year - 1, state=ReportRun.APPROVED
    )
    return runs.first()


def exact_value(cell: ReportCell) -> Exact | None:
    """Return the exact value of a stored cell; None when it does not apply."""
    if not cell.value:
        return None
    if cell.kind == ReportCell.DATE:
        return date.fromisoformat(cell.value)
    if cell.kind == ReportCell.TEXT:
        return cell.value
    number = Decimal(cell.value)
    return int(number) if number == number.to_integral_value() else number


def section_texts_of(run: ReportRun) -> list[tuple[SectionText, str]]:
    """Return the sections of a run in order with their texts as they stand."""
    return [(text, run.texts.get(name, "")) for name, text in offered(year=run.year).items()]


def annual_text(run: ReportRun) -> str:
    """Return the texts of the official sections, figures still bound."""
    return "\n".join(text for section, text in section_texts_of(run) if section.document == "annual")


def printed_cells(run: ReportRun) -> dict[str, str]:
    """Return the printed form of every cell."""
    return dict(run.cells.values_list("cell", "printed"))


def rendered_texts(run: ReportRun) -> dict[str, str]:
    """Return the texts by section with figures printed. Raises FigureUnknown."""
    printed = printed_cells(run)
    return {section.id: render(text, printed) for section, text in section_texts_of(run)}


def unbound_of(run: ReportRun) -> dict[str, list[Unbound]]:
    """Return the numbers that no figure stands behind, by section; sections without are left out."""
    printed = printed_cells(run)
    found = {section.id: unbound_numbers(text, printed) for section, text in section_texts_of(run)}
    return {name: numbers for name, numbers in found.items() if numbers}


def content_digest(run: ReportRun) -> str:
    """Return the SHA-256 over what a frozen report says: parameters, cells with their facts, texts."""
    cells = [
        [c.cell, c.kind, c.value, c.printed, c.definition, c.definition_version, c.fact_count, bytes(c.facts).hex(), c.parts]
        for c in run.cells.order_by("position")
    ]  # fmt: skip
    parameters = [
        run.org_code, run.year, run.format, run.scope, run.period_start.isoformat(), run.period_end.isoformat(),
        run.head_seq, run.head, run.definitions_sha256,
    ]  # fmt: skip
    text = json.dumps([parameters, cells, run.texts], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
