"""Emergency release on one screen (突发事件信息发布): event, text, findings and clocks, then to the leader."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from gongkai.catalogue import api as catalogue
from gongkai.kernel.calendar import load_calendar
from gongkai.organisations import api as organisations
from gongkai.records.core.chains import Chain, chain_for
from gongkai.records.core.emergency import Counter, grades, read_counters
from gongkai.records.core.errors import RecordError
from gongkai.records.core.office_time import office_time
from gongkai.records.core.pins import pin_rules
from gongkai.records.core.places import place_label
from gongkai.records.core.states import EDITABLE_STATES
from gongkai.records.models import Event, EventRecord, RecordState
from gongkai.records.selectors_events import list_events, publishers_of
from gongkai.records.services.checking import check_words
from gongkai.records.services.content import newest
from gongkai.records.services.events import counters_of, open_event
from gongkai.records.services.submit import submit
from gongkai.records.services.urgent import (
    default_items,
    link_of,
    plain_text_of,
    rewrite_urgent,
    write_urgent,
)
from gongkai.records.staff.findings_panel import SEVERITY_LABELS, finding_rows
from gongkai.records.staff.screens import may, now, require_scope, today, viewable_state
from gongkai.records.staff.urgent_form import FIELD_OF, NEW, UrgentForm, typed_moment

_MOST_FINDINGS = 50


@require_http_methods(["GET", "POST"])
def urgent_page(request: HttpRequest, record_id: int | None = None) -> HttpResponse:
    """Show the one screen, take what was written, check it, and on demand hand it to the leader."""
    codes = require_scope(request, "submit")
    link = None
    if record_id is not None:
        state = viewable_state(request, record_id)
        link = EventRecord.objects.select_related("event", "record").filter(record_id=record_id).first()
        if link is None or state.state not in EDITABLE_STATES:
            return redirect("records:page", record_id=record_id)
    form = _form(request, link, codes)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            return _take(request, form, link)
        except (RecordError, organisations.NotPermitted) as error:
            words = f"{error.message}。{error.remedy}。" if isinstance(error, RecordError) else str(error)
            form.add_error(FIELD_OF.get(getattr(error, "where", "")), words)
            problem = words
    context = _context(request, form, link) | {"problem": problem}
    return render(request, "records/urgent.html", context, status=400 if form.errors else 200)


@require_POST
def urgent_look(request: HttpRequest) -> HttpResponse:
    """Return clocks and findings of what is typed so far, as a piece of the page; stores nothing."""
    codes = require_scope(request, "submit")
    org_code, given = request.POST.get("org_code", ""), request.POST
    if org_code not in codes:
        org_code = min(codes)
    found = check_words(
        title=given.get("title", "")[:500],
        paragraphs=given.get("text", "")[:100_000].splitlines(),
        org_code=organisations.authority_of(code=org_code).code,
        today=today(),
    )
    rows = [
        {
            "severity": finding.severity.value,
            "label": SEVERITY_LABELS[finding.severity.value],
            "place": place_label(finding.part),
            "matched": finding.matched,
            "message": finding.message or finding.suggestion,
            "suggestion": finding.suggestion if finding.message else "",
        }
        for finding, _ in found[:_MOST_FINDINGS]
    ]
    typed = bool(given.get("title", "").strip() or given.get("text", "").strip())
    context = {"counters": _typed_counters(request), "looked": rows, "typed": typed}
    return render(request, "records/urgent_look.html", context)


def _take(request: HttpRequest, form: UrgentForm, link: EventRecord | None) -> HttpResponse:
    values, user, moment = form.cleaned_data, request.user, now()
    with transaction.atomic():
        if link is not None:
            written = rewrite_urgent(
                record_id=link.record_id,
                version=int(request.POST.get("version") or 0),
                content=form.content(),
                pin_until=values["pin_until"],
                user=user,
                now=moment,
            )
        else:
            event_id = _new_event(form, user, moment) if form.is_new_event else int(values["event"])
            written = write_urgent(
                event_id=event_id,
                org_code=values["org_code"],
                content=form.content(),
                pin_until=values["pin_until"],
                user=user,
                now=moment,
            )
    request.session[_kept(written.record_id)] = [values["authority"], values["authority_note"]]
    for warning in written.warnings:
        messages.warning(request, warning)
    if "send" not in request.POST:
        messages.success(request, "已保存并检查。")
        return redirect("records:urgent_write", record_id=written.record_id)
    try:
        submit(
            record_id=written.record_id,
            user=user,
            now=moment,
            authority=values["authority"],
            authority_note=values["authority_note"],
        )
    except RecordError as error:
        messages.error(request, f"已保存，还没有送出：{error.message}。{error.remedy}。")
        return redirect("records:urgent_write", record_id=written.record_id)
    request.session.pop(_kept(written.record_id), None)
    messages.success(request, "已送领导签发；领导在手机上打开“等我办的”即可签。")
    return redirect("records:event", event_id=link_of(written.record_id).event_id)


def _new_event(form: UrgentForm, user: Any, moment: datetime) -> int:
    values = form.cleaned_data
    event = open_event(
        org_code=values["org_code"],
        name=values["event_name"],
        grade=values["event_grade"],
        known_at=values["known_at"],
        user=user,
        now=moment,
    )
    return event.pk


def _form(request: HttpRequest, link: EventRecord | None, codes: frozenset[str]) -> UrgentForm:
    publishers = publishers_of(codes)
    offered = [(o.code, o.name) for o in organisations.list_organisations() if o.code in codes]
    events = [(str(e.pk), f"{e.name}（{e.grade_label}）") for e in list_events(publishers) if not e.closed_at]
    return UrgentForm(
        request.POST or None,
        request.FILES or None,
        initial=_initial(request, link, offered),
        events=events,
        organisations_offered=offered,
        items=_items(publishers),
        chain=emergency_chain(today()),
        bound=link is not None,
    )


def _initial(
    request: HttpRequest, link: EventRecord | None, offered: list[tuple[str, str]]
) -> dict[str, Any]:
    rule = pin_rules()["emergency"]
    if link is None:
        asked = request.GET.get("event", "")
        org_code = offered[0][0] if offered else ""
        return {
            "event": asked if asked.isdigit() else NEW,
            "known_at": office_time(now()).replace(tzinfo=None),
            "org_code": org_code,
            "catalogue_codes": next(iter(default_items(org_code)), "") if org_code else "",
            "pin_until": rule.default_until(today()),
        }
    state = RecordState.objects.select_related("record").get(pk=link.record_id)
    record = newest(state.record)
    authority, note = request.session.get(_kept(link.record_id), ["", ""])
    return {
        "event": str(link.event_id),
        "title": record.title,
        "text": plain_text_of(state) or "",
        "catalogue_codes": next(iter(record.catalogue_codes), ""),
        "authority": authority,
        "authority_note": note,
        "pin_until": link.pin_until,
        "org_code": state.owner_code,
    }


def _context(request: HttpRequest, form: UrgentForm, link: EventRecord | None) -> dict[str, Any]:
    context: dict[str, Any] = {
        "title": "突发事件信息发布", "icon": "warning", "form": form, "link": link, "link_event": link.event if link else None,
        "version": 0, "findings": None, "plain": True, "record_id": link.record_id if link else None, "may_waive": False,
    }  # fmt: skip
    if link is None:
        context["counters"] = _typed_counters(request)
        return context
    state = RecordState.objects.select_related("record").get(pk=link.record_id)
    context |= {
        "counters": counters_of(link.event, now=now()),
        "version": state.version,
        "findings": finding_rows(state),
        "plain": plain_text_of(state) is not None,
        "may_waive": may(request, "waive", state.owner_code),
    }
    return context


def _typed_counters(request: HttpRequest) -> tuple[Counter, ...]:
    """Return the clocks of the event that is chosen or typed; those of the gravest grade from now where nothing is."""
    given = request.POST or request.GET
    chosen = given.get("event", "")
    if chosen.isdigit():
        event = next((one for one in _visible(request) if one.pk == int(chosen)), None)
        if event is not None:
            return counters_of(event, now=now())
    known = typed_moment(given.get("known_at", "")) or now()
    grade = given.get("event_grade", "")
    return read_counters(
        grade_id=grade if grade in {one.id for one in grades()} else grades()[0].id,
        known_at=min(known, now()),
        first_release_at=None,
        conference_at=None,
        now=now(),
        calendar=load_calendar(),
    )


def _visible(request: HttpRequest) -> list[Event]:
    return list_events(publishers_of(require_scope(request, "submit")))


def emergency_chain(on: date) -> Chain:
    """Return the chain that lets an emergency out first."""
    return chain_for(kind="emergency", grade="emergency", on=on)


def _items(publishers: frozenset[str]) -> list[tuple[str, str]]:
    items = {item.code: item for code in sorted(publishers) for item in catalogue.list_items(org_code=code)}
    return [(i.code, f"{i.code} {i.level2 or i.level1}") for i in items.values()]


def _kept(record_id: int) -> str:
    return f"urgent-authority-{record_id}"
