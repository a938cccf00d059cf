"""Turn a frozen report into a draft for the public (年报公开稿): through records, with its sources, reviewed as any record."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any

from django.db import transaction

from gongkai.annual_report.core.bound_text import Piece
from gongkai.annual_report.core.document import ReportDocument, Section
from gongkai.annual_report.core.errors import ReportRefused
from gongkai.annual_report.core.grids import Grid
from gongkai.annual_report.facts import ReportDrafted
from gongkai.annual_report.models import ReportRun
from gongkai.annual_report.printing.docx_report import report_docx
from gongkai.annual_report.services.report_document import document_of
from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.records import api as records

COLUMN = "nianbao"


@dataclass(frozen=True, slots=True)
class Drafted:
    """The run and the record that was made of it."""

    run: ReportRun
    record_id: int


@transaction.atomic
def draft_record(*, run_id: int, section_code: str = "", user: Any, today: date, now: datetime) -> Drafted:
    """Make a draft record of a frozen report in the column 政府信息公开年报. The same run again gives the same record.

    Raises ReportRefused for a run that is not in force; what `records.create_draft` raises.
    """
    run = ReportRun.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
    if run is None or run.state != ReportRun.APPROVED:
        raise ReportRefused(
            "report.not_approved", "只有已定稿的报告可以转公开稿", where="年度报告", remedy="请先定稿"
        )
    if run.record_id:
        return Drafted(run, int(run.record_id))
    document = document_of(run)
    file = records.store_file(
        stream=io.BytesIO(report_docx(document)), name=f"{document.title}.docx", now=now
    )
    metadata = {
        "kind": "report", "columns": [COLUMN], "formed_date": today,
        "summary": f"{document.agency}{run.year}年政府信息公开工作年度报告。",
    }  # fmt: skip
    if section_code:
        metadata["section_code"] = section_code
    info = records.create_draft(
        org_code=run.org_code, catalogue_codes=(), title=document.title, user=user, now=now, metadata=metadata,
        blocks=[*blocks_of(document), {"type": "attachment", "sha256": file.pk, "name": f"{document.title}.docx"}],
    )  # fmt: skip
    run.record_id = info.id
    run.save(update_fields=["record_id"])
    fact = ReportDrafted(
        org=run.org_code, subject=f"report:{run.pk}", on=today, run=int(run.pk), record=info.id
    )
    journal.record_fact(fact, actor=organisations.actor(user=user, role="report"), now=now)
    return Drafted(run, info.id)


def blocks_of(document: ReportDocument) -> list[dict[str, Any]]:
    """Return the payload blocks of the annual report: sections, tables, and the sources of the figures in its texts."""
    blocks: list[dict[str, Any]] = [{"type": "paragraph", "html": escape(document.lead)}]
    for section in document.sections:
        blocks += _section(section)
    said = {
        piece.cell for section in document.sections for paragraph in section.paragraphs for piece in paragraph
    }
    rows = [
        [s.name, s.printed + ("" if s.unit == "%" else s.unit), s.definition, str(s.facts)]
        for s in document.sources
        if s.cell in said
    ]
    blocks.append({"type": "heading", "level": 1, "text": "数据来源"})
    blocks.append(
        {
            "type": "table", "caption": "正文各数字的口径和事实条数", "header_rows": 1, "header_columns": 1,
            "rows": [["指标", "数字", "口径", "事实（条）"], *rows],
        }
    )  # fmt: skip
    return blocks


def _section(section: Section) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = [{"type": "heading", "level": 1, "text": section.heading}]
    blocks += [{"type": "paragraph", "html": _html(paragraph)} for paragraph in section.paragraphs]
    return blocks + [_table(grid) for grid in section.grids]


def _html(paragraph: tuple[Piece, ...]) -> str:
    return "".join(f"<strong>{escape(p.text)}</strong>" if p.cell else escape(p.text) for p in paragraph)


def _table(grid: Grid) -> dict[str, Any]:
    return {
        "type": "table", "caption": grid.caption, "header_rows": grid.head_rows, "header_columns": grid.head_columns,
        "rows": [list(row) for row in grid.rows],
    }  # fmt: skip
