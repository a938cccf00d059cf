"""Screens of the clean-up of documents (规范性文件清理): rounds, the list, one decision at a time, files."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongkai.kernel.machine import verbs_from
from gongkai.organisations import api as organisations
from gongkai.records.core.cleanup import (
    ROUND_LABELS,
    ROUND_TABLE,
    cleanup_decisions,
    cleanup_scope,
    table_rows,
)
from gongkai.records.core.differences import compare_payloads
from gongkai.records.core.errors import BadInput, RecordError
from gongkai.records.core.kinds import KINDS
from gongkai.records.models import CleanupRound
from gongkai.records.printing.table_files import table_csv, table_xlsx
from gongkai.records.selectors_cleanup import item_rows, next_round, place_of, rounds_of
from gongkai.records.services.cleanup import (
    cancel_cleanup,
    decide_item,
    finish_cleanup,
    reopen_cleanup,
    start_cleanup,
)
from gongkai.records.services.cleanup_list import listed_items
from gongkai.records.services.cleanup_result import draft_cleanup_result, prepare_validity
from gongkai.records.services.content import draft_of
from gongkai.records.staff.screens import may, now, require_scope, today, viewable_state

_LIGHTS = {"open": "due", "decided": "due", "drafted": "due", "announced": "fine", "cancelled": "empty"}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
def round_list(request: HttpRequest) -> HttpResponse:
    """List the clean-ups and start one."""
    codes, day, problem = require_scope(request, "view"), today(), ""
    if request.method == "POST":
        try:
            made = _start(request)
        except (RecordError, organisations.NotPermitted) as error:
            problem = str(error)
        else:
            messages.success(request, f"“{made.title}”的目录有 {made.items.count()} 件，请逐件决定。")
            return redirect("records:cleanup", round_id=made.pk)
    starting = organisations.scope(user=request.user, action="publish", kind="record", today=day)
    orgs = [o for o in organisations.list_organisations() if o.code in codes and o.kind != "section"]
    orgs.sort(key=lambda o: o.kind != "authority")
    context = {
        "title": "规范性文件清理", "icon": "list-ul", "problem": problem, "given": request.POST,
        "rounds": [(r, ROUND_LABELS[r.state], _LIGHTS[r.state]) for r in rounds_of(org_codes=codes)],
        "due": [(o, found) for o in orgs if (found := next_round(org_code=o.code, today=day))],
        "starters": [o for o in orgs if o.code in starting], "kinds": KINDS.items(),
        "chosen": request.POST.getlist("kinds") or list(cleanup_scope().kinds), "scope": cleanup_scope(), "day": day,
    }  # fmt: skip
    return render(request, "records/cleanups.html", context, status=400 if problem else 200)


def _start(request: HttpRequest) -> CleanupRound:
    given = request.POST
    try:
        before = date.fromisoformat(given.get("formed_before", ""))
    except ValueError:
        raise BadInput(
            code="date_unreadable", message="没有填写日期", where="成文日期早于", remedy="请选择日期"
        ) from None
    return start_cleanup(
        org_code=given.get("org", ""),
        title=given.get("title", ""),
        formed_before=before,
        kinds=given.getlist("kinds"),
        issuers=given.get("issuers", "").replace("，", "、").split("、"),
        user=request.user,
        now=now(),
    )


@require_GET
def round_page(request: HttpRequest, round_id: int) -> HttpResponse:
    """Show one clean-up with its list."""
    turn = _viewable(request, round_id)
    undecided = request.GET.get("open") == "1"
    rows = item_rows(turn)
    left = [row for row in rows if not row.decision and not row.gone]
    manages = may(request, "publish", turn.org_code)
    context = {
        "title": turn.title, "icon": "list-ul", "turn": turn, "label": ROUND_LABELS[turn.state],
        "light": _LIGHTS[turn.state], "rows": left if undecided else rows, "left": len(left), "undecided": undecided,
        "counts": [(rule.name, sum(r.decision == rule.name for r in rows)) for rule in cleanup_decisions()],
        "verbs": set(verbs_from(ROUND_TABLE, turn.state)) if manages else set(),
        "kinds": "、".join(KINDS.get(kind, kind) for kind in turn.scope["kinds"]),
        "issuers": "、".join(turn.scope["issuers"]), "before": turn.scope["formed_before"],
        "pending": sum(row.change_light == "late" for row in rows), "first": left[0].item if left else None,
    }  # fmt: skip
    return render(request, "records/cleanup.html", context)


@require_http_methods(["GET", "POST"])
def item_page(request: HttpRequest, round_id: int, record_id: int) -> HttpResponse:
    """Decide one document, with its text and what was decided before; then go on to the next."""
    turn = _viewable(request, round_id)
    item = turn.items.select_related("record__status").filter(record_id=record_id).first()
    if item is None:
        raise Http404("清理目录里没有这个文件")
    problem = ""
    if request.method == "POST":
        try:
            decide_item(
                round_id=round_id,
                record_id=record_id,
                decision=request.POST.get("decision", ""),
                reason=request.POST.get("reason", ""),
                by=request.POST.get("by", ""),
                user=request.user,
                now=now(),
            )
        except (RecordError, organisations.NotPermitted) as error:
            problem = str(error)
        else:
            return _onward(request, turn, record_id)
    state = viewable_state(request, record_id)
    decisions = list(item.decisions.select_related("user", "by__status"))
    last = decisions[-1] if decisions else None
    given = request.POST if problem else {
        "decision": last.decision if last else "", "reason": last.reason if last else "",
        "by": last.by.status.index_number if last and last.by else "",
    }  # fmt: skip
    names = {rule.id: rule.name for rule in cleanup_decisions()}
    context = {
        "title": "清理决定", "subtitle": item.title[:60], "place": place_of(turn, record_id=record_id), "icon": "list-ul", "turn": turn, "item": item, "state": state,
        "problem": problem, "given": given, "options": cleanup_decisions(),
        "decisions": [(row, names.get(row.decision, row.decision)) for row in decisions],
        "may_decide": turn.state == "open" and may(request, "amend", state.owner_code or turn.org_code),
        "lines": compare_payloads(None, draft_of(state).payload),
    }  # fmt: skip
    return render(request, "records/cleanup_item.html", context, status=400 if problem else 200)


@require_POST
def act(request: HttpRequest, round_id: int, verb: str) -> HttpResponse:
    """Do one of the plain verbs of a round and come back to it."""
    turn = _viewable(request, round_id)
    common: dict[str, Any] = {"round_id": turn.pk, "user": request.user, "now": now()}
    try:
        said = _done(request, verb, common)
    except (RecordError, organisations.NotPermitted) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect("records:cleanup", round_id=turn.pk)


def _done(request: HttpRequest, verb: str, common: dict[str, Any]) -> str:
    if verb == "prepare":
        found = prepare_validity(**common)
        busy = f"；{len(found.busy)} 件正在作其他修改，请办完后再来" if found.busy else ""
        return f"已起草 {len(found.made)} 件有效性变更，逐件送审签署后，随清理结果公布{busy}。"
    if verb == "draft_result":
        draft_cleanup_result(**common)
        return "已生成清理结果的草稿，核对后送审。"
    if verb == "cancel":
        cancel_cleanup(reason=request.POST.get("reason", ""), **common)
        return "已取消这次清理。"
    plain = {
        "finish": (finish_cleanup, "已办结，可以生成清理结果。"),
        "reopen": (reopen_cleanup, "已重新打开。"),
    }
    if verb not in plain:
        raise Http404("没有这种操作")
    plain[verb][0](**common)
    return plain[verb][1]


@require_GET
def round_file(request: HttpRequest, round_id: int, suffix: str) -> HttpResponse:
    """Give the decided list as csv or xlsx."""
    turn = _viewable(request, round_id)
    rows = table_rows(listed_items(turn))
    body = table_csv(rows) if suffix == "csv" else table_xlsx("清理目录", rows)
    answer = HttpResponse(body, content_type="text/csv; charset=utf-8" if suffix == "csv" else _XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(turn.title)}.{suffix}"
    return answer


def _onward(request: HttpRequest, turn: CleanupRound, record_id: int) -> HttpResponse:
    left = place_of(turn, record_id=record_id).after
    messages.success(request, "已记录这项决定。" if left else "全部文件都已决定，可以办结。")
    if left is None:
        return redirect("records:cleanup", round_id=turn.pk)
    return redirect("records:cleanup_item", round_id=turn.pk, record_id=left)


def _viewable(request: HttpRequest, round_id: int) -> CleanupRound:
    found = CleanupRound.objects.filter(pk=round_id).first()
    if found is None or not may(request, "view", found.org_code):
        raise Http404("没有这次清理")
    return found
