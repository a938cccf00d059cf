"""The ledger at the desk (台账), its export, and registration of what comes on paper."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.kernel.clocks import Light
from gongkai.organisations import api as organisations
from gongkai.requests.core.outcomes import row_labels
from gongkai.requests.core.rules import room_rules
from gongkai.requests.core.states import STATE_NAMES
from gongkai.requests.core.submission import Submission
from gongkai.requests.downloads import download
from gongkai.requests.errors import RequestError, SubmissionInvalid
from gongkai.requests.selectors import (
    LedgerFilter,
    ledger,
    lights,
    near_limit,
)
from gongkai.requests.selectors.ledger import narrowed
from gongkai.requests.services.receive import receive
from gongkai.requests.staff.reach import KIND, XLSX, authorities_in_reach, is_day, offered
from gongkai.requests.staff.spreadsheet import workbook

LIGHT_WORDS = {"late": "已超期", "near": "快到期", "fine": "在期限内", "paused": "期限暂停"}
LISTS = {**LIGHT_WORDS, "late_closed": "逾期办结"}
EXPORT_MAX = 50_000


def _filter(request: HttpRequest) -> LedgerFilter:
    given = {key: str(value).strip() for key, value in request.GET.items()}
    after = given.get("after", "")
    day, _, pk = after.partition("_")
    if not (after.isdigit() or (pk.isdigit() and is_day(day))):
        after = ""
    return LedgerFilter(
        authorities_in_reach(request), handler_id=request.user.pk if given.get("mine") == "1" else None, state=given.get("state", ""),
        light=given.get("light", "") if given.get("light") in LISTS else "", channel=given.get("channel", ""),
        row=given.get("row", ""), number=given.get("q", ""), open_only=given.get("all") != "1", after=after,
        since=_day_or_none(given.get("since", "")), until=_day_or_none(given.get("until", "")),
    )  # fmt: skip


def _day_or_none(text: str) -> date | None:
    return date.fromisoformat(text) if is_day(text) else None


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
        "words": LIGHT_WORDS, "may": offered(request, org), "counts": lights(org_codes=chosen.org_codes, today=today, near=near).items() if not chosen.after else (),
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
    org, faults, today = authorities_in_reach(request, "register")[0], {}, timezone.localdate()
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
        if typed.get(name) and not is_day(typed[name]):
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
