"""A report as a document (年报文稿): title, sections with texts and tables; what page, Word file and record are made from."""

from __future__ import annotations

from dataclasses import dataclass

from gongkai.annual_report.core.bound_text import Piece
from gongkai.annual_report.core.grids import Grid


@dataclass(frozen=True, slots=True)
class Section:
    """One section: heading, paragraphs as pieces (figures marked), tables."""

    id: str
    heading: str
    paragraphs: tuple[tuple[Piece, ...], ...]
    grids: tuple[Grid, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from (数据来源), for readers: what it is called, as printed, how it is counted, over how many facts."""

    cell: str
    name: str
    printed: str
    unit: str
    definition: str
    facts: int


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """The annual report with its six sections, the work report beside it, and the sources of the figures its texts print."""

    title: str
    agency: str
    year: int
    date: str
    lead: str
    sections: tuple[Section, ...]
    work_title: str
    work_sections: tuple[Section, ...]
    sources: tuple[Source, ...]
