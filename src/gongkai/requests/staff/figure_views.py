"""Tables three and four at the desk (申请办理统计): every number opens to its cases."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.requests.core.outcomes import row_labels
from gongkai.requests.core.rules import room_rules
from gongkai.requests.core.tables import REMEDY_KINDS, REMEDY_RESULT_NAMES, columns, rows
from gongkai.requests.downloads import download
from gongkai.requests.models import Case, Remedy
from gongkai.requests.selectors import (
    list_overdue_closed,
    quick_numbers,
    quick_remedies,
    tables_from_facts,
)
from gongkai.requests.selectors.ledger import cases_of_cell, cases_of_remedy_cell
from gongkai.requests.staff.reach import XLSX, authorities_in_reach, is_day, offered
from gongkai.requests.staff.spreadsheet import workbook

ROW_WORDS = {
    "new_received": "一、本年新收", "carried_in": "二、上年结转", "total_processed": "三（七）办理结果总计", "carried_out": "四、结转下年度继续办理",
}  # fmt: skip


def _period(request: HttpRequest) -> tuple[date, date]:
    today = timezone.localdate()
    since, until = str(request.GET.get("since", "")), str(request.GET.get("until", ""))
    first = date.fromisoformat(since) if is_day(since) else date(today.year, 1, 1)
    last = date.fromisoformat(until) if is_day(until) else today
    return first, max(first, last)


@require_http_methods(["GET"])
def figures(request: HttpRequest) -> HttpResponse:
    """Show tables three and four for any period; each number opens the cases behind it."""
    org, (since, until) = authorities_in_reach(request)[0], _period(request)
    numbers = quick_numbers(org_code=org, since=since, until=until)
    labels = row_labels() | ROW_WORDS
    table4 = quick_remedies(org_code=org, since=since, until=until)
    kinds = room_rules().applicant_kinds
    context = {
        "title": "申请办理统计", "icon": "table", "org": org, "may": offered(request, org), "since": since, "until": until,
        "columns": [(c, kinds[c].name if c in kinds else "总计") for c in columns()],
        "table3": [(row, labels.get(row, row), [(c, numbers[row][c]) for c in columns()]) for row in rows()],
        "table4": [(kind, dict(Remedy.KINDS)[kind], cells) for kind, cells in table4.items()],
        "late_closed": list_overdue_closed(org_code=org, since=since, until=until).count(),
    }  # fmt: skip
    return render(request, "requests/figures.html", context)


@require_http_methods(["GET"])
def cell(request: HttpRequest) -> HttpResponse:
    """List the cases behind a figure."""
    org, (since, until) = authorities_in_reach(request)[0], _period(request)
    row, column = str(request.GET.get("row", "")), str(request.GET.get("column", "total"))
    if row == "late_closed":
        found = list_overdue_closed(org_code=org, since=since, until=until)
    elif row in REMEDY_KINDS:
        found = cases_of_remedy_cell(org_code=org, kind=row, result=column, since=since, until=until)
    else:
        known = row in rows() and column in columns()
        found = cases_of_cell(
            org_code=org, row=row if known else "-", column=column, since=since, until=until
        )
    context = {
        "title": "这个数字背后的申请", "icon": "table", "rows": found.select_related("applicant")[:500], "count": found.count(),
        "since": since, "until": until, "org": org,
    }  # fmt: skip
    return render(request, "requests/cell.html", context)


@require_http_methods(["GET"])
def figures_export(request: HttpRequest) -> HttpResponse:
    """Return both tables as xlsx, folded from the facts, with the cases of every cell on a second sheet."""
    org, (since, until) = authorities_in_reach(request, "export")[0], _period(request)
    tables = tables_from_facts(org_code=org, since=since, until=until)
    labels = row_labels() | ROW_WORDS
    kinds = room_rules().applicant_kinds
    head = ["项目", *(kinds[c].name if c in kinds else "总计" for c in columns())]
    lines = [[labels.get(row, row), *(len(tables.section3[row][c]) for c in columns())] for row in rows()]
    lines.append([])
    lines += [
        [
            dict(Remedy.KINDS)[kind],
            *(f"{REMEDY_RESULT_NAMES[name]}：{len(cases)}" for name, cases in cells.items()),
        ]
        for kind, cells in tables.section4.items()
    ]
    names = {code: kinds[code].name if code in kinds else "总计" for code in columns()} | REMEDY_RESULT_NAMES
    labels |= dict(Remedy.KINDS)
    numbers = dict(Case.objects.filter(org_code=org).values_list("pk", "number"))
    lineage = (
        [
            labels.get(row, row),
            names[column],
            numbers.get(int(case.partition(":")[2].partition("/")[0]), case),
        ]
        for cells_of in (tables.section3, tables.section4)
        for row, cells in cells_of.items()
        for column, cases in cells.items()
        for case in cases
    )
    data = workbook("报表三、四", head, lines, second=("数字来源", ["行", "列", "申请"], lineage))
    return download(data, name=f"申请办理统计{since}至{until}.xlsx", media_type=XLSX)
