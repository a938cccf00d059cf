"""Desk screens that only look: any bureau's report checked by paste or upload; what a change in the ledgers does to a run."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from gongkai.annual_report import api
from gongkai.annual_report.staff.shown import checked_rows, failure_list
from gongkai.annual_report.staff.views import KIND, seen_run
from gongkai.organisations import api as organisations

MAX_BYTES = 100 * 1024 * 1024


class CheckForm(forms.Form):
    """A report of any bureau: its file, or what was copied from its page."""

    file = forms.FileField(label="年报文件（docx、html 或 json）", required=False, allow_empty_file=True)
    pasted = forms.CharField(
        label="或粘贴年报的正文和表格",
        required=False,
        strip=False,
        max_length=2_000_000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        data = super().clean() or {}
        if not data.get("file") and not (data.get("pasted") or "").strip():
            raise forms.ValidationError("没有可核对的内容；请选择文件，或把年报粘贴到下面的框里")
        if data.get("file") and data["file"].size > MAX_BYTES:
            raise forms.ValidationError("文件超过 100 MB；请去掉图片后再试")
        return data


@require_http_methods(["GET", "POST"])
def check_page(request: HttpRequest) -> HttpResponse:
    """Check a report that was not made here; nothing is kept."""
    today = timezone.localdate()
    if not organisations.scope(user=request.user, action="view", kind=KIND, today=today):
        raise organisations.NotPermitted("您没有查看年度报告的岗位；请联系安全管理员授予岗位")
    form = CheckForm(request.POST or None, request.FILES or None)
    report = outcome = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        name, data = (
            (file.name, file.read()) if file else ("粘贴的内容", form.cleaned_data["pasted"].encode())
        )
        try:
            report = api.read_report(name=name, data=data)
            outcome = api.check_report(report)
        except (api.ReportUnreadable, api.FormatUnknown) as refused:
            form.add_error(None, str(refused))
    context = {
        "title": "核对年报", "subtitle": "任何机关的年报", "icon": "doc-full", "form": form, "report": report,
        "checked_rows": checked_rows(outcome.checked if outcome else {}), "total": sum(outcome.checked.values()) if outcome else 0,
        "failures": failure_list(api.outcome_to_json(report, outcome)["failures"]) if report and outcome else [],
    }  # fmt: skip
    return render(request, "annual_report/check_page.html", context)


@require_GET
def effects_page(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show what would be different if a run were computed now."""
    run = seen_run(request, run_id)
    found = api.effects_of(run=run, today=timezone.localdate(), now=timezone.now())
    context = {
        "title": "变动影响", "subtitle": f"{run.year} 年年度报告第 {run.pk} 号", "icon": "doc-full", "run": run, "found": found,
        "fallen": [e for e in found.equations if e.holds is False],
    }  # fmt: skip
    return render(request, "annual_report/effects_page.html", context)
