"""Roles as data (角色): who may do what, and how far. Read from `regulations/roles.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from gongkai.kernel.regulations import read_yaml, regulations_dir

DUTIES = ("editorial", "system", "security", "audit")
SEPARATED = ("system", "security", "audit")


class Reach(StrEnum):
    """How far a grant reaches from the organisation of the post (范围)."""

    OWN = "own"
    SECTION = "section"
    SUBTREE = "subtree"
    AUTHORITY = "authority"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Grant:
    """One line of a role: these actions on this kind of object, within this reach."""

    kind: str
    actions: tuple[str, ...]
    reach: Reach


@dataclass(frozen=True, slots=True)
class Role:
    """A role (角色) with its duty and grants."""

    id: str
    name: str
    duty: str
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class RoleBook:
    """All roles, and the words for objects and actions: `objects[kind] = (name, {action: name})`."""

    roles: Mapping[str, Role]
    objects: Mapping[str, tuple[str, Mapping[str, str]]]

    def role(self, role_id: str) -> Role:
        """Return a role; raises UnknownRole."""
        try:
            return self.roles[role_id]
        except KeyError:
            raise UnknownRole(f"没有「{role_id}」这个角色：可用的角色见 regulations/roles.yaml") from None

    def able(self, kind: str, action: str) -> frozenset[str]:
        """Return the ids of the roles whose grants hold this action on this kind of object, however far they reach."""
        return frozenset(
            role.id
            for role in self.roles.values()
            if any(grant.kind == kind and action in grant.actions for grant in role.grants)
        )


class UnknownRole(LookupError):
    """No such role in the rule file."""

    code = "organisations.unknown_role"


class RolesInvalid(ValueError):
    """The rule file of roles is wrong; the message names role and line."""


def read_roles(raw: Mapping[str, Any]) -> RoleBook:
    """Return the roles of a rule file's content.

    Raises RolesInvalid for an unknown object, action, reach or duty, a duplicate id, and for a separated administrator
    who could touch what is editorial (record, catalogue, request).
    """
    objects = {kind: (str(row["name"]), dict(row["actions"])) for kind, row in raw["objects"].items()}
    roles: dict[str, Role] = {}
    for row in raw["roles"]:
        role_id = str(row["id"])
        if role_id in roles:
            raise RolesInvalid(f"角色「{role_id}」重复")
        if row["duty"] not in DUTIES:
            raise RolesInvalid(f"角色「{role_id}」的职责「{row['duty']}」不在 {'、'.join(DUTIES)} 之内")
        grants = tuple(_grant(role_id, line, objects) for line in row["grants"])
        if row["duty"] in SEPARATED and {g.kind for g in grants} & {"record", "catalogue", "request"}:
            raise RolesInvalid(f"角色「{role_id}」属于三员，不能有业务权限")
        roles[role_id] = Role(role_id, str(row["name"]), str(row["duty"]), grants)
    return RoleBook(roles, objects)


def _grant(
    role_id: str, line: Mapping[str, Any], objects: Mapping[str, tuple[str, Mapping[str, str]]]
) -> Grant:
    kind = str(line["kind"])
    if kind not in objects:
        raise RolesInvalid(f"角色「{role_id}」提到没有的对象「{kind}」")
    for action in line["actions"]:
        if action not in objects[kind][1]:
            raise RolesInvalid(f"角色「{role_id}」对「{kind}」提到没有的动作「{action}」")
    try:
        return Grant(kind, tuple(line["actions"]), Reach(line["scope"]))
    except ValueError:
        raise RolesInvalid(
            f"角色「{role_id}」的范围「{line['scope']}」不在 {'、'.join(Reach)} 之内"
        ) from None


@lru_cache(maxsize=1)
def role_book() -> RoleBook:
    """Return the roles in force, read once."""
    return read_roles(read_yaml(regulations_dir() / "roles.yaml"))
