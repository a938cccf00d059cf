"""The later review of what went out first (事后补审): what went out, on whose decision, until when; sign or object."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from gongkai.organisations import api as organisations
from gongkai.records.core.chains import REVIEW_LABELS
from gongkai.records.core.differences import compare_payloads
from gongkai.records.core.errors import RecordError
from gongkai.records.models import LaterReview, LaterState
from gongkai.records.selectors import get_release
from gongkai.records.selectors_waiting import later_step_of
from gongkai.records.services.later_review import refuse_later, sign_later
from gongkai.records.services.review_round import Round, round_of
from gongkai.records.staff.screens import may, now, viewable_state


@require_http_methods(["GET", "POST"])
def later_review_page(request: HttpRequest, record_id: int, release_id: int) -> HttpResponse:
    """Show the release as it went out and take the signature or the objection."""
    state = viewable_state(request, record_id)
    later = get_object_or_404(
        LaterReview.objects.select_related("release", "record"), pk=release_id, record_id=record_id
    )
    turn, problem = round_of(record_id, later.release.round), ""
    if request.method == "POST":
        try:
            said = _decide(request, later, turn)
        except (RecordError, organisations.NotPermitted) as error:
            problem = str(error)
        else:
            messages.success(request, said)
            return redirect("records:signed", record_id=record_id)
    release, step = get_release(release_id=release_id), turn.later_step if turn else None
    owner = state.owner_code or state.record.org_code
    authority = turn.chain.authority(later.authority) if turn else None
    context = {
        "title": "应急先发的事后补审", "icon": "check", "state": state, "later": later, "release": release,
        "lines": compare_payloads(None, release.payload) if release.payload else [], "problem": problem,
        "open_step": later_step_of(later, now=now()), "authority": authority.name if authority else later.authority,
        "is_open": later.state == LaterState.OPEN, "opinion": request.POST.get("opinion", ""),
        "may_sign": bool(step) and all(may(request, f"sign_{kind}", owner) for kind in (step.kinds if step else ())),
        "kinds": "、".join(REVIEW_LABELS[kind] for kind in step.kinds) if step else "",
        "content_sha256": later.release.content_sha256,
    }  # fmt: skip
    return render(request, "records/later_review.html", context, status=400 if problem else 200)


def _decide(request: HttpRequest, later: LaterReview, turn: Round | None) -> str:
    opinion, user, moment = request.POST.get("opinion", ""), request.user, now()
    if "refuse" in request.POST:
        refuse_later(release_id=later.pk, user=user, opinion=opinion, now=moment)
        return "已记录不同意。请起草人更正后重新送审，或由有权人撤回；办好之前一直亮红灯。"
    kinds: Any = turn.later_step.kinds if turn and turn.later_step else ("",)
    with transaction.atomic():
        for kind in [kind for kind in kinds if not turn or kind not in turn.signed_kinds]:
            sign_later(
                release_id=later.pk,
                kind=kind,
                content_sha256=request.POST.get("sha256", ""),
                user=user,
                opinion=opinion,
                now=moment,
            )
    return "已补审签署。"
