"""What `journal verify` compares: frozen reports with the fact of their approval."""

from __future__ import annotations

from collections.abc import Iterator

from gongkai.annual_report.models import ReportRun
from gongkai.annual_report.services.run_report import content_digest
from gongkai.journal import api as journal

TABLE = "annual_report_reportrun"


def differences_in_reports() -> Iterator[journal.Difference]:
    """Yield frozen reports whose content is not what was approved, and approvals without a frozen report."""
    approved = {
        entry.body["run"]: entry for entry in journal.entries(names=("annual_report.ReportApproved",))
    }
    for run in ReportRun.objects.exclude(state=ReportRun.DRAFT).order_by("pk"):
        fact = approved.pop(run.pk, None)
        if fact is None:
            yield _difference(run.pk, "标为已定稿，却没有定稿的事实")
        elif not fact.body["sha256"] == run.content_sha256 == content_digest(run):
            yield _difference(run.pk, "定稿之后内容被改动")
    for number in sorted(approved):
        yield _difference(number, "已定稿的报告不在，或被改回编制中")


def _difference(key: int, problem: str) -> journal.Difference:
    return journal.Difference(kind=f"table.{TABLE}", where=f"{TABLE} {key}", message=problem)
