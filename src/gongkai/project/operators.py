"""Who a command acts for (经办人): somebody with the right, never nobody."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth import get_user_model

from gongkai.organisations import api as organisations
from gongkai.project.environment import Environment
from gongkai.project.failure import CommandFailed


def operator(
    environment: Environment, *, username: str | None, action: str, kind: str, org_code: str, today: date
) -> Any:
    """Return the account that a command acts for.

    A named account is checked. Without a name a demonstration home takes the first account that may; a production home
    refuses, because an act must be somebody's. Raises CommandFailed or the room's own refusals.
    """
    if username is not None:
        person = organisations.get_user(username=username)
        organisations.require(user=person, action=action, kind=kind, org_code=org_code, today=today)
        return person
    if environment.production:
        raise CommandFailed(
            "no_user", "没有指明经办人", where="--user", remedy="请用 --user 写明办理人的登录名", exit_code=2
        )
    for person in get_user_model().objects.filter(is_active=True).order_by("username"):
        if organisations.may(user=person, action=action, kind=kind, org_code=org_code, today=today):
            return person
    raise CommandFailed(
        "nobody_may",
        f"机构 {org_code} 没有人有这项权限",
        where=org_code,
        remedy="请由安全管理员任命岗位",
        exit_code=1,
    )
