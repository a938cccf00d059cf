"""The page of one record: where it stands, what was found, what went out, what can be done now."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.timezone import get_current_timezone, make_aware
from django.views.decorators.http import require_GET, require_POST

from gongkai.kernel.machine import verbs_from
from gongkai.organisations import api as organisations
from gongkai.records.core.chains import REVIEW_LABELS
from gongkai.records.core.errors import BadInput
from gongkai.records.core.interpretation import kinds_with_plan, signed_lines
from gongkai.records.core.kinds import CHANGES
from gongkai.records.core.pins import pin_rules
from gongkai.records.core.states import LABELS, TABLE
from gongkai.records.core.withdrawal import withdrawal_reason
from gongkai.records.models import LaterReview, LaterState, RecordState, Release, Review
from gongkai.records.selectors_events import standing_pin
from gongkai.records.selectors_waiting import later_step_of, open_step_of
from gongkai.records.services import amend as amending
from gongkai.records.services import schedule as scheduling
from gongkai.records.services import send_back as returning
from gongkai.records.services.chain_choice import chain_of, why_not_light
from gongkai.records.services.clone import clone_record
from gongkai.records.services.content import draft_of, newest
from gongkai.records.services.due import interpretation_due
from gongkai.records.services.permissions import ACTIONS
from gongkai.records.services.publish import publish
from gongkai.records.services.submit import submit
from gongkai.records.staff.attachments import file_rows
from gongkai.records.staff.findings_panel import rows_of
from gongkai.records.staff.forms import AmendForm
from gongkai.records.staff.interpretation import overlap_context
from gongkai.records.staff.marked_text import marked_lines
from gongkai.records.staff.review import event_of
from gongkai.records.staff.screens import explained, may, now, person_names, today, viewable_state


@require_GET
def page(request: HttpRequest, record_id: int) -> HttpResponse:
    """Show one record."""
    state = viewable_state(request, record_id)
    record = newest(state.record)
    try:
        draft = draft_of(state, record)
        findings, problem = rows_of(state, draft), ""
        lines = marked_lines(draft.payload, findings)
        beside = {"beside": signed_lines(draft.beside), **overlap_context(state, record, draft.payload)}
    except BadInput as error:
        findings, lines, problem = [], [], f"{error.message}。{error.remedy}。"
        beside = {}
    reviews = list(Review.objects.filter(record_id=record_id))
    releases = list(Release.objects.filter(record_id=record_id).order_by("-sequence"))
    people = person_names(
        {r.user_id for r in reviews} | {r.published_by_id for r in releases} | {state.editor_id}
    )
    verbs = _verbs(request, state)
    context = {
        "may_waive": "waive" in verbs, "may_repair": "edit" in verbs, "lines": lines, "files": file_rows(record),
        "title": str(record), "icon": "doc-full-inverse", "record": record, "state": state,
        "state_label": LABELS[state.state], "verbs": verbs, "findings": findings, "problem": problem,
        "reviews": [_review(r, people) for r in reviews], "releases": [_release(r, people) for r in releases],
        "editor": people.get(state.editor_id or 0, ""), "amend_form": AmendForm(), "CHANGES": CHANGES,
        "owner": organisations.get_organisation(code=state.owner_code or record.org_code).name,
        "interpretation": _interpretation(state, record),
        "may_clone": bool(state.round or state.release_count)
        and may(request, "create", state.owner_code or state.record.org_code),
        "waits": open_step_of(state, now=now()), "owed": _owed(record_id),
        "chain": chain_of(record, state, today()) if "submit" in verbs else None,
        "not_light": why_not_light(record, state) if "submit" in verbs else "",
        "plans": record.kind in kinds_with_plan(), **beside,
    }  # fmt: skip
    return render(request, "records/page.html", context | _on_front(request, state) | event_of(record_id))


@require_POST
@explained
def act(request: HttpRequest, record_id: int, verb: str) -> HttpResponse:
    """Do one of the plain verbs and come back to the page."""
    viewable_state(request, record_id)
    user, moment, given = request.user, now(), request.POST
    done: dict[str, Any] = {
        "submit": lambda: submit(
            record_id=record_id,
            user=user,
            now=moment,
            note=given.get("note", ""),
            authority=given.get("authority", ""),
            authority_note=given.get("authority_note", ""),
        ),
        "take_back": lambda: returning.take_back(record_id=record_id, user=user, now=moment),
        "publish": lambda: publish(record_id=record_id, user=user, now=moment),
        "schedule": lambda: scheduling.schedule(
            record_id=record_id, publish_at=_moment(given.get("publish_at", "")), user=user, now=moment
        ),
        "unschedule": lambda: scheduling.unschedule(record_id=record_id, user=user, now=moment),
        "amend": lambda: amending.amend(
            record_id=record_id,
            change=given.get("change", ""),
            note=given.get("note", ""),
            user=user,
            now=moment,
        ),
        "drop_amendment": lambda: amending.drop_amendment(record_id=record_id, user=user, now=moment),
        "discard": lambda: amending.discard(record_id=record_id, user=user, now=moment),
    }
    if verb == "clone":
        return _clone(request, record_id)
    if verb not in done:
        raise BadInput(
            code="verb_unknown", message=f"没有“{verb}”这种操作", where="页面", remedy="请刷新页面"
        )
    done[verb]()
    messages.success(request, _SAID[verb])
    if verb == "amend":
        return redirect("wagtailsnippets_records_record:edit", record_id)
    return redirect("records:page", record_id=record_id)


_SAID = {
    "submit": "已送审。",
    "take_back": "已收回，可以继续修改。",
    "publish": "已发布；公开页面在一两秒内更新。",
    "schedule": "已定时发布。",
    "unschedule": "已取消定时。",
    "amend": "已启动修改；公开的版本不变，新版本审签发布后才替换。",
    "drop_amendment": "已放弃修改。",
    "discard": "已作废。",
}


def _clone(request: HttpRequest, record_id: int) -> HttpResponse:
    """Begin a draft with this record as its sample and say what must be looked at."""
    made = clone_record(record_id=record_id, user=request.user, now=now())
    said = "已按样本新建草稿，请填写成文日期和文号。"
    if made.old_year_mentions:
        said += f"正文里还有 {made.old_year_mentions} 处“{made.old_year}”，请逐处核对。"
    if made.attachments_left_out:
        said += f"样本的 {made.attachments_left_out} 个附件没有带过来。"
    messages.success(request, said)
    return redirect("wagtailsnippets_records_record:edit", made.record.id)


def _verbs(request: HttpRequest, state: RecordState) -> set[str]:
    """Return what the table and the person's roles allow now; conditions that depend on content are told when tried."""
    org_code = state.owner_code or state.record.org_code
    allowed = set(verbs_from(TABLE, state.state)) & set(ACTIONS)
    verbs = {verb for verb in allowed if may(request, ACTIONS[verb], org_code)}
    live = state.record.live
    if state.release_count:
        verbs.discard("discard")
    else:
        verbs -= {"drop_amendment", "drop_reopening"}
    if "drop_reopening" in verbs and not live:
        verbs.add("drop_amendment")
    if not live:
        verbs.discard("withdraw")
    return verbs | ({"review"} if state.state == "in_review" else set())


def _moment(text: str) -> Any:
    moment = parse_datetime(text)
    if moment is None:
        raise BadInput(
            code="moment_unreadable",
            message="没有填写定时发布的时间",
            where="定时发布",
            remedy="请选择日期和时间",
        )
    return make_aware(moment, get_current_timezone()) if moment.tzinfo is None else moment


def _review(review: Review, people: dict[int, str]) -> dict[str, Any]:
    return {
        "label": REVIEW_LABELS[review.kind],
        "person": people.get(review.user_id, ""),
        "decision": review.get_decision_display(),
        "returned": review.decision == "returned",
        "opinion": review.opinion,
        "at": review.at,
        "round": review.round,
        "sha256": review.content_sha256,
    }


def _release(release: Release, people: dict[int, str]) -> dict[str, Any]:
    reason = withdrawal_reason(release.reason_code).name if release.reason_code else ""
    return {
        "id": release.pk,
        "sequence": release.sequence,
        "kind": release.get_kind_display(),
        "withdrawn": release.kind == "withdraw",
        "change": CHANGES.get(release.change, ""),
        "note": release.change_note or reason,
        "at": release.published_at,
        "person": people.get(release.published_by_id or 0, "定时任务"),
        "sha256": release.sha256,
    }


def _on_front(request: HttpRequest, state: RecordState) -> dict[str, Any]:
    """Return the pin of the record and, for who may pin it, the days to choose from."""
    standing = standing_pin(state.record_id, today())
    owner = state.owner_code or state.record.org_code
    may_pin = state.record.live and may(request, "pin", owner)
    rule = pin_rules()[standing.purpose if standing else "important"]
    return {"pin": standing, "may_pin": may_pin, "pin_rule": rule, "pin_day": rule.default_until(today())}


def _owed(record_id: int) -> list[dict[str, Any]]:
    """Return the later reviews that are open or were refused, with what is left of their time."""
    rows = LaterReview.objects.filter(record_id=record_id, state__in=(LaterState.OPEN, LaterState.REFUSED))
    return [{"later": row, "step": later_step_of(row, now=now())} for row in rows]


def _interpretation(state: RecordState, record: Any) -> Any:
    """Return by when a published policy must be interpreted, while no interpretation is public."""
    if (
        record.kind != "policy"
        or record.linked_from.filter(relation="interprets", source__live=True).exists()
    ):
        return None
    return interpretation_due(state.record_id)
