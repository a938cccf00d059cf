"""Evidence packs: one click to export, a page to check a pack somebody brings."""

from __future__ import annotations

import hashlib

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from gongkai.supervision.core.evidence_pack import check_pack
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import EvidencePack
from gongkai.supervision.services.evidence_pack import export_pack
from gongkai.supervision.staff import reach

MAX_BYTES = 500 * 1024 * 1024


@require_http_methods(["POST"])
def pack_export(request: HttpRequest, plan_id: int) -> HttpResponseBase:
    """Hand out the evidence pack of a plan."""
    try:
        stream, name, _ = export_pack(plan_id=plan_id, **reach.acting_now(request))
    except SupervisionRefused as refused:
        messages.error(request, reach.said(refused))
        return redirect("supervision:plan", plan_id=plan_id)
    return FileResponse(stream, as_attachment=True, filename=name, content_type="application/zip")


@require_http_methods(["GET", "POST"])
def pack_check(request: HttpRequest) -> HttpResponse:
    """Check a pack: complete, unchanged, and one of ours."""
    codes = reach.visible(request)
    context: dict[str, object] = {"title": "核对证据包", "icon": "download"}
    upload = request.FILES.get("file")
    if request.method == "POST" and upload is None:
        context["problem"] = "没有选择文件；请选择证据包（zip）"
    elif upload is not None and (upload.size or 0) > MAX_BYTES:
        context["problem"] = "文件超过 500 MB；请在解开的文件夹里运行 sha256sum -c SHA256SUMS 核对"
    elif upload is not None:
        data = upload.read()
        digest = hashlib.sha256(data).hexdigest()
        context |= {
            "found": check_pack(data), "digest": digest,
            "ours": EvidencePack.objects.filter(sha256=digest, plan__org_code__in=codes).select_related("plan").first(),
        }  # fmt: skip
    return render(request, "supervision/pack_check.html", context)
