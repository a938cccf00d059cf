"""The door of the annual report (年度报告): runs, figures with what stands behind them, and the checking of any report."""

from __future__ import annotations

from gongkai.annual_report.core.bound_text import FigureUnknown
from gongkai.annual_report.core.checking import check_report, outcome_to_json
from gongkai.annual_report.core.derived import check_relations, relations
from gongkai.annual_report.core.errors import ReportRefused
from gongkai.annual_report.core.formats import FormatUnknown, ReportFormat, format_of_year
from gongkai.annual_report.core.metrics import Metric, MetricUnknown, dependents, metrics
from gongkai.annual_report.core.report import Report, ReportUnreadable
from gongkai.annual_report.models import ReportCell, ReportRun
from gongkai.annual_report.reading.report_file import read_report
from gongkai.annual_report.selectors import (
    CellTrace,
    cell_trace,
    find_cell,
    get_run,
    latest_run,
    list_runs,
    run_in_force,
)
from gongkai.annual_report.services.approve_run import approve_run
from gongkai.annual_report.services.build_run import build_run, organisation_codes
from gongkai.annual_report.services.draft_record import draft_record
from gongkai.annual_report.services.edit_texts import edit_texts
from gongkai.annual_report.services.effects import Effects, effects_of
from gongkai.annual_report.services.evaluate import Figure, evaluate
from gongkai.annual_report.services.run_report import content_digest, rendered_texts, unbound_of
from gongkai.annual_report.services.track_ladder import list_ladder
from gongkai.annual_report.services.write_files import file_of, write_files

__all__ = [
    "CellTrace",
    "Effects",
    "Figure",
    "FigureUnknown",
    "FormatUnknown",
    "Metric",
    "MetricUnknown",
    "Report",
    "ReportCell",
    "ReportFormat",
    "ReportRefused",
    "ReportRun",
    "ReportUnreadable",
    "approve_run",
    "build_run",
    "cell_trace",
    "check_relations",
    "check_report",
    "content_digest",
    "dependents",
    "draft_record",
    "edit_texts",
    "effects_of",
    "evaluate",
    "file_of",
    "find_cell",
    "format_of_year",
    "get_run",
    "latest_run",
    "list_ladder",
    "list_runs",
    "metrics",
    "organisation_codes",
    "outcome_to_json",
    "read_report",
    "relations",
    "rendered_texts",
    "run_in_force",
    "unbound_of",
    "write_files",
]
