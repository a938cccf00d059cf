"""Desk screens of the monthly lists (每月清单): what each section was told and when; on paper and as a spreadsheet."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.catalogue.core.spreadsheet import workbook
from gongkai.catalogue.models import MonthlyList
from gongkai.catalogue.selectors_timeliness import STATE_WORDS, mails_monthly
from gongkai.catalogue.services.monthly_lists import send_again, summary
from gongkai.catalogue.staff.reach import KIND, body_of, names_under
from gongkai.organisations import api as organisations

HEAD = ("类别", "编号", "事项或栏目", "状态", "日期", "未办的义务（条）")
PLACES = {"item": "事项", "column": "栏目"}
SHOWN = 400


@require_http_methods(["GET"])
def monthly_lists(request: HttpRequest) -> HttpResponse:
    """List what was told, newest month first."""
    org = body_of(request, "view")
    rows = MonthlyList.objects.filter(org_code=org).prefetch_related("messages__person")[:SHOWN]
    context = {
        "title": "每月清单", "icon": "mail", "org": org, "names": names_under(org),
        "rows": [(row, summary(row.lines), _sending(row)) for row in rows],
        "is_mailed": settings.MAIL_NOTICES_POSSIBLE and mails_monthly(org), "possible": settings.MAIL_NOTICES_POSSIBLE,
    }  # fmt: skip
    return render(request, "catalogue/monthly_lists.html", context)


def _sending(row: MonthlyList) -> str:
    told = list(row.messages.all())
    if not told:
        return "未发邮件"
    sent = sum(1 for one in told if one.sent_at)
    unsure = sum(1 for one in told if one.claimed_at and not one.sent_at)
    return f"已发 {sent} 人，共 {len(told)} 人" + (f"，{unsure} 人不能确定" if unsure else "")


def _asked(request: HttpRequest, pk: int, action: str) -> MonthlyList:
    row = get_object_or_404(MonthlyList, pk=pk)
    organisations.require(
        user=request.user, action=action, kind=KIND, org_code=row.org_code, today=timezone.localdate()
    )
    return row


@require_http_methods(["GET", "POST"])
def monthly_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one list as it was told; send again what could not be confirmed."""
    row, today = _asked(request, pk, "view"), timezone.localdate()
    if request.method == "POST":
        row = _asked(request, pk, "manage")
        asked = str(request.POST.get("message", ""))
        message = get_object_or_404(row.messages, pk=int(asked) if asked.isdigit() else 0)
        if settings.MAIL_NOTICES_POSSIBLE and send_again(message_id=message.pk, now=timezone.now()):
            messages.success(request, "已再次发出")
        else:
            messages.error(request, "没有再次发出：邮件刚在发送，或者邮件服务器没有接收；请一小时后再试")
        return redirect("catalogue:monthly_list", pk=pk)
    names = names_under(row.org_code)
    context = {
        "title": f"{row.month.year}年{row.month.month}月清单", "subtitle": names.get(row.section_code, row.section_code),
        "icon": "mail", "row": row, "summary": summary(row.lines), "lines": _lines(row),
        "told": row.messages.select_related("person").order_by("pk"), "head": HEAD,
        "may_manage": organisations.may(
            user=request.user, action="manage", kind=KIND, org_code=row.org_code, today=today
        ),
    }  # fmt: skip
    return render(request, "catalogue/monthly_list.html", context)


def _lines(row: MonthlyList) -> list[tuple[str, str, str, str, str, int]]:
    return [
        (
            PLACES[line["place"]], line["code"], line["name"], STATE_WORDS[line["state"]], line["date"] or "—",
            int(line["duties"]),
        )
        for line in row.lines
    ]  # fmt: skip


@require_http_methods(["GET"])
def monthly_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Return one list as a spreadsheet."""
    row = _asked(request, pk, "view")
    name = f"{row.month.year}年{row.month.month}月公开时效清单-{row.section_code}.xlsx"
    lines: Any = _lines(row)
    answer = HttpResponse(
        workbook("公开时效清单", HEAD, lines),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    answer["Content-Disposition"] = (
        f"attachment; filename=\"monthly-{row.pk}.xlsx\"; filename*=UTF-8''{quote(name)}"
    )
    return answer
