"""Change the texts of a draft report (修改正文): figures stay bound, what others changed meanwhile is not lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.annual_report.core.bound_text import bound_names
from gongkai.annual_report.core.errors import ReportRefused
from gongkai.annual_report.models import ReportRun
from gongkai.annual_report.services.build_run import check_run
from gongkai.annual_report.services.run_report import printed_cells
from gongkai.organisations import api as organisations

TEXT_MAX = 20_000


def open_run(run_id: int) -> ReportRun:
    """Return a draft run, locked. Raises ReportRefused when it is not there or frozen."""
    run = ReportRun.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
    if run is None:
        raise ReportRefused("report.unknown", f"没有第 {run_id} 号报告", remedy="请从列表中打开")
    if run.state != ReportRun.DRAFT:
        raise ReportRefused(
            "report.frozen",
            f"第 {run_id} 号报告已定稿，不能再改",
            where="年度报告",
            remedy="要更正请作更正报告",
        )
    return run


@transaction.atomic
def edit_texts(
    *, run_id: int, texts: Mapping[str, str], text_version: int, user: Any, today: date, now: datetime
) -> ReportRun:
    """Store texts by section and check them again. `text_version` is the one the editor started from.

    Raises ReportRefused for a frozen run, another's change in between, an unknown section or figure, or a text too long;
    organisations.api.NotPermitted.
    """
    run = open_run(run_id)
    organisations.require(user=user, action="edit", kind="report", org_code=run.org_code, today=today)
    if run.text_version != text_version:
        raise ReportRefused(
            "report.changed_meanwhile", "这份正文刚刚被别人改过，您的修改没有保存", where="正文",
            remedy="请刷新页面，把自己的修改并进去再保存",
        )  # fmt: skip
    known = printed_cells(run)
    for name, text in texts.items():
        if name not in run.texts:
            raise ReportRefused("report.section_unknown", f"没有编号为“{name}”的部分", where="正文")
        if len(text) > TEXT_MAX:
            raise ReportRefused(
                "report.text_too_long",
                f"有 {len(text)} 个字，超过 {TEXT_MAX} 个字",
                where=name,
                remedy="请缩短",
            )
        if missing := [figure for figure in bound_names(text) if figure not in known]:
            raise ReportRefused(
                "report.figure_unknown",
                f"绑定了没有的数字：{'、'.join(missing)}",
                where=name,
                remedy="请从数字列表中选择",
            )
        run.texts[name] = text.replace("\r\n", "\n").strip()
    run.text_version += 1
    run.editors = sorted({*run.editors, int(user.pk)})
    check_run(run)
    run.save()
    return run
