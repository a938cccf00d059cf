"""Who may do what to a record: the roles of `organisations`, asked in the service and not only in the screen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from gongkai.organisations import api as organisations
from gongkai.records.core.errors import StepRefused

#: verbs of the state table → actions of regulations/roles.yaml
ACTIONS: dict[str, str] = {
    "edit": "edit",
    "submit": "submit",
    "take_back": "take_back",
    "send_back": "send_back",
    "waive": "waive",
    "schedule": "publish",
    "unschedule": "publish",
    "publish": "publish",
    "amend": "amend",
    "drop_amendment": "amend",
    "drop_reopening": "amend",
    "discard": "edit",
    "withdraw": "withdraw",
    "review_withdrawal": "withdraw",
    "erase": "withdraw",
    "exempt_interpretation": "publish",
    "withhold": "publish",
    "keep_withheld": "publish",
    "open_withheld": "publish",
}


@dataclass(frozen=True, slots=True)
class Hat:
    """The role someone acts in, and whom they stand in for."""

    role: str
    on_behalf_of: int | None = None


def require(*, user: Any, action: str, org_code: str, today: date) -> Hat:
    """Return the role that lets the user do this at this organisation. Raises organisations.api.NotPermitted."""
    organisations.require(user=user, action=action, kind="record", org_code=org_code, today=today)
    return _hat(user=user, org_code=org_code, today=today, roles=None) or Hat("")


def require_role(*, user: Any, action: str, roles: Collection[str], org_code: str, today: date) -> Hat:
    """As `require`, and in one of these roles. Raises StepRefused naming the roles."""
    organisations.require(user=user, action=action, kind="record", org_code=org_code, today=today)
    hat = _hat(user=user, org_code=org_code, today=today, roles=roles)
    if hat is None:
        raise StepRefused(
            code="role_missing",
            message="您在这里没有办理这一步的岗位",
            where=org_code,
            remedy="请由有相应岗位的人办理，或请安全管理员核对任免",
        )
    return hat


def holds(*, user: Any, roles: Collection[str], org_code: str, today: date) -> bool:
    """Tell whether the user has a post in one of these roles at the organisation or above it."""
    return _hat(user=user, org_code=org_code, today=today, roles=roles) is not None


def persons(*, user: Any, on_behalf_of: int | None, today: date) -> frozenset[int]:
    """Return the ids of who acts and of whom they replace; a deputy counts as the person replaced."""
    return (
        organisations.effective_persons(user=user, today=today)
        | {user.pk}
        | ({on_behalf_of} if on_behalf_of else set())
    )


def _hat(*, user: Any, org_code: str, today: date, roles: Collection[str] | None) -> Hat | None:
    above = _lineage(org_code)
    best: Hat | None = None
    for post in organisations.roles_of(user=user, today=today):
        if post.org_code in above and (roles is None or post.role in roles):
            hat = Hat(post.role, post.deputy_for_user_id)
            if hat.on_behalf_of is None:
                return hat
            best = best or hat
    return best


def _lineage(org_code: str) -> frozenset[str]:
    """Return the organisation and everything above it."""
    return frozenset(organisations.get_organisation(code=org_code).path.strip("/").split("/"))
