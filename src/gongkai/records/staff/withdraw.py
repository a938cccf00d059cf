"""Taking down, looking at it afterwards, erasing (撤回、复核、清除)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from gongkai.organisations import api as organisations
from gongkai.records.core.errors import RecordError
from gongkai.records.core.withdrawal import withdrawal_reason, withdrawal_reasons
from gongkai.records.models import Release
from gongkai.records.services.erase import erase
from gongkai.records.services.withdraw import review_withdrawal, withdraw
from gongkai.records.staff.forms import WithdrawForm
from gongkai.records.staff.screens import explained, may, now, person_names, viewable_state


@require_http_methods(["GET", "POST"])
def withdraw_page(request: HttpRequest, record_id: int) -> HttpResponse:
    """Ask for the reason and take the record down."""
    state = viewable_state(request, record_id)
    if not may(request, "withdraw", state.owner_code or state.record.org_code):
        raise Http404("没有这条信息")
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw(
                record_id=record_id,
                reason_code=form.cleaned_data["reason_code"],
                note=form.cleaned_data["note"],
                replaced_by=form.cleaned_data["replaced_by"].strip() or None,
                user=request.user,
                now=now(),
            )
        except (RecordError, organisations.NotPermitted) as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                "已撤回；公开页面换成撤回说明，列表、搜索、订阅和附件随即清除。请另一位有权人事后复核。",
            )
            return redirect("records:page", record_id=record_id)
    context = {
        "title": "撤回已发布内容", "icon": "warning", "state": state, "record": state.record, "form": form,
        "reasons": withdrawal_reasons(),
    }  # fmt: skip
    return render(request, "records/withdraw.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def review_withdrawal_page(request: HttpRequest, record_id: int, release_id: int) -> HttpResponse:
    """Let a second person say whether the withdrawal was right."""
    state = viewable_state(request, record_id)
    release = get_object_or_404(Release, pk=release_id, record_id=record_id, kind="withdraw")
    problem = ""
    if request.method == "POST":
        try:
            review_withdrawal(
                release_id=release_id,
                upheld=request.POST.get("upheld") == "yes",
                opinion=request.POST.get("opinion", ""),
                user=request.user,
                now=now(),
            )
        except (RecordError, organisations.NotPermitted) as error:
            problem = str(error)
        else:
            messages.success(request, "复核意见已记录。")
            return redirect("records:page", record_id=record_id)
    context = {
        "title": "撤回事后复核", "icon": "check", "state": state, "record": state.record, "release": release,
        "reason": withdrawal_reason(release.reason_code), "problem": problem,
        "person": person_names({release.published_by_id}).get(release.published_by_id or 0, ""),
    }  # fmt: skip
    return render(request, "records/review_withdrawal.html", context, status=400 if problem else 200)


@require_POST
@explained
def erase_action(request: HttpRequest, record_id: int) -> HttpResponse:
    """Erase the payloads and files of a withdrawn record."""
    viewable_state(request, record_id)
    gone = erase(record_id=record_id, user=request.user, now=now())
    messages.success(request, f"已清除 {len(gone)} 次发布的内容；校验值和事实保留。")
    return redirect("records:page", record_id=record_id)
