"""Whose catalogue a screen shows (目录范围): asked of the roles, for every screen of the room."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from gongkai.organisations import api as organisations

KIND = "catalogue"


def body_of(request: HttpRequest, action: str) -> str:
    """Return the code of the body whose catalogue is shown; the person must be allowed the action there."""
    today = timezone.localdate()
    allowed = organisations.scope(user=request.user, action=action, kind=KIND, today=today)
    asked = request.GET.get("org") or request.POST.get("org")
    if asked:
        organisations.require(user=request.user, action=action, kind=KIND, org_code=asked, today=today)
        return asked
    for post in organisations.roles_of(user=request.user, today=today):
        code = organisations.authority_of(code=post.org_code).code
        if code in allowed or post.org_code in allowed:
            return code if code in allowed else post.org_code
    raise organisations.NotPermitted("您没有查看公开目录的岗位；请联系安全管理员授予岗位")


def names_under(org_code: str) -> dict[str, str]:
    """Return code → short name of a body and everything in it, ended ones too."""
    found = organisations.list_organisations(under=org_code, include_closed=True)
    return {one.code: one.short_name for one in found}
