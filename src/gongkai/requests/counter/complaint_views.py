"""The entrance for complaints about institutions (信息公开申诉): no account, no script, nothing typed is lost."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.catalogue import api as catalogue
from gongkai.organisations import api as organisations
from gongkai.requests.core.complaints import complaint_faults
from gongkai.requests.core.effort import make_task, solves
from gongkai.requests.core.rules import room_rules
from gongkai.requests.counter.complaint_draft import ComplaintFiles
from gongkai.requests.counter.form_views import HONEYPOT
from gongkai.requests.counter.visitor import address_of, page
from gongkai.requests.errors import Refused, SubmissionInvalid, TooMany
from gongkai.requests.models import Complaint
from gongkai.requests.services.complaints import (
    PARTICULARS,
    ComplaintReceipt,
    complaint_limit,
    receive_complaint,
)
from gongkai.requests.services.keys import challenge_key
from gongkai.requests.services.throttle import count_try

_KEY = re.compile(r"[0-9a-f]{32}")


def institution(code: str) -> organisations.OrganisationInfo:
    """Return the institution complained about, ended ones too; 404 for anything else."""
    try:
        info = organisations.get_organisation(code=code)
    except organisations.NoSuchOrganisation:
        raise Http404 from None
    if info.kind != "institution":
        raise Http404
    return info


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it stands: about whom, what was typed, under which key it counts once, and the files chosen so far."""

    info: organisations.OrganisationInfo
    values: dict[str, str]
    key: str
    files: ComplaintFiles


@require_http_methods(["GET", "POST"])
def complain(request: HttpRequest, code: str) -> HttpResponse:
    """Show the form, take it, and show the receipt; the same form sent twice makes one complaint, files chosen are kept."""
    info = institution(code)
    values = {name: str(request.POST.get(name, ""))[:20_000] for name in (*PARTICULARS, "item_code")}
    if request.method == "GET":
        values["item_code"] = str(request.GET.get("item", ""))[:40]
        return _form(request, Filled(info, values, secrets.token_hex(16), ComplaintFiles.none(info.code)))
    key = str(request.POST.get("key", ""))
    key = key if _KEY.fullmatch(key) else secrets.token_hex(16)
    files = ComplaintFiles.resume(info.code, token=str(request.POST.get("draft", ""))[:100])
    filled = Filled(info, values, key, files)
    if request.POST.get(HONEYPOT):
        return _form(request, filled, problem="请不要填写页面上标明留空的一栏", status=400)
    if "drop" in request.POST:
        files.drop(str(request.POST["drop"])[:64], now=timezone.now())
        return _form(request, filled)
    try:
        _count(request, key)
        receipt = _taken(request, filled)
    except SubmissionInvalid as refused:
        return _form(request, filled, refused.faults, status=422)
    except Refused as refused:
        return _form(request, filled, problem=str(refused), status=422)
    except TooMany as refused:
        again = "；选好的文件请到时再选一次" if request.FILES else ""
        return _form(request, filled, problem=f"{refused}{again}", status=429)
    row = Complaint.objects.get(pk=receipt.complaint_id)
    context = {
        "title": "申诉已经收到", "org": organisations.get_organisation(code=row.org_code), "info": info, "row": row,
        "code": receipt.query_code, "limit": complaint_limit(row), "files": row.files.count(),
    }  # fmt: skip
    return page(request, "complaint_done.html", context)


def _taken(request: HttpRequest, filled: Filled) -> ComplaintReceipt:
    now, info = timezone.now(), filled.info
    wrong = filled.files.take(request.FILES.getlist("file"), now=now)
    words = {
        "institution_code": info.code,
        "values": filled.values,
        "submission_key": f"complaint:{filled.key}",
        "now": now,
    }
    if wrong:
        raise SubmissionInvalid({**complaint_faults(filled.values), "file": "；".join(wrong)})
    receipt = receive_complaint(**words, files=filled.files.opened())
    filled.files.discard()
    return receipt


def _count(request: HttpRequest, key: str) -> None:
    done = solves(
        task=str(request.POST.get("task", ""))[:200], answer=str(request.POST.get("effort", ""))[:40], form=key,
        now_seconds=int(timezone.now().timestamp()), key=challenge_key(),
    )  # fmt: skip
    count_try(kind="submit" if done else "submit_bare", place=address_of(request), now=timezone.now())


def _form(
    request: HttpRequest, filled: Filled, faults: dict[str, str] | None = None, problem: str = "", status: int = 200
) -> HttpResponse:  # fmt: skip
    today, info, key = timezone.localdate(), filled.info, filled.key
    above = organisations.authority_of(code=organisations.responsible_code(code=info.code, on=today))
    items = [(item.code, item.level2[:60]) for item in catalogue.list_items(org_code=info.code)]
    context = {
        "title": "反映没有按规定公开信息", "org": above, "info": info, "values": filled.values, "faults": faults or {},
        "problem": problem, "items": items, "key": key, "honeypot": HONEYPOT, "files": filled.files.listed,
        "draft": filled.files.token,
        "task": make_task(
            form=key, now_seconds=int(timezone.now().timestamp()), bits=room_rules().settings.effort_bits, key=challenge_key()
        ),
    }  # fmt: skip
    return page(request, "complaint.html", context, status=status)
