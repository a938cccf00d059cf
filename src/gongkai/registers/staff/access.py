"""Who may do what with the ledgers, and whose ledgers a screen shows."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils import timezone

from gongkai.organisations import api as organisations
from gongkai.registers.core.schema import Register, registers

KIND = "register"


def authority_for(request: HttpRequest, action: str) -> str:
    """Return the code of the body whose ledgers are shown; raises NotPermitted."""
    today = timezone.localdate()
    asked = request.GET.get("org") or request.POST.get("org")
    if asked:
        organisations.require(user=request.user, action=action, kind=KIND, org_code=asked, today=today)
        return asked
    allowed = organisations.scope(user=request.user, action=action, kind=KIND, today=today)
    for post in organisations.roles_of(user=request.user, today=today):
        code = organisations.authority_of(code=post.org_code).code
        if code in allowed:
            return code
    raise organisations.NotPermitted("您没有查看台账的岗位；请联系安全管理员授予岗位")


def may(request: HttpRequest, action: str, org_code: str) -> bool:
    """Tell whether the person may do this with the ledgers of a body."""
    today = timezone.localdate()
    return bool(
        organisations.may(user=request.user, action=action, kind=KIND, org_code=org_code, today=today)
    )


def find_register(register_id: str, *, today: date) -> Register | None:
    """Return a register in force, None when there is none of that id."""
    return registers(on=today).get(register_id)
