"""The official formats of the annual report (年度报告格式), by year, as loaded from `regulations/annual_report/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from gongkai.kernel.rules import Confidence, load_rules


class FormatUnknown(LookupError):
    """There is no official format for that year or name; the message says which there are."""


@dataclass(frozen=True, slots=True)
class Label:
    """An id with the words printed for it."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """A column of a section 2 table: type is non_negative_integer, non_negative_decimal, signed_integer or money_text."""

    id: str
    label: str
    type: str


@dataclass(frozen=True, slots=True)
class SectionTwoTable:
    """One table of section 2 (主动公开), named after its item of Art. 20."""

    id: str
    caption: str
    unit: str
    type: str
    columns: tuple[TypedColumn, ...]
    rows: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Applicant:
    """A column of the table of requests: a kind of applicant, or the total."""

    id: str
    label: str
    is_organisation: bool


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A row of the table of requests (section 3)."""

    id: str
    label: str
    parent: str | None
    is_heading: bool
    article: str


@dataclass(frozen=True, slots=True)
class RemedyGroup:
    """A group of columns of the table of reviews and suits (section 4)."""

    id: str
    label: str
    parent: str | None
    is_heading: bool


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """One official format with the statistical years it serves; `last_year` None = still in use."""

    id: str
    first_year: int
    last_year: int | None
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    section2: tuple[SectionTwoTable, ...]
    applicants: tuple[Applicant, ...]
    section3: tuple[RequestRow, ...]
    section4_groups: tuple[RemedyGroup, ...]
    section4_columns: tuple[Label, ...]
    label_variants: Mapping[str, tuple[str, ...]]
    corner_note: str

    @property
    def name(self) -> str:
        """Return the short name used outside: 2019 or 2021."""
        return self.id.removeprefix("format.")

    @property
    def value_rows(self) -> tuple[str, ...]:
        """Return the ids of the rows of section 3 that carry numbers."""
        return tuple(row.id for row in self.section3 if not row.is_heading)

    @property
    def leaves(self) -> tuple[str, ...]:
        """Return the ids of the result rows that add up to 总计: below 三, without the total."""
        headings = {row.id for row in self.section3 if row.is_heading}
        return tuple(
            r.id
            for r in self.section3
            if not r.is_heading and r.parent in headings and r.id != "total_processed"
        )

    @property
    def value_groups(self) -> tuple[str, ...]:
        """Return the ids of the groups of section 4 that carry numbers."""
        return tuple(group.id for group in self.section4_groups if not group.is_heading)


@dataclass(frozen=True, slots=True)
class Formula:
    """A cross-check (勾稽公式): severity error stops a report, warning asks for a reason, info reminds."""

    id: str
    name: str
    severity: str
    official: bool
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str


@lru_cache(maxsize=1)
def report_formats() -> dict[str, ReportFormat]:
    """Return the formats by short name."""
    return {rule.name: rule for rule in load_rules("annual_report/formats", ReportFormat)}


@lru_cache(maxsize=1)
def formulas() -> dict[str, Formula]:
    """Return the cross-checks by id."""
    return {rule.id: rule for rule in load_rules("annual_report/formulas", Formula)}


def format_named(name: str) -> ReportFormat:
    """Return a format by its short name; raises FormatUnknown."""
    try:
        return report_formats()[name]
    except KeyError:
        raise FormatUnknown(
            f"不认识的年报格式“{name}”；可用：{'、'.join(sorted(report_formats()))}"
        ) from None


def format_of_year(year: int) -> ReportFormat:
    """Return the format that serves a statistical year; raises FormatUnknown."""
    for rule in report_formats().values():
        if rule.first_year <= year and (rule.last_year is None or year <= rule.last_year):
            return rule
    raise FormatUnknown(
        f"{year} 年没有可用的统一格式；统一格式自 {min(f.first_year for f in report_formats().values())} 年起使用"
    )
