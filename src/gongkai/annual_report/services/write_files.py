"""Write a run out (输出年报): report.html, report.docx, report.json, the work report, and long lists of facts beside them."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from gongkai.annual_report.core.formats import format_named
from gongkai.annual_report.models import ReportCell, ReportRun
from gongkai.annual_report.printing.docx_report import report_docx
from gongkai.annual_report.printing.html_report import report_html
from gongkai.annual_report.selectors import fact_ids_of
from gongkai.annual_report.services.report_document import document_of
from gongkai.annual_report.services.run_report import annual_text, previous_run, rendered_texts, report_of
from gongkai.organisations import api as organisations

INLINE_FACTS = 200


def write_files(*, run: ReportRun, folder: Path) -> list[Path]:
    """Write the files of a run into a folder (made when missing) and return their paths, the three main ones first."""
    folder.mkdir(parents=True, exist_ok=True)
    document = document_of(run)
    paths = [
        folder / "report.html",
        folder / "report.docx",
        folder / "report.json",
        folder / "work_report.docx",
    ]
    paths[0].write_text(report_html(document), encoding="utf-8")
    paths[1].write_bytes(report_docx(document))
    paths[3].write_bytes(report_docx(document, work=True))
    body = report_json(run, folder=folder)
    paths[2].write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return paths


def report_json(run: ReportRun, *, folder: Path | None = None) -> dict[str, Any]:
    """Return a run as data that `report check` reads, with its cells; fact lists over 200 go into files of `folder`."""
    texts = rendered_texts(run)
    before = previous_run(run)
    main = _tables(run) | {"narrative": _said(run, texts)}
    return main | {
        "previous": _tables(before) if before else None,
        "title": document_title(run),
        "texts": texts,
        "run": {
            "id": run.pk, "state": run.state, "period": [run.period_start.isoformat(), run.period_end.isoformat()],
            "made_at": run.made_at.isoformat(), "journal_head": {"seq": run.head_seq, "hash": run.head, "entries": run.verified_entries},
            "definitions_sha256": run.definitions_sha256, "content_sha256": run.content_sha256 or None,
            "replaces": run.replaces_id, "differences": run.differences,
        },
        "relations": run.relations,
        "cells": {cell.cell: _cell(cell, folder) for cell in run.cells.all()},
    }  # fmt: skip


def document_title(run: ReportRun) -> str:
    """Return the title that the annual report carries."""
    name = organisations.get_organisation(code=run.org_code).name
    return f"{name}{run.year}年政府信息公开工作年度报告"


def _said(run: ReportRun, texts: dict[str, str]) -> str:
    sections = annual_text(run) and [texts[name] for name in ("s1", "s5", "s6") if name in texts]
    return "\n".join(sections or [])


def _tables(run: ReportRun) -> dict[str, Any]:
    report, form = report_of(run), format_named(run.format)
    section2: dict[str, Any] = {
        table.id: {
            row.id: {c.id: _plain(report.cells.get(f"{table.id}.{row.id}.{c.id}")) for c in table.columns} for row in table.rows
        }
        for table in form.section2
    }  # fmt: skip
    columns = [applicant.id for applicant in form.applicants]
    rows = {
        row: [_plain(report.cells.get(f"t3.{row}.{column}")) for column in columns] for row in form.value_rows
    }
    section4 = {
        group: {c.id: _plain(report.cells.get(f"t4.{group}.{c.id}")) for c in form.section4_columns}
        for group in form.value_groups
    }
    return {
        "agency": report.agency, "agency_kind": report.agency_kind, "year": run.year, "format": run.format,
        "section2": section2, "section3": {"columns": columns, "rows": rows}, "section4": section4,
    }  # fmt: skip


def _plain(value: Any) -> int | float | None:
    if not isinstance(value, Decimal):
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _cell(cell: ReportCell, folder: Path | None) -> dict[str, Any]:
    value: Any = cell.value or None
    if cell.kind == ReportCell.NUMBER and value is not None:
        value = _plain(round(Decimal(value), 6))
    body: dict[str, Any] = {
        "value": value, "printed": cell.printed, "ref": cell.ref or None, "name": cell.name, "unit": cell.unit,
        "definition": cell.definition, "definition_version": cell.definition_version,
    }  # fmt: skip
    if cell.parts:
        body["parts"] = cell.parts
    ids = list(fact_ids_of(cell))
    if folder is None or len(ids) <= INLINE_FACTS:
        return body | {"facts": ids}
    name = f"facts/{cell.cell}.txt"
    (folder / "facts").mkdir(exist_ok=True)
    (folder / name).write_text("".join(f"{number}\n" for number in ids), encoding="utf-8")
    return body | {"facts_file": name, "fact_count": len(ids)}


def file_of(*, run: ReportRun, kind: str) -> bytes:
    """Return one file of a run: `docx`, `html` or `json` (fact lists inside)."""
    if kind == "json":
        return json.dumps(report_json(run), ensure_ascii=False, indent=1).encode()
    document = document_of(run)
    return report_docx(document) if kind == "docx" else report_html(document).encode()
