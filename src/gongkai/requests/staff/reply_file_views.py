"""A reply file at the desk (答复附件的检查与放行): what was found about others, who let it pass and why."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.guard.api import detectors
from gongkai.kernel.machine import NotAllowed
from gongkai.organisations import api as organisations
from gongkai.requests.core.rules import room_rules
from gongkai.requests.core.states import TABLE
from gongkai.requests.errors import RequestError
from gongkai.requests.models import CaseFile, ReplyWaiver
from gongkai.requests.services.acting import may
from gongkai.requests.services.waive_reply import finding_key, findings_of, role_for, waive_reply_finding


def _reply_file(request: HttpRequest, pk: int) -> CaseFile:
    row = CaseFile.objects.select_related("case").filter(pk=pk, kind="reply").exclude(stored_name="").first()
    if row is None or not may(row.case, user=request.user, action="view", today=timezone.localdate()):
        raise Http404
    return row


@require_http_methods(["GET", "POST"])
def reply_file_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the findings about others in a reply file; let one pass with a reason."""
    row, typed, status = _reply_file(request, pk), {}, 200
    if request.method == "POST":
        typed = {name: str(request.POST.get(name, "")) for name in ("key", "reason")}
        try:
            waive_reply_finding(
                case_id=row.case_id, file_id=row.pk, user=request.user, now=timezone.now(), **typed
            )
        except (RequestError, organisations.OrganisationError, NotAllowed) as refused:
            messages.error(request, str(refused))
            status = 422
        else:
            messages.success(request, "已记下放行的理由")
            return redirect("requests:reply_file", pk=pk)
    return render(request, "requests/reply_file.html", _context(request, row, typed), status=status)


_PARTS = {
    "text": "正文",
    "title": "标题",
    "table": "表格",
    "sheet": "工作表",
    "page": "页",
    "filename": "文件名",
}


def _in_words(place: str) -> str:
    """Return a place as a person reads it: `table:1:24-31` as 表格 1，第 25 字起."""
    part, _, span = place.rpartition(":")
    kind, _, number = part.partition(":")
    return f"{_PARTS.get(kind, kind)} {number}，第 {int(span.split('-')[0]) + 1} 字起".replace(" ，", "，")


def _context(request: HttpRequest, row: CaseFile, typed: dict[str, str]) -> dict[str, Any]:
    case, today = row.case, timezone.localdate()
    passed = {
        (one.detector, one.place, one.rule_version): one
        for one in ReplyWaiver.objects.filter(case=case, file_sha256=row.sha256).select_related("user")
    }
    in_time = any(t.verb == "waive_reply_finding" and case.state in t.sources for t in TABLE)
    others_work = request.user.pk not in (row.added_by_id, case.handler_id)
    may_review = in_time and others_work and may(case, user=request.user, action="review", today=today)
    book, rules, known = organisations.role_book().roles, room_rules().reply_waivers, detectors()
    lines = []
    for finding in findings_of(row):
        rule = rules[finding.detector]
        lines.append(
            {
                "finding": finding,
                "key": finding_key(finding),
                "where": _in_words(finding.place),
                "what": known[finding.detector].title,
                "waiver": passed.get((finding.detector, finding.place, finding.rule_version)),
                "may": may_review and bool(role_for(case, rule=rule, user=request.user, today=today)),
                "who": "、".join(book[name].name for name in rule.roles),
            }
        )
    return {
        "title": row.name, "subtitle": case.number, "icon": "doc-full", "file": row, "case": case, "lines": lines,
        "typed": typed, "left": sum(line["waiver"] is None for line in lines),
    }  # fmt: skip
