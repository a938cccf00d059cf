"""A run as a document (运算结果 → 文稿)."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from gongkai.annual_report.core.bound_text import bound_names, pieces
from gongkai.annual_report.core.document import ReportDocument, Section, Source
from gongkai.annual_report.core.formats import format_named
from gongkai.annual_report.core.grids import official_grids
from gongkai.annual_report.models import ReportCell, ReportRun
from gongkai.annual_report.selectors import fact_ids_of
from gongkai.annual_report.services.run_report import section_texts_of
from gongkai.organisations import api as organisations

HEADINGS = {
    "t2": "二、主动公开政府信息情况", "t3": "三、收到和处理政府信息公开申请情况", "t4": "四、政府信息公开行政复议、行政诉讼情况",
}  # fmt: skip
OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
SECTION_ORDER = ("s1", "t2", "t3", "t4", "s5", "s6")


def document_of(run: ReportRun) -> ReportDocument:
    """Return the document of a run. Raises FigureUnknown when a text binds what the run does not have."""
    agency = organisations.get_organisation(code=run.org_code).name
    cells = {cell.cell: cell for cell in run.cells.all()}
    printed = {name: cell.printed for name, cell in cells.items()}
    texts = section_texts_of(run)
    grids = official_grids(format_named(run.format), printed)
    sections = {s.id: _section(s.id, s.heading, text, printed) for s, text in texts if s.document == "annual"}
    sections |= {name: Section(name, HEADINGS[name], (), tuple(tables)) for name, tables in grids.items()}
    names = dict.fromkeys(name for _, text in texts for name in bound_names(text))
    return ReportDocument(
        title=f"{agency}{run.year}年政府信息公开工作年度报告", agency=agency, year=run.year,
        date=office_date(run), lead=f"本报告依据《中华人民共和国政府信息公开条例》和{run.format_basis[0]}编制，统计期限为{run.period_start.year}年1月1日至12月31日。",
        sections=tuple(sections[name] for name in SECTION_ORDER if name in sections),
        work_title=f"{agency}{run.year}年度政务公开工作报告",
        work_sections=tuple(_section(s.id, s.heading, text, printed) for s, text in texts if s.document == "work"),
        sources=tuple(_source(cells[name]) for name in names),
    )  # fmt: skip


def _section(section_id: str, heading: str, text: str, printed: dict[str, str]) -> Section:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return Section(section_id, heading, tuple(tuple(pieces(line, printed)) for line in lines))


def office_date(run: ReportRun) -> str:
    """Return the day of the document as it is printed: approved, else computed."""
    day: date = (run.approved_at or run.made_at).astimezone(OFFICE_ZONE).date()
    return f"{day.year}年{day.month}月{day.day}日"


def _source(cell: ReportCell) -> Source:
    words = f"{cell.definition}（第{cell.definition_version}版）"
    return Source(cell.cell, cell.name, cell.printed, cell.unit, words, sum(1 for _ in fact_ids_of(cell)))
