"""What the desk screens of this room share: the authority that is looked at, days from addresses (范围与日期)."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils import timezone

from gongkai.organisations import api as organisations

KIND = "request"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def authorities_in_reach(request: HttpRequest, action: str = "view") -> tuple[str, ...]:
    """Return the authority asked, or the highest one in reach; NotPermitted when there is none."""
    today = timezone.localdate()
    scope = organisations.scope(user=request.user, action=action, kind=KIND, today=today)
    found = [info.code for info in organisations.list_organisations(kind="authority") if info.code in scope]
    if not found:
        raise organisations.NotPermitted("您没有办理依申请公开的岗位", remedy="请安全管理员授予岗位")
    asked = request.GET.get("org") or request.POST.get("org")
    if asked:
        organisations.require(user=request.user, action=action, kind=KIND, org_code=asked, today=today)
        return (asked,)
    return (found[0],)


def is_day(text: str) -> bool:
    """Tell whether a text is a day such as 2024-03-05."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
