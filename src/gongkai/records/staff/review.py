"""The review screen (审查): what changed, what was found, who signed, two buttons and a comment; fits a phone."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from gongkai.records.core.chains import REVIEW_LABELS, Step
from gongkai.records.core.differences import ChangedLine, compare_payloads
from gongkai.records.core.errors import BadInput, ContentChanged
from gongkai.records.core.interpretation import signed_lines
from gongkai.records.core.reading import FIELD_LABELS
from gongkai.records.core.states import LABELS
from gongkai.records.models import EventRecord, RecordState, Release, ReleasePayload
from gongkai.records.selectors_next import may_sign_step
from gongkai.records.selectors_waiting import open_step_of
from gongkai.records.services.content import draft_of
from gongkai.records.services.events import counters_of
from gongkai.records.services.publish import publish
from gongkai.records.services.review_round import Round, current_round
from gongkai.records.services.send_back import send_back
from gongkai.records.services.sign import sign
from gongkai.records.services.waive import waive
from gongkai.records.staff.findings_panel import finding_rows
from gongkai.records.staff.interpretation import overlap_context
from gongkai.records.staff.screens import explained, may, now, person_names, today, viewable_state


@require_GET
def review_page(request: HttpRequest, record_id: int) -> HttpResponse:
    """Show what would go out, against what is public."""
    state = viewable_state(request, record_id)
    if state.state != "in_review":
        messages.info(request, f"这条信息{LABELS[state.state]}，现在没有要审的内容。")
        return redirect("records:page", record_id=record_id)
    draft = draft_of(state)
    turn = current_round(state)
    step = turn.step if turn else None
    before = _public_before(state)
    lines = compare_payloads(before, draft.payload)
    context = {
        "title": "审查", "subtitle": draft.payload["title"][:60], "icon": "check", "state": state, "draft": draft,
        "head": [line for line in lines if _is_field(line) and _comes_first(line, is_new=before is None)],
        "fields": [line for line in lines if _is_field(line) and not _comes_first(line, is_new=before is None)], "body": [line for line in lines if not _is_field(line)],
        "is_new": before is None, "changed": sum(line.mark != "same" for line in lines),
        "findings": finding_rows(state), "steps": _steps(turn) if turn else [], "step": step,
        "kinds": [(kind, REVIEW_LABELS[kind]) for kind in step.kinds] if step else [],
        "may_sign": bool(step) and _may_sign(request, state, step), "may_return": may(request, "send_back", _owner(state)),
        "may_waive": may(request, "waive", _owner(state)), "changed_since": draft.sha256 != state.submitted_sha256,
        "note": turn.submission.note if turn else "", "is_last": bool(turn and step and step == turn.chain.first_steps[-1]),
        "chain": turn.chain if turn else None, "waits": open_step_of(state, now=now()), "authority": _authority(turn),
        "beside": signed_lines(draft.beside), **overlap_context(state, draft.record, draft.payload),
    }  # fmt: skip
    return render(request, "records/review.html", context | event_of(record_id))


@require_POST
@explained
def decide(request: HttpRequest, record_id: int) -> HttpResponse:
    """Sign every kind of the open step for the content that was shown, or send it back."""
    state = viewable_state(request, record_id)
    opinion = request.POST.get("opinion", "")
    if "return" in request.POST:
        send_back(record_id=record_id, user=request.user, opinion=opinion, now=now())
        messages.success(request, "已退回，起草人会看到您的意见。")
        return redirect("records:signed", record_id=record_id)
    turn = current_round(state)
    step = turn.step if turn else None
    if step is None:
        raise BadInput(code="nothing_open", message="没有等待签署的步骤", where="审查", remedy="请刷新页面")
    try:
        with transaction.atomic():
            for kind in [kind for kind in step.kinds if turn and kind not in turn.signed_kinds]:
                sign(
                    record_id=record_id,
                    kind=kind,
                    content_sha256=request.POST.get("sha256", ""),
                    user=request.user,
                    opinion=opinion,
                    now=now(),
                )
    except ContentChanged as error:
        messages.error(request, f"{error.message}。{error.remedy}。")
        return redirect("records:review", record_id=record_id)
    return _after_signing(request, record_id, step)


@require_POST
@explained
def let_pass(request: HttpRequest, record_id: int) -> HttpResponse:
    """Waive one finding with its reason."""
    state = viewable_state(request, record_id)
    waive(
        record_id=record_id,
        finding_key=request.POST.get("key", ""),
        reason=request.POST.get("reason", ""),
        user=request.user,
        now=now(),
    )
    messages.success(request, "已放行，理由已记录。")
    return redirect("records:review" if state.state == "in_review" else "records:page", record_id=record_id)


def _after_signing(request: HttpRequest, record_id: int, step: Step) -> HttpResponse:
    state = viewable_state(request, record_id)
    if state.state == "approved" and may(request, "publish", _owner(state)) and "publish" in request.POST:
        publish(record_id=record_id, user=request.user, now=now())
        messages.success(request, "已批准并发布；公开页面在一两秒内更新。")
    else:
        messages.success(
            request, "已签署。" if state.state == "in_review" else "已签署，审签完毕，等待发布。"
        )
    return redirect("records:signed", record_id=record_id)


def event_of(record_id: int) -> dict[str, Any]:
    """Return the event that a record tells of with its clocks, for the templates; empty for other records."""
    link = EventRecord.objects.select_related("event").filter(record_id=record_id).first()
    return {"link": link, "counters": counters_of(link.event, now=now())} if link else {}


def _public_before(state: RecordState) -> dict[str, Any] | None:
    last = Release.objects.filter(record_id=state.record_id, kind="publish").order_by("-sequence").first()
    stored = ReleasePayload.objects.filter(pk=last.pk).first() if last else None
    found: dict[str, Any] | None = json.loads(stored.text) if stored else None
    return found


def _steps(turn: Round) -> list[dict[str, Any]]:
    people = person_names({review.user_id for review in turn.signed})
    by_kind = {review.kind: review for review in turn.signed}
    return [
        {
            "label": REVIEW_LABELS[kind],
            "review": by_kind.get(kind),
            "person": people.get(by_kind[kind].user_id, "") if kind in by_kind else "",
            "is_open": turn.step is step,
            "after": step.after,
        }
        for step in turn.chain.steps
        for kind in step.kinds
    ]


def _authority(turn: Round | None) -> str:
    """Return on whose decision the text is to go out before its review, empty for other chains."""
    named = turn.chain.authority(turn.submission.authority) if turn else None
    return f"{named.name}：{turn.submission.authority_note}" if turn and named else ""


def _may_sign(request: HttpRequest, state: RecordState, step: Step) -> bool:
    return may_sign_step(user=request.user, step=step, org_code=_owner(state), today=today())


def _owner(state: RecordState) -> str:
    return state.owner_code or state.record.org_code


def _is_field(line: ChangedLine) -> bool:
    return line.label in FIELD_LABELS.values()


def _comes_first(line: ChangedLine, *, is_new: bool) -> bool:
    """Tell whether a line of metadata stands above the body: the title, and what changed."""
    return line.label == FIELD_LABELS["title"] or (line.mark != "same" and not is_new)
