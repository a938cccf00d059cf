"""Desk screens of imports: upload, line-by-line report, promotion in one step."""

from __future__ import annotations

import hashlib

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gongkai.importing.api import Unreadable, read_table
from gongkai.organisations import api as organisations
from gongkai.registers.core.rows import RowRefused
from gongkai.registers.models import ImportBatch
from gongkai.registers.services.import_rows import drop_batch, promote, stage_table
from gongkai.registers.staff.access import authority_for
from gongkai.registers.staff.forms import UploadForm
from gongkai.registers.staff.views import register_or_404

MAX_BYTES = 100 * 1024 * 1024


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, register_id: str) -> HttpResponse:
    """Check an uploaded table line by line; nothing counts before it is promoted."""
    rule, org = register_or_404(register_id), authority_for(request, "import")
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        if file.size > MAX_BYTES:
            form.add_error("file", "文件超过 100 MB；请拆分后分别导入")
        else:
            data = file.read()
            try:
                table = read_table(data, name=file.name)
                batch = stage_table(
                    register_id=rule.id, org_code=org, file_name=file.name, file_sha256=hashlib.sha256(data).hexdigest(),
                    heads=table.headers, lines=((row.number, list(row.cells)) for row in table.rows),
                    user_id=request.user.pk, today=timezone.localdate(), now=timezone.now(),
                )  # fmt: skip
                return redirect("registers:batch", register_id=rule.id, batch_id=batch.pk)
            except (Unreadable, RowRefused) as refused:
                form.add_error("file", str(refused))
    context = {"title": f"{rule.name}：导入", "icon": "upload", "rule": rule, "org": org, "form": form}
    return render(request, "registers/import.html", context)


@require_http_methods(["GET", "POST"])
def batch_page(request: HttpRequest, register_id: str, batch_id: int) -> HttpResponse:
    """Show what a staged table would change; promote or drop it."""
    rule, org = register_or_404(register_id), authority_for(request, "import")
    batch = get_object_or_404(ImportBatch, pk=batch_id, register=rule.id, org_code=org)
    if request.method == "POST":
        if "drop" in request.POST:
            drop_batch(batch_id=batch.pk)
            messages.success(request, "已放弃这一批，台账没有改动")
            return redirect("registers:rows", register_id=rule.id)
        try:
            actor = organisations.actor(user=request.user, role="register")
            promote(batch_id=batch.pk, actor=actor, today=timezone.localdate(), now=timezone.now())
            messages.success(
                request,
                f"已导入：新增 {batch.added} 行，修改 {batch.changed} 行，{batch.unchanged} 行相同未动",
            )
            return redirect("registers:rows", register_id=rule.id)
        except RowRefused as refused:
            messages.error(request, str(refused))
            batch.refresh_from_db()
    context = {
        "title": f"{rule.name}：核对导入",
        "subtitle": batch.file_name,
        "icon": "upload",
        "rule": rule,
        "org": org,
        "batch": batch,
    }
    return render(request, "registers/batch.html", context)
