"""“将看到的页面”: the preview is the page itself, made by the room that makes it (预览)."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from gongkai.records.core.errors import BadInput
from gongkai.records.core.payload import public_payload
from gongkai.records.core.stream import file_digests
from gongkai.records.models import Record, RecordState, ReleaseFile
from gongkai.records.preview_slot import render_page
from gongkai.records.services.content import content_of, publication_of, raw_body
from gongkai.records.staff.screens import now


def preview_response(request: HttpRequest, record: Record) -> HttpResponse:
    """Return the public page of this text as it would be made now, or say why it cannot be shown."""
    state = RecordState.objects.filter(pk=record.pk).first() or RecordState(record_id=record.pk)
    try:
        payload = public_payload(content_of(record, state), publication_of(state, now=now()))
        page = render_page(_complete(payload))
        page = page and _with_private_files(page, record)
    except BadInput as error:
        return _cannot(request, f"{error.message}。{error.remedy}。")
    if page is None:
        return _cannot(request, "公开页面的生成程序没有装上，不能预览。")
    response = HttpResponse(page)
    response["X-Robots-Tag"] = "noindex"
    return response


def _with_private_files(page: str, record: Record) -> str:
    """Point links to files that are not public yet at the desk, so that they are seen; the rest of the page stays."""
    used = set(file_digests(raw_body(record)))
    public = ReleaseFile.objects.filter(sha256__in=used, release__stored_payload__isnull=False)
    for digest in used - set(public.values_list("sha256", flat=True)):
        url = reverse("records:file", args=[record.pk, digest])
        page = re.sub(rf'(src|href)="[^"]*{digest}[^"]*"', rf'\1="{url}"', page)
    return page


def _complete(payload: dict[str, object]) -> dict[str, object]:
    """Give a draft without number a place, so that its page can be drawn."""
    if not payload["index_number"]:
        payload = {**payload, "index_number": "（送审时编号）", "path": "doc/preview/0000/00000.html"}
    if not payload["formed_date"]:
        payload = {**payload, "formed_date": str(payload["published_at"])[:10]}
    return payload


def _cannot(request: HttpRequest, reason: str) -> HttpResponse:
    return TemplateResponse(request, "records/preview_missing.html", {"reason": reason}).render()
