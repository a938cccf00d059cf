"""Desk screens of the ledgers: what there is, rows, one row, export, public draft."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongkai.catalogue.api import institution_groups
from gongkai.kernel.calendar import load_calendar
from gongkai.organisations import api as organisations
from gongkai.records import api as records
from gongkai.registers.core.gates import gates_of
from gongkai.registers.core.package import exchange_csv, package_files, table_csv, table_schema
from gongkai.registers.core.public_rows import public_values
from gongkai.registers.core.rhythm import last_period
from gongkai.registers.core.rows import RowRefused
from gongkai.registers.core.schema import Register
from gongkai.registers.core.values import from_stored, shown
from gongkai.registers.models import RegisterRelease, RegisterRow, RowChange
from gongkai.registers.selectors import iter_values, rows_of, typed
from gongkai.registers.selectors_standings import list_standings
from gongkai.registers.services.draft_release import draft_release
from gongkai.registers.services.offer_items import REGISTER as OFFERED
from gongkai.registers.services.offer_items import offer_items
from gongkai.registers.services.record_row import record_row, remove_row
from gongkai.registers.staff.access import authority_for, find_register, may
from gongkai.registers.staff.forms import ReleaseForm, row_form

PER_PAGE = 50
BOM, CSV = b"\xef\xbb\xbf", "text/csv; charset=utf-8"
URGENT = ("late", "near")


def register_or_404(register_id: str) -> Register:
    """Return a register in force today."""
    found = find_register(register_id, today=timezone.localdate())
    if found is None:
        raise Http404(f"没有编号为“{register_id}”的台账")
    return found


@require_GET
def register_list(request: HttpRequest) -> HttpResponse:
    """List the registers with how many rows stand in them."""
    org = authority_for(request, "view")
    rows = list_standings(org_code=org, today=timezone.localdate())
    # What asks for something stands first, then what is kept, then what is empty; else the order of the files.
    rows.sort(
        key=lambda row: (
            not (row.late_rows or row.changed_rows or (row.rows and row.light in URGENT)),
            not row.rows,
        )
    )
    context = {"title": "台账", "icon": "table", "rows": rows, "org": org}
    return render(request, "registers/list.html", context)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_GET
def row_list(request: HttpRequest, register_id: str) -> HttpResponse:
    """Show the rows of a register, newest first, optionally of a span of days."""
    rule, org = register_or_404(register_id), authority_for(request, "view")
    start, end = _day(request.GET.get("start", "")), _day(request.GET.get("end", ""))
    page = Paginator(rows_of(rule=rule, org_code=org, start=start, end=end), PER_PAGE).get_page(
        request.GET.get("p")
    )
    table = [(row, [shown(f, typed(rule, row).get(f.id)) for f in rule.fields]) for row in page.object_list]
    context = {
        "title": rule.name, "icon": "table", "rule": rule, "org": org, "page": page, "table": table,
        "start": request.GET.get("start", ""), "end": request.GET.get("end", ""), "may_edit": may(request, "edit", org),
        "may_import": may(request, "import", org), "may_export": may(request, "export", org),
        "may_release": rule.is_public and may(request, "release", org),
        "has_standard": any(f.standard_code for f in rule.fields),
        "offers": institution_groups().values() if rule.id == OFFERED and may(request, "import", org) else (),
    }  # fmt: skip
    return render(request, "registers/rows.html", context)


@require_POST
def offer(request: HttpRequest, register_id: str) -> HttpResponse:
    """Bring the items that an institution must publish into its ledger."""
    rule, org = register_or_404(register_id), authority_for(request, "import")
    try:
        made = offer_items(
            org_code=org, institution_no=request.POST.get("institution_no", "").strip(),
            institution_type=request.POST.get("institution_type", ""), now=timezone.now(), today=timezone.localdate(),
            actor=organisations.actor(user=request.user, role="register"),
        )  # fmt: skip
        messages.success(request, f"已带入 {made} 项，状态都是“缺失”，请逐项核对")
    except RowRefused as refused:
        messages.error(request, str(refused))
    return redirect(f"{reverse('registers:rows', args=[rule.id])}?org={org}")


@require_http_methods(["GET", "POST"])
def row_page(request: HttpRequest, register_id: str, row_id: int | None = None) -> HttpResponse:
    """Enter, change or take out a row; what was typed stays when something is wrong."""
    rule = register_or_404(register_id)
    org = authority_for(request, "edit" if request.method == "POST" or row_id is None else "view")
    row = get_object_or_404(RegisterRow, pk=row_id, register=rule.id, org_code=org) if row_id else None
    problems: tuple[Any, ...] = ()
    form = row_form(rule, values=_form_values(rule, row) if row else None)
    if request.method == "POST":
        form = row_form(rule, data=request.POST)
        act = {
            "register_id": rule.id, "org_code": org, "today": timezone.localdate(), "now": timezone.now(),
            "actor": organisations.actor(user=request.user, role="register"),
        }  # fmt: skip
        try:
            if "remove" in request.POST and row:
                remove_row(row_id=row.pk, reason=request.POST.get("reason", ""), **act)
                messages.success(request, "已从台账中删除这一行，修改记录保留")
            else:
                raw = {f.id: request.POST.get(f.id, "") for f in rule.typed_fields}
                record_row(raw=raw, row_id=row_id, reason=request.POST.get("reason", ""), **act)
                messages.success(request, "已保存这一行")
            return redirect(f"{reverse('registers:rows', args=[rule.id])}?org={org}")
        except RowRefused as refused:
            problems = refused.problems
    context = {
        "title": rule.name, "subtitle": row.key if row else "新增一行", "icon": "table", "rule": rule, "org": org,
        "form": form, "row": row, "problems": problems, "may_edit": may(request, "edit", org),
        "changes": [(c, changed_fields(rule, c)) for c in row.changes.order_by("-version")[:50]] if row else [],
    }  # fmt: skip
    return render(request, "registers/row.html", context)


def changed_fields(rule: Register, change: RowChange) -> list[tuple[str, str, str]]:
    """Return what a change did: name of the field, what it held before, what it holds after."""
    before, after = change.before or {}, change.after or {}
    return [
        (f.name, shown(f, from_stored(f, before.get(f.id))), shown(f, from_stored(f, after.get(f.id))))
        for f in rule.fields
        if before.get(f.id) != after.get(f.id)
    ]


def _form_values(rule: Register, row: RegisterRow) -> dict[str, Any]:
    values: dict[str, Any] = dict(typed(rule, row))
    return {
        name: ("是" if value else "否") if isinstance(value, bool) else value
        for name, value in values.items()
    }


@require_GET
def export(request: HttpRequest, register_id: str, kind: str) -> HttpResponse:
    """Hand out exactly the rows shown: public fields as CSV, a data package, or the fields of the national data standard."""
    rule, org = register_or_404(register_id), authority_for(request, "export")
    start, end = _day(request.GET.get("start", "")), _day(request.GET.get("end", ""))
    rows = iter_values(rule=rule, org_code=org, start=start, end=end)
    if kind == "schema":
        data, name, media = (
            json.dumps(table_schema(rule), ensure_ascii=False, indent=1).encode(),
            "schema.json",
            "application/json",
        )
    elif kind == "package":
        files = package_files(
            rule, (public_values(rule, row) for row in rows), name=rule.id.replace("_", "-"), title=rule.name
        )
        data, name, media = list(files.values())[-1], "datapackage.zip", "application/zip"
    elif kind == "exchange":
        data, name, media = BOM + exchange_csv(rule, rows), "exchange.csv", CSV
    else:
        data, name, media = BOM + table_csv(rule, rows), "csv", CSV
    response = HttpResponse(data, content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{rule.id}.{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "POST"])
def release_page(request: HttpRequest, register_id: str) -> HttpResponse:
    """Make a public draft of a span of days; it goes through review like any other record."""
    rule, org = register_or_404(register_id), authority_for(request, "release")
    today = timezone.localdate()
    form = ReleaseForm(request.POST or None, initial=_offered_span(rule, today))
    if request.method == "POST" and form.is_valid():
        try:
            made = draft_release(
                register_id=rule.id, org_code=org, section_code="", user=request.user, now=timezone.now(),
                today=today, **form.cleaned_data,
            )  # fmt: skip
        except (RowRefused, records.RecordError) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "已生成公开稿，请核对后送审")
            return redirect("records:page", record_id=made.id)
    context = {
        "title": f"{rule.name}：生成公开稿", "icon": "table", "form": form, "org": org, "rule": rule,
        "gates": gates_of(rule, on=today),
        "releases": RegisterRelease.objects.filter(register=rule.id, org_code=org).order_by("-end", "-id")[:20],
    }  # fmt: skip
    return render(request, "registers/release.html", context)


def _offered_span(rule: Register, today: date) -> dict[str, object]:
    period = last_period(rule, today=today, calendar=load_calendar())
    if period is None:
        return {"start": date(today.year, 1, 1), "end": today, "title": rule.name}
    return {"start": period.start, "end": period.end, "title": f"{period.name}{rule.name}"}
