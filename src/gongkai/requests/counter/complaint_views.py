"""The entrance for complaints about institutions (信息公开申诉): no account, no script, nothing typed is lost."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.catalogue import api as catalogue
from gongkai.organisations import api as organisations
from gongkai.requests.core.complaints import RESULTS, STATE_NAMES
from gongkai.requests.core.effort import make_task, solves
from gongkai.requests.core.query_code import fits
from gongkai.requests.core.rules import room_rules
from gongkai.requests.counter.form_views import HONEYPOT
from gongkai.requests.counter.visitor import address_of, page
from gongkai.requests.errors import SubmissionInvalid, TooMany
from gongkai.requests.models import Complaint
from gongkai.requests.services.complaints import PARTICULARS, answer_of, complaint_limit, receive_complaint
from gongkai.requests.services.keys import challenge_key
from gongkai.requests.services.throttle import count_try

_KEY = re.compile(r"[0-9a-f]{32}")
WRONG = "编号或查询码不对。请对照回执逐位核对；查询码不分大小写，横线可以不填"


def institution(code: str) -> organisations.OrganisationInfo:
    """Return the institution complained about, ended ones too; 404 for anything else."""
    try:
        info = organisations.get_organisation(code=code)
    except organisations.NoSuchOrganisation:
        raise Http404 from None
    if info.kind != "institution":
        raise Http404
    return info


@require_http_methods(["GET", "POST"])
def complain(request: HttpRequest, code: str) -> HttpResponse:
    """Show the form, take it, and show the receipt; the same form sent twice makes one complaint."""
    info = institution(code)
    values = {name: str(request.POST.get(name, ""))[:20_000] for name in (*PARTICULARS, "item_code")}
    if request.method == "GET":
        values["item_code"] = str(request.GET.get("item", ""))[:40]
        return _form(request, info, values, secrets.token_hex(16), {}, "", 200)
    key = str(request.POST.get("key", ""))
    key = key if _KEY.fullmatch(key) else secrets.token_hex(16)
    if request.POST.get(HONEYPOT):
        return _form(request, info, values, key, {}, "请不要填写页面上标明留空的一栏", 400)
    try:
        _count(request, key)
        receipt = receive_complaint(
            institution_code=info.code, values=values, submission_key=f"complaint:{key}", now=timezone.now()
        )
    except SubmissionInvalid as refused:
        return _form(request, info, values, key, refused.faults, "", 422)
    except TooMany as refused:
        return _form(request, info, values, key, {}, str(refused), 429)
    row = Complaint.objects.get(pk=receipt.complaint_id)
    context = {
        "title": "申诉已经收到", "org": organisations.get_organisation(code=row.org_code), "info": info, "row": row,
        "code": receipt.query_code, "limit": complaint_limit(row),
    }  # fmt: skip
    return page(request, "complaint_done.html", context)


def _count(request: HttpRequest, key: str) -> None:
    done = solves(
        task=str(request.POST.get("task", ""))[:200], answer=str(request.POST.get("effort", ""))[:40], form=key,
        now_seconds=int(timezone.now().timestamp()), key=challenge_key(),
    )  # fmt: skip
    count_try(kind="submit" if done else "submit_bare", place=address_of(request), now=timezone.now())


def _form(
    request: HttpRequest, info: Any, values: dict[str, str], key: str, faults: dict[str, str], problem: str, status: int
) -> HttpResponse:  # fmt: skip
    today = timezone.localdate()
    above = organisations.authority_of(code=organisations.responsible_code(code=info.code, on=today))
    items = [(item.code, item.level2[:60]) for item in catalogue.list_items(org_code=info.code)]
    context = {
        "title": "反映没有按规定公开信息", "org": above, "info": info, "values": values, "faults": faults, "problem": problem,
        "items": items, "key": key, "honeypot": HONEYPOT,
        "task": make_task(
            form=key, now_seconds=int(timezone.now().timestamp()), bits=room_rules().settings.effort_bits, key=challenge_key()
        ),
    }  # fmt: skip
    return page(request, "complaint.html", context, status=status)


@require_http_methods(["GET", "POST"])
def track_complaint(request: HttpRequest) -> HttpResponse:
    """Show where a complaint stands to whoever has number and code; wrong and unknown ones get the same answer."""
    problem, number, status = "", str(request.POST.get("number", "")).strip()[:90], 200
    context: dict[str, Any] = {"title": "查询申诉结果", "typed": number}
    if request.method == "POST":
        try:
            now = timezone.now()
            count_try(kind="track", place=address_of(request), now=now)
            count_try(kind="track", place=f"number:{number.upper()}", now=now)
            row = Complaint.objects.filter(number=number.upper()).first()
            code = str(request.POST.get("code", ""))[:200]
            if fits(code, row.query_digest if row is not None else "0" * 64) and row is not None:
                context |= {
                    "row": row, "state": STATE_NAMES[row.state], "result": RESULTS.get(row.result, ""), "answer": answer_of(row),
                    "limit": complaint_limit(row), "org": organisations.get_organisation(code=row.org_code),
                    "info": organisations.get_organisation(code=row.institution_code),
                }  # fmt: skip
            else:
                problem, status = WRONG, 422
        except TooMany as refused:
            problem, status = str(refused), 429
    return page(request, "complaint_track.html", context | {"problem": problem}, status=status)
