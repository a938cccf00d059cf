"""Earlier texts of a record: a release as it went out, a text kept apart, the preview of the newest one."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET
from wagtail.models import Revision

from gongkai.records.core.differences import compare_payloads
from gongkai.records.core.payload import public_payload
from gongkai.records.models import Release
from gongkai.records.selectors import get_release, list_releases
from gongkai.records.services.content import content_of, newest
from gongkai.records.staff.preview import preview_response
from gongkai.records.staff.screens import person_names, viewable_state


@require_GET
@xframe_options_sameorigin
def preview(request: HttpRequest, record_id: int) -> HttpResponse:
    """Show the page that the public would see."""
    state = viewable_state(request, record_id)
    return preview_response(request, newest(state.record))


@require_GET
def release_page(request: HttpRequest, record_id: int, release_id: int) -> HttpResponse:
    """Show a release with what it changed against the one before."""
    state = viewable_state(request, record_id)
    get_object_or_404(Release, pk=release_id, record_id=record_id)
    release = get_release(release_id=release_id)
    before = [
        r for r in list_releases(record_id=record_id) if r.sequence < release.sequence and r.kind == "publish"
    ]
    shown = release.kind == "publish" and release.payload is not None
    lines = (
        compare_payloads(before[-1].payload if before else None, release.payload)
        if shown and release.payload
        else []
    )
    context = {
        "title": f"第 {release.sequence} 次发布件", "icon": "history", "state": state, "record": state.record,
        "release": release, "lines": lines, "is_new": not before, "erased": release.payload is None,
    }  # fmt: skip
    return render(request, "records/release.html", context)


@require_GET
def kept_apart(request: HttpRequest, record_id: int, revision_id: int) -> HttpResponse:
    """Show a text that was kept apart, against the draft that took its place."""
    state = viewable_state(request, record_id)
    revision = get_object_or_404(Revision.objects.for_instance(state.record), pk=revision_id)
    if revision.user_id != request.user.pk and state.editor_id != request.user.pk:
        raise Http404("没有这个版本")
    theirs = public_payload(content_of(newest(state.record), state), None)
    mine = public_payload(content_of(revision.as_object(), state), None)
    context = {
        "title": "另存的版本", "icon": "history", "state": state, "record": state.record, "revision": revision,
        "lines": [line for line in compare_payloads(theirs, mine) if line.mark != "same"],
        "person": person_names({state.editor_id}).get(state.editor_id or 0, ""),
    }  # fmt: skip
    return render(request, "records/kept_apart.html", context)
