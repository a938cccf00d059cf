"""The whole check of one report: cross-checks, text against tables, reminders; as data for people and programs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from gongkai.annual_report.core.equations import Failure, Outcome, check_equations, reminders
from gongkai.annual_report.core.narrative import check_narrative
from gongkai.annual_report.core.report import Report


def check_report(report: Report) -> Outcome:
    """Check F1 to F9 and F11 and add the reminders F10, F12, F13."""
    outcome = check_equations(report)
    check_narrative(report, outcome)
    outcome.failures += reminders(report)
    return outcome


def outcome_to_json(report: Report, outcome: Outcome) -> dict[str, Any]:
    """Return `{"format", "checked": {formula: n}, "failures": [...], "unread": [...]}`."""
    return {
        "format": report.format.name,
        "agency": report.agency,
        "year": report.year,
        "checked": outcome.checked,
        "failures": [_failure(failure) for failure in outcome.failures],
        "unread": report.unread,
    }


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "formula": failure.formula, "severity": failure.severity, "where": failure.where,
        "left": _plain(failure.left), "right": _plain(failure.right), "message": failure.message,
    }  # fmt: skip


def _plain(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
