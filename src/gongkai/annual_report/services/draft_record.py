"""Turn a frozen report into a draft for the public (年报公开稿): through records, with its sources, reviewed as any record."""

from __future__ import annotations

import io
from collections.abc import Mapping
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
from gongkai.annual_report.services.request_panel import request_blocks
from gongkai.annual_report.services.source_panel import panel_blocks, sources_csv
from gongkai.catalogue import api as catalogue
from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.records import api as records

COLUMN = "nianbao"
CATALOGUE_ITEM = "F21"


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
    made = {
        f"{document.title}.docx": report_docx(document),
        f"{document.work_title}.docx": report_docx(document, work=True),
        "数据来源明细.csv": sources_csv(run, document.sources, today=today),
    }
    attached = [
        {
            "type": "attachment",
            "sha256": records.store_file(
                stream=io.BytesIO(data), name=name, now=now, clean=name.endswith(".docx")
            ).pk,
            "name": name,
        }
        for name, data in made.items()
    ]
    metadata = {
        "kind": "report", "columns": [COLUMN], "formed_date": today,
        "summary": f"{document.agency}{run.year}年政府信息公开工作年度报告。",
    }  # fmt: skip
    if section_code:
        metadata["section_code"] = section_code
    info = records.create_draft(
        org_code=run.org_code, catalogue_codes=_items(run.org_code), title=document.title, user=user, now=now,
        metadata=metadata, blocks=[*blocks_of(run, document, today=today), *attached],
    )  # fmt: skip
    run.record_id = info.id
    run.save(update_fields=["record_id"])
    fact = ReportDrafted(
        org=run.org_code, subject=f"report:{run.pk}", on=today, run=int(run.pk), record=info.id
    )
    journal.record_fact(fact, actor=organisations.actor(user=user, role="report"), now=now)
    return Drafted(run, info.id)


def _items(org_code: str) -> tuple[str, ...]:
    """Return the catalogue item of annual reports, if this body's catalogue has it."""
    found = catalogue.get_item(org_code=org_code, code=CATALOGUE_ITEM)
    return (CATALOGUE_ITEM,) if found is not None else ()


def blocks_of(run: ReportRun, document: ReportDocument, *, today: date) -> list[dict[str, Any]]:
    """Return the payload blocks: the six sections, the work report beside them, and the panel of sources; each figure of a text
    leads to its place in the panel, and there to its rows."""
    sections = [*document.sections, *document.work_sections]
    # Headings get the ids s1, s2, … in order: the sections, the two titles between them, then one for each figure.
    first = len(sections) + 3
    places = {source.cell: f"s{first + position}" for position, source in enumerate(document.sources)}
    blocks: list[dict[str, Any]] = [{"type": "paragraph", "html": escape(document.lead)}]
    for section in document.sections:
        blocks += _section(section, places)
    blocks.append({"type": "heading", "level": 1, "text": f"附：{document.work_title}"})
    for section in document.work_sections:
        blocks += _section(section, places, level=2)
    blocks.append({"type": "heading", "level": 1, "text": "数据来源"})
    note = "正文中带链接的数字都由台账和办理的事实折算。点开数字，可以看到它的口径和背后的记录；全部记录见附件“数据来源明细.csv”。"
    blocks.append({"type": "paragraph", "html": escape(note)})
    for source in document.sources:
        blocks.append({"type": "heading", "level": 2, "text": source.name})
        blocks += panel_blocks(run, source, today=today)
    return [*blocks, *request_blocks(run)]


def _section(section: Section, places: Mapping[str, str], *, level: int = 1) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = [{"type": "heading", "level": level, "text": section.heading}]
    blocks += [{"type": "paragraph", "html": _html(paragraph, places)} for paragraph in section.paragraphs]
    return blocks + [_table(grid) for grid in section.grids]


def _html(paragraph: tuple[Piece, ...], places: Mapping[str, str]) -> str:
    return "".join(
        f'<a href="#{places[p.cell]}">{escape(p.text)}</a>' if p.cell in places else escape(p.text)
        for p in paragraph
    )


def _table(grid: Grid) -> dict[str, Any]:
    return {
        "type": "table", "caption": grid.caption, "header_rows": grid.head_rows, "header_columns": grid.head_columns,
        "rows": [list(row) for row in grid.rows],
    }  # fmt: skip
