"""What the desk screens of this room share: the authority that is looked at, days from addresses (范围与日期)."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils import timezone

from gongkai.organisations import api as organisations

KIND = "request"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


OFFERED = ("view", "register", "manage", "export", "unmask")


def _reach(request: HttpRequest) -> dict[str, frozenset[str]]:
    """Return the authorities in reach with what the person may do there, read once a request."""
    if (kept := getattr(request, "requests_reach", None)) is None:
        kept = organisations.authorities_in_reach(
            user=request.user, actions=OFFERED, kind=KIND, today=timezone.localdate()
        )
        request.requests_reach = kept  # type: ignore[attr-defined]
    return kept


def authorities_in_reach(request: HttpRequest, action: str = "view") -> tuple[str, ...]:
    """Return the authority asked, or the highest one in reach; NotPermitted when there is none."""
    found = [code for code, actions in _reach(request).items() if action in actions]
    if not found:
        raise organisations.NotPermitted("您没有办理依申请公开的岗位", remedy="请安全管理员授予岗位")
    asked = request.GET.get("org") or request.POST.get("org")
    if asked and asked not in found:
        organisations.require(
            user=request.user, action=action, kind=KIND, org_code=asked, today=timezone.localdate()
        )
    return (asked or found[0],)


def offered(request: HttpRequest, org: str) -> frozenset[str]:
    """Return which of the actions that have a screen of their own the person may do there: no link leads to a refusal."""
    return _reach(request).get(org, frozenset())


def is_day(text: str) -> bool:
    """Tell whether a text is a day such as 2024-03-05."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
