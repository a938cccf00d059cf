"""Whose plans a person sees (可见范围)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from gongkai.organisations import api as organisations
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.services.rights import KIND


def allowed(request: HttpRequest, action: str, org_code: str) -> bool:
    """Tell whether the person may do something there today."""
    return organisations.may(
        user=request.user, action=action, kind=KIND, org_code=org_code, today=timezone.localdate()
    )


def required(request: HttpRequest, action: str, org_code: str) -> None:
    """Refuse whoever may not."""
    organisations.require(
        user=request.user, action=action, kind=KIND, org_code=org_code, today=timezone.localdate()
    )


def visible(request: HttpRequest, action: str = "view") -> frozenset[str]:
    """Return the codes where the person may act; refuses whoever may nowhere."""
    codes = organisations.scope(user=request.user, action=action, kind=KIND, today=timezone.localdate())
    if not codes:
        raise organisations.NotPermitted("您没有查看计划与督办的岗位；请联系安全管理员授予岗位")
    return codes


def own_authority(request: HttpRequest, action: str, today: date) -> str:
    """Return the authority for which a person manages plans or gives orders."""
    codes = visible(request, action)
    for post in organisations.roles_of(user=request.user, today=today):
        code = organisations.authority_of(code=post.org_code).code
        if code in codes:
            return code
    raise organisations.NotPermitted("您的岗位不能为机关办理计划与督办；请联系安全管理员")


def names_of(org_code: str) -> dict[str, str]:
    """Return the names of an authority and of all below it, by code."""
    found = {o.code: o.name for o in organisations.list_organisations(under=org_code)}
    return {org_code: organisations.get_organisation(code=org_code).name, **found}


def anywhere(request: HttpRequest, action: str) -> frozenset[str]:
    """Return the codes where the person may act; empty for whoever may nowhere."""
    return organisations.scope(user=request.user, action=action, kind=KIND, today=timezone.localdate())


def acting_now(request: HttpRequest) -> dict[str, Any]:
    """Return who acts and when, as every service takes it."""
    return {"user": request.user, "today": timezone.localdate(), "now": timezone.now()}


def day_of(text: str, what: str) -> date:
    """Return a day as typed; raises SupervisionRefused naming the field."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise SupervisionRefused("bad_date", f"没有写明{what}", remedy=f"请填写{what}") from error


def whole_of(text: str, what: str) -> int:
    """Return a whole number as typed; raises SupervisionRefused naming the field."""
    if not text.strip().isdigit() or len(text.strip()) > 9:
        raise SupervisionRefused("bad_number", f"{what}应为整数", remedy=f"请填写{what}")
    return int(text)


def said(refused: SupervisionRefused) -> str:
    """Return a refusal as one sentence for the person."""
    where = f"{refused.where}：" if refused.where else ""
    return f"{where}{refused.message}；{refused.remedy}" if refused.remedy else f"{where}{refused.message}"
