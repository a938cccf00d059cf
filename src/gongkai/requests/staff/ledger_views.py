"""The ledger at the desk (台账), registration of what comes on paper, figures with their cases, and the office's calendar."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.kernel.clocks import Light
from gongkai.organisations import api as organisations
from gongkai.requests.core.outcomes import row_labels
from gongkai.requests.core.rules import room_rules
from gongkai.requests.core.states import STATE_NAMES
from gongkai.requests.core.submission import Submission
from gongkai.requests.core.tables import REMEDY_KINDS, REMEDY_RESULT_NAMES, columns, rows
from gongkai.requests.downloads import download
from gongkai.requests.errors import RequestError, SubmissionInvalid
from gongkai.requests.models import CalendarRow, Case, OfficeSetting, Proposal, Remedy
from gongkai.requests.selectors import (
    LedgerFilter,
    ledger,
    lights,
    list_overdue_closed,
    near_limit,
    quick_numbers,
    quick_remedies,
    tables_from_facts,
)
from gongkai.requests.selectors.ledger import cases_of_cell, cases_of_remedy_cell, narrowed
from gongkai.requests.services import calendar, office, personal_data, propose
from gongkai.requests.services.receive import receive
from gongkai.requests.staff.spreadsheet import workbook

KIND = "request"
LIGHT_WORDS = {"late": "已超期", "near": "快到期", "fine": "在期限内", "paused": "期限暂停"}
LISTS = {**LIGHT_WORDS, "late_closed": "逾期办结"}
ROW_WORDS = {
    "new_received": "一、本年新收", "carried_in": "二、上年结转", "total_processed": "三（七）办理结果总计", "carried_out": "四、结转下年度继续办理",
}  # fmt: skip
EXPORT_MAX = 50_000


def _authorities(request: HttpRequest, action: str = "view") -> tuple[str, ...]:
    """Return the authority asked, or the highest one in reach; NotPermitted when there is none."""
    today = timezone.localdate()
    scope = organisations.scope(user=request.user, action=action, kind=KIND, today=today)
    found = [info.code for info in organisations.list_organisations(kind="authority") if info.code in scope]
    if not found:
        raise organisations.NotPermitted("您没有办理依申请公开的岗位", remedy="请安全管理员授予岗位")
    asked = request.GET.get("org") or request.POST.get("org")
    if asked:
        organisations.require(user=request.user, action=action, kind=KIND, org_code=asked, today=today)
        return (asked,)
    return (found[0],)


def _filter(request: HttpRequest) -> LedgerFilter:
    given = {key: str(value).strip() for key, value in request.GET.items()}
    after = given.get("after", "")
    day, _, pk = after.partition("_")
    if not (after.isdigit() or (pk.isdigit() and _is_day(day))):
        after = ""
    return LedgerFilter(
        _authorities(request), handler_id=request.user.pk if given.get("mine") == "1" else None, state=given.get("state", ""),
        light=given.get("light", "") if given.get("light") in LISTS else "", channel=given.get("channel", ""),
        row=given.get("row", ""), number=given.get("q", ""), open_only=given.get("all") != "1", after=after,
        since=_day_or_none(given.get("since", "")), until=_day_or_none(given.get("until", "")),
    )  # fmt: skip


def _day_or_none(text: str) -> date | None:
    return date.fromisoformat(text) if _is_day(text) else None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _light(case: Any, *, today: date, near: date) -> Light | None:
    if not case.is_open or case.received_date is None:
        return None
    if case.due_date is None:
        return Light.PAUSED
    if case.due_date < today:
        return Light.LATE
    return Light.NEAR if case.due_date <= near else Light.FINE


@require_http_methods(["GET"])
def ledger_page(request: HttpRequest) -> HttpResponse:
    """List requests: mine and open by what falls due; the counts link to exactly their rows."""
    today, chosen = timezone.localdate(), _filter(request)
    near = near_limit(today)
    found = ledger(chosen, today=today, near=near)
    org = chosen.org_codes[0]
    kept = {key: value for key, value in request.GET.items() if key not in ("after",) and value}
    context = {
        "title": "依申请公开", "icon": "mail", "org": org, "rows": [(c, _light(c, today=today, near=near)) for c in found.rows],
        "words": LIGHT_WORDS, "may_manage": organisations.may(user=request.user, action="manage", kind=KIND, org_code=org, today=today), "counts": lights(org_codes=chosen.org_codes, today=today, near=near).items() if not chosen.after else (),
        "next": urlencode({**kept, "after": found.next}) if found.next else "", "chosen": chosen, "given": request.GET,
        "states": STATE_NAMES.items(), "channels": room_rules().channels.items(), "today": today,
    }  # fmt: skip
    return render(request, "requests/ledger.html", context)


@require_http_methods(["GET"])
def export(request: HttpRequest) -> HttpResponse:
    """Return exactly what the ledger's filter shows as xlsx; names stay masked."""
    chosen, today = _filter(request), timezone.localdate()
    organisations.require(
        user=request.user, action="export", kind=KIND, org_code=chosen.org_codes[0], today=today
    )
    found = narrowed(chosen, today=today).select_related("applicant").order_by("id")[:EXPORT_MAX]
    head = [
        "登记编号",
        "状态",
        "提交方式",
        "申请人类别",
        "申请人",
        "内容摘要",
        "收到日期",
        "答复期限",
        "办结日期",
        "计入的行",
    ]
    rules, labels = room_rules(), row_labels()
    lines = (
        [c.number, c.state_name, rules.channels[c.channel].name, rules.applicant_kinds[c.applicant_kind].name,
         c.applicant.masked_name, c.title, c.received_date, c.due_date, c.closed_date, labels.get(c.row, "")]
        for c in found.iterator(chunk_size=1000)
    )  # fmt: skip
    return download(
        workbook("依申请公开台账", head, lines), name=f"依申请公开台账{today}.xlsx", media_type=XLSX
    )


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PERSON_FIELDS = (
    "name",
    "id_kind",
    "id_number",
    "credit_code",
    "contact",
    "phone",
    "email",
    "address",
    "postcode",
)


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register what came by letter, in person or by fax beside the online requests."""
    org, faults, today = _authorities(request, "register")[0], {}, timezone.localdate()
    typed = {key: str(value) for key, value in request.POST.items()}
    if request.method == "POST":
        try:
            receipt = receive(submission=_paper(typed, org), now=timezone.now(), user=request.user)
            messages.success(
                request,
                f"已登记 {receipt.number}。查询码（只显示这一次）：{receipt.query_code or '已在首次登记时给出'}",
            )
            return redirect("requests:case", number=receipt.number)
        except SubmissionInvalid as refused:
            faults = refused.faults
        except RequestError as refused:
            messages.error(request, str(refused))
    context = {
        "title": "登记申请", "icon": "plus", "org": org, "typed": typed or {"arrived_date": today.isoformat()}, "faults": faults,
        "key": typed.get("key") or uuid.uuid4().hex, "kinds": room_rules().applicant_kinds.items(), "forms": room_rules().forms,
        "ways": room_rules().ways, "channels": [(k, r) for k, r in room_rules().channels.items() if k not in ("online", "letter")],
    }  # fmt: skip
    return render(request, "requests/register.html", context, status=422 if faults else 200)


def _paper(typed: dict[str, str], org: str) -> Submission:
    faults = {}
    for name in ("arrived_date", "signed_date"):
        if typed.get(name) and not _is_day(typed[name]):
            faults[name] = "日期写成 2024-03-05 的形式"
    if not typed.get("arrived_date"):
        faults["arrived_date"] = "请填写到达日期"
    if faults:
        raise SubmissionInvalid(faults)
    signed = typed.get("signed_date", "")
    return Submission(
        org_code=org, channel=typed.get("channel", ""), applicant_kind=typed.get("applicant_kind", ""),
        person={key: typed.get(key, "") for key in PERSON_FIELDS}, content=typed.get("content", ""),
        agent={"name": typed.get("agent_name", ""), "phone": typed.get("agent_phone", "")},
        form_wanted=typed.get("form_wanted", ""), way_wanted=typed.get("way_wanted", ""), purpose=typed.get("purpose", ""),
        needs_help=typed.get("needs_help", ""), submission_key=f"desk:{typed.get('key', '')[:40]}",
        arrived_date=date.fromisoformat(typed["arrived_date"]), signed_date=date.fromisoformat(signed) if signed else None,
        receipt_proof=typed.get("receipt_proof", ""),
    )  # fmt: skip


def _period(request: HttpRequest) -> tuple[date, date]:
    today = timezone.localdate()
    since, until = str(request.GET.get("since", "")), str(request.GET.get("until", ""))
    first = date.fromisoformat(since) if _is_day(since) else date(today.year, 1, 1)
    last = date.fromisoformat(until) if _is_day(until) else today
    return first, max(first, last)


@require_http_methods(["GET"])
def figures(request: HttpRequest) -> HttpResponse:
    """Show tables three and four for any period; each number opens the cases behind it."""
    org, (since, until) = _authorities(request)[0], _period(request)
    numbers = quick_numbers(org_code=org, since=since, until=until)
    labels = row_labels() | ROW_WORDS
    table4 = quick_remedies(org_code=org, since=since, until=until)
    kinds = room_rules().applicant_kinds
    context = {
        "title": "申请办理统计", "icon": "table", "org": org, "since": since, "until": until,
        "columns": [(c, kinds[c].name if c in kinds else "总计") for c in columns()],
        "table3": [(row, labels.get(row, row), [(c, numbers[row][c]) for c in columns()]) for row in rows()],
        "table4": [(kind, dict(Remedy.KINDS)[kind], cells) for kind, cells in table4.items()],
        "late_closed": list_overdue_closed(org_code=org, since=since, until=until).count(),
    }  # fmt: skip
    return render(request, "requests/figures.html", context)


@require_http_methods(["GET"])
def cell(request: HttpRequest) -> HttpResponse:
    """List the cases behind a figure."""
    org, (since, until) = _authorities(request)[0], _period(request)
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
    org, (since, until) = _authorities(request, "export")[0], _period(request)
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


@require_http_methods(["GET", "POST"])
def calendar_page(request: HttpRequest) -> HttpResponse:
    """Enter days that the office knows of; open cases are recomputed."""
    org = _authorities(request, "manage")[0]
    if request.method == "POST":
        try:
            day = str(request.POST.get("day", ""))
            if not _is_day(day):
                raise SubmissionInvalid({"day": "日期写成 2024-03-05 的形式"})
            moved = calendar.change_calendar(
                org_code=org, day=date.fromisoformat(day), is_working=request.POST.get("working") == "yes",
                notice=str(request.POST.get("notice", "")), user=request.user, now=timezone.now(),
            )  # fmt: skip
            messages.success(request, f"已记入日历，{moved} 件在办申请的期限随之改变")
            return redirect("requests:calendar")
        except RequestError as refused:
            messages.error(request, str(refused))
    context = {
        "title": "办公日历调整",
        "icon": "date",
        "rows": CalendarRow.objects.order_by("-day")[:200],
        "org": org,
    }
    return render(request, "requests/calendar.html", context)


@require_http_methods(["GET", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show and change what the authority decided for itself."""
    org, typed = _authorities(request, "manage")[0], {}
    if request.method == "POST":
        typed = {key: str(value) for key, value in request.POST.items()}
        try:
            values = {**typed, "mail_notices": typed.get("mail_notices") == "yes"}
            office.change_office_settings(org_code=org, values=values, user=request.user, now=timezone.now())
            messages.success(request, "已保存")
            return redirect(f"{reverse('requests:settings')}?org={org}")
        except RequestError as refused:
            messages.error(request, str(refused))
    row = OfficeSetting.objects.filter(org_code=org).first() or OfficeSetting(org_code=org)
    context = {
        "title": "依申请公开设置", "icon": "cog", "org": org, "row": typed or row, "receipts": OfficeSetting.RECEIPTS,
        "bodies": office.review_bodies(org), "choices": office.office_choices(org),
        "mail_possible": django_settings.MAIL_NOTICES_POSSIBLE, "mail_on": row.mail_notices,
        "signatures": [(slot.name, [organisations.role_book().roles[r].name for r in slot.roles]) for slot in room_rules().signatures],
    }  # fmt: skip
    return render(request, "requests/settings.html", context, status=422 if typed else 200)


@require_http_methods(["GET", "POST"])
def proposals(request: HttpRequest) -> HttpResponse:
    """Show what several people asked for, and note what was decided."""
    org = _authorities(request, "manage")[0]
    if request.method == "POST":
        try:
            pk = str(request.POST.get("proposal", ""))
            propose.answer_proposal(
                proposal_id=int(pk) if pk.isdigit() else 0, answer=str(request.POST.get("answer", "")), user=request.user,
                now=timezone.now(),
            )  # fmt: skip
            return redirect("requests:proposals")
        except (RequestError, Proposal.DoesNotExist) as refused:
            messages.error(request, str(refused) or "没有这条建议")
    context = {
        "title": "可转为主动公开的内容",
        "icon": "openquote",
        "rows": Proposal.objects.filter(org_code=org).order_by("answered_date", "-pk")[:200],
    }
    return render(request, "requests/proposals.html", context)


@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Find the cases of one applicant by identity number, credit code or telephone; the number is never in an address."""
    found, number = [], str(request.POST.get("number", ""))
    _authorities(request, "unmask")
    if request.method == "POST" and number.strip():
        rows_found = personal_data.find_by_identity(
            number=number, user=request.user, today=timezone.localdate()
        )
        found = list(rows_found.select_related("applicant").order_by("-id")[:100])
    context = {
        "title": "按证件或电话查找",
        "icon": "search",
        "rows": found,
        "asked": request.method == "POST",
    }
    return render(request, "requests/find.html", context)
