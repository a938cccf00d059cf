"""Facts of the annual report (年度报告的事实): which run was made, approved, drafted for publication."""

from __future__ import annotations

from datetime import date

from gongkai.journal.facts import Code, Fact, Sha256


class ReportRunMade(Fact, name="annual_report.ReportRunMade"):
    """A run folded its figures (运算); `head` is the newest seal it rests on, `replaces` the run that it corrects."""

    run: int
    year: int
    format: Code
    period_start: date
    period_end: date
    head_seq: int
    head: Sha256
    definitions: Sha256
    cells: int
    failures: int
    replaces: int | None


class ReportApproved(Fact, name="annual_report.ReportApproved"):
    """A run was frozen (定稿); `sha256` is over its cells and texts. A replaced run loses force by this."""

    run: int
    year: int
    sha256: Sha256
    unbound: int
    replaces: int | None


class ReportDrafted(Fact, name="annual_report.ReportDrafted"):
    """A frozen report went on its way to the public, as a record (转公开稿)."""

    run: int
    record: int
