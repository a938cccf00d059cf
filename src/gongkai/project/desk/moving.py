"""Moves from old sites at the desk (网站迁移): how far they are, what was found, the list, the sample, the signatures."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.organisations import api as organisations
from gongkai.project.moving import review, summary
from gongkai.project.moving.carrying_on import carry_on
from gongkai.project.moving.core.problems import WORDS
from gongkai.project.moving.desk_tables import ITEM_HEADINGS, PROBLEM_HEADINGS, plain_cells
from gongkai.project.moving.models import ItemState, MoveIn, MoveState
from gongkai.records import api as records

PER_PAGE = 50
CARRIED_AT_ONCE = 100
"""Longer lists are carried on by the worker, so that nobody waits before a page."""
SHOWN = (
    ("ready", "可列入清单"),
    ("kept", "要人处理的草稿"),
    ("listed", "清单里的"),
    ("unread", "没有读出的"),
    ("left_out", "不作为信息导入的"),
)


def _codes(request: HttpRequest) -> frozenset[str]:
    codes = organisations.scope(user=request.user, action="view", kind="record", today=timezone.localdate())
    if not codes:
        raise organisations.NotPermitted("您的岗位不能查看网站迁移", remedy="由有信息查看权限的人查看")
    return frozenset(codes)


def _move(request: HttpRequest, move_id: int) -> MoveIn:
    move = (
        MoveIn.objects.filter(pk=move_id, org_code__in=_codes(request))
        .select_related("started_by", "put_by")
        .first()
    )
    if move is None:
        raise organisations.NotPermitted("没有这一批迁移，或不归您管", remedy="请从列表里重新选择")
    return move


@require_http_methods(["GET"])
def move_list(request: HttpRequest) -> HttpResponse:
    """List the moves of the bodies in one's reach, newest first."""
    moves = MoveIn.objects.filter(org_code__in=_codes(request)).select_related("started_by")
    context = {"title": "网站迁移", "icon": "download", "moves": [(move, _light(move)) for move in moves]}
    return render(request, "desk/moves.html", context)


@require_http_methods(["GET"])
def move_page(request: HttpRequest, move_id: int) -> HttpResponse:
    """Show one move: counts, findings, items, what was not read, and the act that is due. Opening it is reading its report."""
    move, now = _move(request, move_id), timezone.now()
    review.note_opened(move, record_id=review.REPORT, user=request.user, now=now)
    said = move.summary if move.state != MoveState.STAGING else summary.sum_up(move)
    signing = review.signing_of(move, user=request.user, now=now)
    shown = request.GET.get("show", "ready")
    page = Paginator(_items(move, shown), PER_PAGE).get_page(request.GET.get("p"))
    context = {
        "title": f"第 {move.pk} 批迁移", "icon": "download", "move": move, "said": said, "light": _light(move),
        "severities": [(label, said["severities"].get(name, 0)) for name, label in summary.SEVERITIES.items()],
        "detectors": _detectors(said), "page": page, "shown": shown, "kinds": SHOWN,
        "problems": [(WORDS[code][0], WORDS[code][1], count) for code, count in sorted(said["problems"].items(), key=lambda p: -p[1])],
        "signing": signing, "sample": _sample(move, signing), "may_sign": _may_sign(request, move, signing),
        "may_put": _may_put(request, move), "signatures": move.signatures.select_related("user"),
        "steps": {step.name: step.label for step in records.batch_steps(now=now)},
        "progress": _progress(move),
    }  # fmt: skip
    return render(request, "desk/move.html", context)


def _progress(move: MoveIn) -> dict[str, int]:
    labels = dict(ItemState.choices)
    if move.state != MoveState.STAGING:
        return {}
    return {labels[state]: count for state, count in summary.progress_of(move).items()}


def _items(move: MoveIn, shown: str) -> Any:
    rows = move.items.defer("content")
    drafted = rows.filter(state=ItemState.DRAFTED)
    return {
        "kept": drafted.filter(is_clean=False),
        "listed": rows.exclude(listed_sha256=""),
        "unread": rows.filter(state=ItemState.UNREAD),
        "left_out": rows.filter(state=ItemState.LEFT_OUT),
    }.get(shown, drafted.filter(is_clean=True))


def _detectors(said: dict[str, Any]) -> list[tuple[str, str, int]]:
    rows = []
    for name, count in said["detectors"]:
        severity, _, detector = name.partition(" ")
        rows.append((summary.SEVERITIES.get(severity, severity), detector, count))
    return rows


def _sample(move: MoveIn, signing: review.Signing | None) -> list[tuple[int, str, bool]]:
    if signing is None:
        return []
    titles = dict(move.items.filter(record_id__in=signing.sample).values_list("record_id", "title"))
    return [(number, titles.get(number, ""), number in signing.opened) for number in signing.sample]


def _light(move: MoveIn) -> str:
    return {
        MoveState.RELEASED: "fine", MoveState.STAGED: "due", MoveState.IN_REVIEW: "due", MoveState.STAGING: "paused",
    }.get(MoveState(move.state), "paused")  # fmt: skip


def _may_sign(request: HttpRequest, move: MoveIn, signing: review.Signing | None) -> bool:
    if signing is None:
        return False
    try:
        records.require_batch_signer(
            user=request.user, step=signing.step, org_code=move.org_code, now=timezone.now()
        )
    except (records.RecordError, organisations.OrganisationError):
        return False
    return True


def _may_put(request: HttpRequest, move: MoveIn) -> bool:
    return move.state == MoveState.STAGED and organisations.may(
        user=request.user, action="submit", kind="record", org_code=move.org_code, today=timezone.localdate()
    )


@require_http_methods(["GET"])
def sample_page(request: HttpRequest, move_id: int, record_id: int) -> HttpResponse:
    """Note that this person opens a page of the list, and lead to it as the public would see it."""
    move = _move(request, move_id)
    if not move.items.filter(record_id=record_id).exists():
        raise organisations.NotPermitted("这条信息不在这一批里", remedy="请从抽样页的列表里打开")
    review.note_opened(move, record_id=record_id, user=request.user, now=timezone.now())
    return redirect("records:preview", record_id)


@require_http_methods(["POST"])
def act(request: HttpRequest, move_id: int) -> HttpResponse:
    """Put forward, sign or return; short lists are carried on at once, longer ones by the worker."""
    move, now = _move(request, move_id), timezone.now()
    verb, opinion = request.POST.get("verb", ""), request.POST.get("opinion", "")
    acts: dict[str, Callable[[], Any]] = {
        "put": lambda: review.put_forward(move=move, user=request.user, now=now),
        "sign": lambda: review.sign_list(
            move=move,
            list_sha256=request.POST.get("list_sha256", ""),
            opinion=opinion,
            user=request.user,
            now=now,
        ),
        "return": lambda: review.return_list(move=move, opinion=opinion, user=request.user, now=now),
    }
    try:
        if verb in acts:
            acts[verb]()
            if MoveIn.objects.get(pk=move.pk).listed_count <= CARRIED_AT_ONCE:
                carry_on(move=move, clock=timezone.now)
            messages.success(request, {"put": "已提请审签", "sign": "已签署", "return": "已退回"}[verb])
    except (review.MoveRefused, records.RecordError, organisations.OrganisationError) as error:
        messages.error(request, f"{error.message}。{error.remedy}。")
    return redirect("moving:move", move.pk)


@require_http_methods(["GET"])
def table(request: HttpRequest, move_id: int, name: str) -> HttpResponse:
    """Give the items, or what was not read, as a table for Excel and WPS."""
    move = _move(request, move_id)
    problems = name == "problems"
    rows = summary.problem_rows(move) if problems else summary.item_rows(move)
    response = HttpResponse(
        _csv(PROBLEM_HEADINGS if problems else ITEM_HEADINGS, rows), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = (
        f'attachment; filename="move-{move.pk}-{"problems" if problems else "items"}.csv"'
    )
    return response


def _csv(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    """Return a table as csv with the mark by which Excel and WPS know UTF-8."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(headings)
    writer.writerows(plain_cells(row) for row in rows)
    return ("\ufeff" + stream.getvalue()).encode("utf-8", "replace")
