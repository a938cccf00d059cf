"""The first three administrators (三员): system, security and audit, three people, none of whom can do the others' work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.organisations import api as organisations
from gongkai.project.failure import CommandFailed

ROLES = {"system_admin": "系统管理员", "security_admin": "安全管理员", "auditor": "审计管理员"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Administrator:
    """One administrator to appoint; the password never shows in a repr."""

    role: str
    username: str
    name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a production home starts with: the authority and its administrators."""

    code: str
    name: str
    administrators: tuple[Administrator, ...]


def _bad(problem: str) -> CommandFailed:
    remedy = "应有 authority: {code, name} 与 administrators: 三项 {role, username, name, password}"
    return CommandFailed("bad_setup", problem, where="--from-file", remedy=remedy)


def read_setup(raw: Any) -> Setup:
    """Turn the content of a set-up file into a Setup; raises CommandFailed when something is missing."""
    if not isinstance(raw, Mapping):
        raise _bad("文件内容不是一张表")
    authority, people = raw.get("authority"), raw.get("administrators")
    if not isinstance(authority, Mapping) or not {"code", "name"} <= authority.keys():
        raise _bad("缺少 authority 的 code 或 name")
    if not isinstance(people, list) or not all(isinstance(person, Mapping) for person in people):
        raise _bad("缺少 administrators")
    fields = ("role", "username", "name", "password")
    for number, person in enumerate(people, start=1):
        if missing := [name for name in fields if not person.get(name)]:
            raise _bad(f"第 {number} 位管理员缺少 {'、'.join(missing)}")
    found = tuple(Administrator(**{name: str(person[name]) for name in fields}) for person in people)
    return Setup(code=str(authority["code"]), name=str(authority["name"]), administrators=found)


def appoint(setup: Setup, *, must_change: bool, today: date, now: datetime) -> list[str]:
    """Make the authority where it is missing, and the three accounts with their posts; all or nothing.

    Returns the account names. Raises CommandFailed unless each of the three roles is named once, for three accounts.
    """
    roles = sorted(person.role for person in setup.administrators)
    if roles != sorted(ROLES):
        raise _bad(f"三员应各有一人：{'、'.join(ROLES)}；现在是 {'、'.join(roles) or '空'}")
    if len({person.username for person in setup.administrators}) != len(ROLES):
        raise _bad("三员必须是三个不同的账号")
    with transaction.atomic():
        if setup.code not in {info.code for info in organisations.list_organisations()}:
            organisations.create_organisation(
                code=setup.code, name=setup.name, kind="authority", parent_code=None, today=today, now=now
            )
        for person in setup.administrators:
            account = organisations.create_user(
                username=person.username,
                name=person.name,
                org_code=setup.code,
                password=person.password,
                must_change_password=must_change,
                today=today,
                now=now,
            )
            organisations.give_post(
                person=account, role=person.role, org_code=setup.code, from_date=today, today=today, now=now
            )
    return [person.username for person in setup.administrators]
