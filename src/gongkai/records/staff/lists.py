"""The list of records: mine and open first; never more than a page is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gongkai.organisations import api as organisations
from gongkai.records.core.kinds import KINDS
from gongkai.records.core.states import LABELS, OPEN_STATES, State
from gongkai.records.models import RecordState, Release
from gongkai.records.selectors_waiting import OpenStep, open_steps, waiting_for
from gongkai.records.staff.screens import now, require_scope, today
from gongkai.records.staff.signed import following

PER_PAGE = 50
WHO = {"mine": "我经手的、未办结的", "waiting": "等我办的", "open": "全部未办结的", "all": "全部"}
_SOON_DAYS = 5
_LIGHTS = {
    State.DRAFT: "due",
    State.RETURNED: "late",
    State.IN_REVIEW: "due",
    State.APPROVED: "due",
    State.SCHEDULED: "paused",
    State.RELEASED: "fine",
    State.WITHDRAWN: "empty",
    State.DISCARDED: "empty",
    State.WITHHELD: "empty",
}
_COLUMNS = (
    "state", "owner_code", "index_number", "due_date", "saved_at", "editor__name", "waits_for", "waiting_since",
    "release_count", "round", "reassess_date", "record__validity_state", "record__expires_date", "record__disclosure",
    "record__disclosure_reason", "record__title", "record__kind", "record__live", "record__document_number",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    id: int
    title: str
    kind: str
    state: str
    light: str
    live: bool
    number: str
    owner: str
    editor: str
    due: date | None
    days_left: int | None
    saved: Any
    step: OpenStep | None

    @property
    def due_light(self) -> str:
        """Return the light of the day by which it must be public."""
        if self.days_left is None:
            return "empty"
        return "late" if self.days_left < 0 else "near" if self.days_left <= _SOON_DAYS else "fine"


@require_GET
def record_list(request: HttpRequest) -> HttpResponse:
    """Show the records that the person may see, narrowed by who, state and words."""
    codes = require_scope(request, "view")
    who = request.GET.get("who") or "mine"
    state, text = request.GET.get("state", ""), request.GET.get("q", "").strip()
    page = max(1, int(request.GET["p"])) if request.GET.get("p", "").isdigit() else 1
    rows = _narrow(RecordState.objects.filter(owner_code__in=codes), request.user, who, state, text)
    found = list(_read(rows)[(page - 1) * PER_PAGE : page * PER_PAGE + 1])
    context = {
        "title": "信息", "icon": "doc-full-inverse", "rows": _rows(found[:PER_PAGE]), "who": who, "state": state,
        "q": text, "whos": WHO.items(), "states": [(s.value, LABELS[s]) for s in State], "page": page,
        "has_next": len(found) > PER_PAGE,
        "may_create": request.user.has_perm("records.add_record"),
        "unreviewed": _unreviewed(codes) if who == "waiting" else (),
        "following": following(request) if who == "waiting" else None,
    }  # fmt: skip
    return render(request, "records/list.html", context)


def _narrow(rows: QuerySet[RecordState], user: Any, who: str, state: str, text: str) -> QuerySet[RecordState]:
    if who == "mine":
        rows = rows.filter(editor=user, state__in=OPEN_STATES)
    elif who == "waiting":
        rows = rows.filter(waiting_for(user=user, today=today()))
    elif who == "open":
        rows = rows.filter(state__in=OPEN_STATES)
    if state in set(State):
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(
            Q(record__title__icontains=text)
            | Q(index_number__icontains=text)
            | Q(record__document_number__icontains=text)
        )
    return rows


def _read(rows: QuerySet[RecordState]) -> QuerySet[RecordState]:
    """Read what a line of the list shows, newest first, and nothing of the text."""
    return rows.select_related("record", "editor").only(*_COLUMNS).order_by("-saved_at", "-pk")


def _rows(found: list[RecordState]) -> list[Row]:
    day, steps = today(), open_steps(found, now=now()) if found else {}
    names = (
        {o.code: o.short_name for o in organisations.list_organisations(include_closed=True)} if found else {}
    )
    rows = []
    for state in found:
        due = state.due_date if state.release_count == 0 else None
        rows.append(
            Row(
                id=state.pk,
                title=state.record.title or "（无标题）",
                kind=KINDS.get(state.record.kind, ""),
                state=LABELS[state.state],
                light=_LIGHTS[State(state.state)],
                live=state.record.live,
                number=state.record.document_number or state.index_number or "",
                owner=names.get(state.owner_code, state.owner_code),
                editor=state.editor.name if state.editor else "",
                due=due,
                days_left=(due - day).days if due else None,
                saved=state.saved_at,
                step=steps.get(state.pk),
            )
        )
    return rows


def _unreviewed(codes: frozenset[str]) -> list[Release]:
    """Return withdrawals that a second person has not looked at yet."""
    waiting = Release.objects.filter(kind="withdraw", withdrawal_review__isnull=True, org_code__in=codes)
    return list(waiting.select_related("record").order_by("-pk")[:20])
