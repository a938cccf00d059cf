"""Files of a record at the desk: upload, and look at what is still private."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from gongkai.records.core.errors import BadInput, NotFound
from gongkai.records.core.stream import file_digests
from gongkai.records.models import ReleaseFile, StoredFile
from gongkai.records.services.attach import attach
from gongkai.records.services.content import newest, raw_body
from gongkai.records.services.files import open_private_file
from gongkai.records.staff.screens import explained, now, viewable_state

_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@require_POST
@explained
def upload(request: HttpRequest, record_id: int) -> HttpResponse:
    """Take files into the draft, each checked by its content."""
    viewable_state(request, record_id)
    uploads = request.FILES.getlist("file")
    if not uploads:
        raise BadInput(code="file_missing", message="没有选择文件", where="上传", remedy="请选择文件后再上传")
    for one in uploads:
        stored = attach(
            record_id=record_id,
            stream=one.file,
            name=one.name or "未命名",
            alt=request.POST.get("alt", ""),
            user=request.user,
            now=now(),
        )
        found = sum(1 for finding in stored.findings if finding["severity"] in {"block", "review"})
        text = f"已放入“{one.name}”" + (f"，检查发现 {found} 处，请看检查发现" if found else "")
        messages.warning(request, text) if found else messages.success(request, text)
    return redirect("records:page", record_id=record_id)


@require_GET
def download(request: HttpRequest, record_id: int, sha256: str) -> FileResponse:
    """Hand out a file of a record that the person may see: pictures inline, everything else as a download."""
    state = viewable_state(request, record_id)
    used = set(file_digests(raw_body(newest(state.record))))
    used |= set(ReleaseFile.objects.filter(release__record_id=record_id).values_list("sha256", flat=True))
    row = StoredFile.objects.filter(pk=sha256).first()
    if sha256 not in used or row is None:
        raise Http404("没有这个文件")
    try:
        opened = open_private_file(sha256=sha256)
    except NotFound as error:
        raise Http404("没有这个文件") from error
    response = FileResponse(opened, content_type=row.media_type)
    kind = "inline" if row.media_type in _INLINE else "attachment"
    response["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(row.original_name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
