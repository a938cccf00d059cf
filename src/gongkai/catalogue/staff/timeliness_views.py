"""Desk screens of timeliness (时效): what is due, late and empty, the forecast of the column rules, and its settings."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.catalogue.core.column_rules import practice
from gongkai.catalogue.core.timeline import draw
from gongkai.catalogue.models import Column, TimelinessSetting
from gongkai.catalogue.selectors_timeliness import (
    STATE_WORDS,
    column_forecast,
    item_stands,
)
from gongkai.catalogue.services.timeliness_settings import change_column, change_timeliness
from gongkai.catalogue.staff.forms import ColumnForm, TimelinessForm
from gongkai.catalogue.staff.reach import KIND, body_of, names_under
from gongkai.organisations import api as organisations


@require_http_methods(["GET", "POST"])
def timeliness(request: HttpRequest) -> HttpResponse:
    """Show what is due, late, empty and soon empty, by item and column, with the forecast; keep the settings."""
    org, today = body_of(request, "view"), timezone.localdate()
    may_manage = organisations.may(user=request.user, action="manage", kind=KIND, org_code=org, today=today)
    form = TimelinessForm(request.POST or None, initial=_settings(org))
    if request.method == "POST":
        organisations.require(user=request.user, action="manage", kind=KIND, org_code=org, today=today)
        if form.is_valid():
            change_timeliness(
                org_code=org, actor=organisations.actor(user=request.user, role=KIND), today=today,
                now=timezone.now(), **form.cleaned_data,
            )  # fmt: skip
            messages.success(request, "已保存时效提醒的设置")
            return redirect(f"{reverse('catalogue:timeliness')}?org={org}")
    forecast = column_forecast(org_code=org, today=today)
    section = request.GET.get("section", "")
    items = item_stands(org_code=org, today=today)
    columns = [row for row in forecast.columns if not section or section in row.stand.owners]
    context = {
        "title": "时效与栏目预测", "icon": "history", "org": org, "may_manage": may_manage, "form": form,
        "forecast": forecast, "columns": columns, "timeline": draw(columns, today=today), "names": names_under(org),
        "items": [one for one in items if not section or section == one.owner_code], "section": section,
        "sections": _sections(org, items, forecast.columns), "words": STATE_WORDS, "default_lead": practice().lead_working_days,
        "today": today,
    }  # fmt: skip
    return render(request, "catalogue/timeliness.html", context)


def _settings(org: str) -> dict[str, Any]:
    row = TimelinessSetting.objects.filter(org_code=org).first()
    return {"lead_working_days": row.lead_working_days, "monthly_mail": row.monthly_mail} if row else {}


def _sections(org: str, items: Any, columns: Any) -> list[tuple[str, str]]:
    """Return who answers for anything shown, in order of name."""
    codes = {one.owner_code for one in items} | {owner for row in columns for owner in row.stand.owners}
    names = names_under(org)
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda pair: pair[1])


@require_http_methods(["GET", "POST"])
def column_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show one column with the rule that looks at it, and change who answers for it and its rhythm."""
    org, today = body_of(request, "view"), timezone.localdate()
    column = get_object_or_404(Column, org_code=org, code=code)
    may_manage = organisations.may(user=request.user, action="manage", kind=KIND, org_code=org, today=today)
    form = ColumnForm(request.POST or None, org=org, column=column)
    if request.method == "POST":
        organisations.require(user=request.user, action="manage", kind=KIND, org_code=org, today=today)
        if form.is_valid():
            change_column(
                column_id=column.pk, actor=organisations.actor(user=request.user, role=KIND), today=today,
                now=timezone.now(), **form.cleaned_data,
            )  # fmt: skip
            messages.success(request, f"已保存栏目“{column.name}”的设置")
            return redirect(f"{reverse('catalogue:timeliness')}?org={org}")
    rows = column_forecast(org_code=org, today=today).columns
    context = {
        "title": column.name, "subtitle": "栏目", "icon": "history", "column": column, "org": org, "form": form,
        "row": next((row for row in rows if row.stand.code == code), None), "may_manage": may_manage,
        "names": names_under(org),
    }  # fmt: skip
    return render(request, "catalogue/column_page.html", context)
