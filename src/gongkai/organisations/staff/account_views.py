"""Account security (账号安全): own password, one-time codes, the second step of log-in."""

from __future__ import annotations

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_otp import login as otp_login

from gongkai.organisations.errors import PersonRefused
from gongkai.organisations.models import RecoveryCode
from gongkai.organisations.services import authenticator


@require_http_methods(["GET"])
def overview(request: HttpRequest) -> HttpResponse:
    """Show password age, one-time codes and what is left of the recovery codes."""
    context = {
        "title": "账号安全",
        "icon": "lock",
        "device": authenticator.device_of(request.user),
        "is_required": authenticator.is_required(person=request.user, today=timezone.localdate()),
        "codes_left": RecoveryCode.objects.filter(user=request.user, used_at__isnull=True).count(),
    }
    return render(request, "organisations/account.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password."""
    form = PasswordChangeForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        update_session_auth_hash(request, form.save())
        messages.success(request, "密码已修改")
        return redirect("wagtailadmin_home")
    return render(request, "organisations/password.html", {"title": "修改密码", "icon": "lock", "form": form})


@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Bind an authenticator app: QR code, then a code from the app, then the recovery codes, shown once."""
    if authenticator.device_of(request.user) is not None:
        return redirect("account_security:overview")
    problem = ""
    if request.method == "POST":
        try:
            codes = authenticator.confirm_enrolment(
                person=request.user,
                token=request.POST.get("token", "").strip(),
                today=timezone.localdate(),
                now=timezone.now(),
            )
        except PersonRefused as refused:
            problem = str(refused)
        else:
            otp_login(request, authenticator.device_of(request.user))
            return render(
                request,
                "organisations/recovery_codes.html",
                {"title": "备用验证码", "icon": "lock", "codes": codes},
            )
    device = authenticator.begin_enrolment(person=request.user)
    picture = segno.make(device.config_url, error="m").svg_inline(
        scale=5, border=4, title="动态口令二维码", omitsize=False
    )
    context = {
        "title": "绑定动态口令",
        "icon": "lock",
        "problem": problem,
        "picture": mark_safe(picture),
    }  # segno's own drawing
    context["secret"] = authenticator.secret_text(device)
    return render(request, "organisations/enrol.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for the one-time code after the password."""
    device = authenticator.device_of(request.user)
    if device is None or request.user.is_verified():
        return redirect("wagtailadmin_home")
    problem = ""
    if request.method == "POST":
        token = request.POST.get("token", "").strip().replace(" ", "")
        today, now = timezone.localdate(), timezone.now()
        is_recovery = "-" in token and authenticator.may_try(device)
        if device.verify_is_allowed()[0] and device.verify_token(token):
            otp_login(request, device)
            return redirect("wagtailadmin_home")
        if is_recovery and authenticator.use_recovery_code(
            person=request.user, code=token, today=today, now=now
        ):
            otp_login(request, device)
            messages.warning(request, "已用一个备用验证码登录；手机丢失的，请尽快重新绑定")
            return redirect("account_security:overview")
        problem = (
            "验证码不对，或连续输错须稍候；请核对手机时间，输入当前显示的 6 位数字或一个未用过的备用验证码"
        )
    return render(
        request, "organisations/verify.html", {"title": "输入动态口令", "icon": "lock", "problem": problem}
    )


@require_http_methods(["POST"])
def remove(request: HttpRequest) -> HttpResponse:
    """Switch one's own one-time codes off."""
    try:
        authenticator.remove_authenticator(
            person=request.user, user=request.user, today=timezone.localdate(), now=timezone.now()
        )
        messages.success(request, "动态口令已停用")
    except PersonRefused as refused:
        messages.error(request, str(refused))
    return redirect("account_security:overview")
