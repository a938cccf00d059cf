"""Freeze a report (定稿): the cross-checks hold, every number is bound or answered for, and nobody approves what they wrote."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.annual_report.core.errors import ReportRefused
from gongkai.annual_report.facts import ReportApproved
from gongkai.annual_report.models import ReportRun
from gongkai.annual_report.services.edit_texts import open_run
from gongkai.annual_report.services.run_report import content_digest, unbound_of
from gongkai.journal import api as journal
from gongkai.organisations import api as organisations


@transaction.atomic
def approve_run(
    *, run_id: int, content_sha256: str, user: Any, today: date, now: datetime, unbound_reason: str = ""
) -> ReportRun:
    """Freeze a run whose content is the one that was shown (`content_sha256` of `run_report.content_digest`).

    Raises ReportRefused: frozen already, changed since it was shown, an equation of severity error fails, unbound numbers
    without a reason, the approver wrote it, or what it corrects is no longer in force; organisations.api.NotPermitted.
    """
    run = open_run(run_id)
    organisations.require(user=user, action="approve", kind="report", org_code=run.org_code, today=today)
    if organisations.effective_persons(user=user, today=today) & set(run.editors):
        raise ReportRefused(
            "report.own_work", "编制过这份报告的人不能定稿", where="定稿", remedy="请另一位有定稿权限的人审定"
        )
    digest = content_digest(run)
    if digest != content_sha256:
        raise ReportRefused(
            "report.content_changed",
            "报告在您打开之后又改过",
            where="定稿",
            remedy="请刷新页面，看过现在的内容再定稿",
        )
    if run.outcome.get("has_errors", True):
        raise ReportRefused(
            "report.equations_fail",
            "有勾稽关系不成立，或正文绑定了没有的数字",
            where="勾稽",
            remedy="请先改正数据或正文",
        )
    open_numbers = sum(len(numbers) for numbers in unbound_of(run).values())
    if open_numbers and not unbound_reason.strip():
        raise ReportRefused(
            "report.unbound_numbers", f"正文有 {open_numbers} 个数字没有绑定指标", where="正文",
            remedy="请逐个绑定，或写明这些数字的来源",
        )  # fmt: skip
    if run.replaces is not None:
        _retire(run.replaces)
    run.state, run.approved_at, run.approved_by = ReportRun.APPROVED, now, int(user.pk)
    run.unbound_reason, run.content_sha256 = unbound_reason.strip()[:300], digest
    run.save()
    fact = ReportApproved(
        org=run.org_code, subject=f"report:{run.pk}", on=today, run=int(run.pk), year=run.year, sha256=digest,
        unbound=open_numbers, replaces=run.replaces_id,
    )  # fmt: skip
    journal.record_fact(fact, actor=organisations.actor(user=user, role="report"), now=now)
    return run


def _retire(old: ReportRun) -> None:
    changed = ReportRun.objects.filter(pk=old.pk, state=ReportRun.APPROVED).update(state=ReportRun.REPLACED)
    if not changed:
        raise ReportRefused(
            "report.not_in_force",
            "要更正的报告已经被另一份更正",
            where="更正",
            remedy="请以现行的报告重新作更正",
        )
