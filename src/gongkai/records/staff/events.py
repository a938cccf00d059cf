"""Emergencies at the desk (突发事件): the list with its clocks, one event with its releases, pins."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_POST

from gongkai.organisations import api as organisations
from gongkai.records.core.errors import BadInput, RecordError
from gongkai.records.core.states import LABELS
from gongkai.records.models import Event, LaterReview, LaterState
from gongkai.records.selectors_events import event_rows, list_events, list_pins, publishers_of
from gongkai.records.services.events import close_event, counters_of, note_conference
from gongkai.records.services.pins import pin, unpin
from gongkai.records.staff.screens import explained, may, now, require_scope, today, viewable_state
from gongkai.records.staff.urgent_form import typed_moment


@require_GET
def event_list(request: HttpRequest) -> HttpResponse:
    """Show the events in reach with their clocks, and what stands on the home page."""
    codes = _publishers(request)
    context = {
        "title": "突发事件信息", "icon": "warning",
        "rows": [(event, counters_of(event, now=now())) for event in list_events(codes)],
        "pins": list_pins(codes, today()), "may_write": _may_write(request),
    }  # fmt: skip
    return render(request, "records/events.html", context)


@require_GET
def event_page(request: HttpRequest, event_id: int) -> HttpResponse:
    """Show one event: clocks, its releases in order, what can be done."""
    event = _event(request, event_id)
    rows = event_rows(event)
    owed = set(
        LaterReview.objects.filter(
            record_id__in=[row.record_id for row in rows], state=LaterState.OPEN
        ).values_list("record_id", flat=True)
    )
    context = {
        "title": event.name, "subtitle": event.grade_label, "icon": "warning", "event": event,
        "counters": counters_of(event, now=now()), "rows": [(row, LABELS[row.state.state], row.record_id in owed) for row in rows],
        "may_lead": may(request, "publish", event.org_code), "may_write": _may_write(request) and not event.closed_at,
    }  # fmt: skip
    return render(request, "records/event.html", context)


@require_POST
def event_act(request: HttpRequest, event_id: int, verb: str) -> HttpResponse:
    """Note the press conference, or close the event."""
    _event(request, event_id)
    try:
        if verb == "conference":
            held_at = typed_moment(request.POST.get("held_at", ""))
            if held_at is None:
                raise BadInput(
                    code="moment_unreadable",
                    message="没有填写召开时间",
                    where="召开时间",
                    remedy="请选择日期和时间",
                )
            note_conference(event_id=event_id, held_at=held_at, user=request.user, now=now())
            messages.success(request, "已登记新闻发布会。")
        elif verb == "close":
            close_event(event_id=event_id, user=request.user, now=now())
            messages.success(request, "已办结；专题页保留，首页不再显示。")
        else:
            raise Http404("没有这种操作")
    except RecordError as error:
        messages.error(request, f"{error.message}。{error.remedy}。")
    except organisations.NotPermitted as error:
        messages.error(request, str(error))
    return redirect("records:event", event_id=event_id)


@require_POST
@explained
def pin_act(request: HttpRequest, record_id: int) -> HttpResponse:
    """Put a record on the home page until a day, or take it off."""
    viewable_state(request, record_id)
    if "off" in request.POST:
        unpin(record_id=record_id, user=request.user, now=now())
        messages.success(request, "已取消置顶；首页在一两秒内更新。")
    else:
        until = _day(request.POST.get("until", ""))
        made = pin(record_id=record_id, until=until, user=request.user, now=now())
        messages.success(request, f"已置顶到 {made.until.isoformat()}；首页在一两秒内更新。")
    return redirect("records:page", record_id=record_id)


def _day(text: str) -> Any:
    if not text.strip():
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise BadInput(code="day_unreadable", message="置顶日期读不出来", where="置顶到", remedy="请选择日期")
    return day


def _publishers(request: HttpRequest) -> frozenset[str]:
    return publishers_of(require_scope(request, "view"))


def _event(request: HttpRequest, event_id: int) -> Event:
    event = Event.objects.filter(pk=event_id, org_code__in=_publishers(request)).first()
    if event is None:
        raise Http404("没有这个突发事件")
    return event


def _may_write(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("records.add_record"))
