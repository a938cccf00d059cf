"""A small invented authority for tests of this room and of the rooms above it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from gongkai.organisations import api
from gongkai.organisations.models import User

TODAY = date(2020, 3, 2)
NOW = datetime(2020, 3, 2, 1, 0, tzinfo=UTC)
PASSWORD = "Qing-Quan-2020"  # noqa: S105  (of invented persons in tests)


def make_tree() -> None:
    """Make authority `demo` with two sections and one hospital that has a ward, and authority `other` with one section."""
    for code, name, kind, parent, kind_of in (
        ("demo", "示范区卫生健康局", "authority", None, ""),
        ("demo-office", "办公室", "section", "demo", ""),
        ("demo-control", "疾病预防控制科", "section", "demo", ""),
        ("demo-hospital", "示范区人民医院", "institution", "demo", "hospital"),
        ("demo-hospital-ward", "院办公室", "section", "demo-hospital", ""),
        ("other", "邻区卫生健康局", "authority", None, ""),
        ("other-office", "办公室", "section", "other", ""),
    ):
        api.create_organisation(
            code=code,
            name=name,
            kind=kind,
            parent_code=parent,
            institution_type=kind_of,
            today=TODAY,
            now=NOW,
        )


def make_person(username: str, *posts: tuple[str, str], org_code: str = "demo") -> User:
    """Make an account with these (role, organisation) posts held from TODAY on."""
    person = api.create_user(
        username=username, name=f"测试{username}", org_code=org_code, password=PASSWORD, today=TODAY, now=NOW
    )
    for role, code in posts:
        api.give_post(person=person, role=role, org_code=code, from_date=TODAY, today=TODAY, now=NOW)
    return person
