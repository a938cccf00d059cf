"""The door of the annual report (年度报告)."""

from __future__ import annotations

from gongkai.annual_report.core.checking import check_report, outcome_to_json
from gongkai.annual_report.core.formats import FormatUnknown, ReportFormat, format_of_year
from gongkai.annual_report.core.report import Report, ReportUnreadable
from gongkai.annual_report.reading.report_file import read_report

__all__ = [
    "FormatUnknown",
    "Report",
    "ReportFormat",
    "ReportUnreadable",
    "check_report",
    "format_of_year",
    "outcome_to_json",
    "read_report",
]
