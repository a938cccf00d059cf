"""A production home: three separated administrators, the marker, never demonstration data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model

from gongkai.organisations import api as organisations
from gongkai.project import home
from gongkai.project.administrators import ROLES, Administrator, Setup, appoint
from gongkai.project.commands.serve import _is_loopback
from gongkai.project.environment import Environment, normalise_base_path, read_environment
from gongkai.project.failure import CommandFailed

NOW, TODAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC), date(2026, 3, 2)
PASSWORD = "Qing-Quan-2026"


def people(**changes: str) -> tuple[Administrator, ...]:
    return tuple(
        Administrator(role=changes.get(role, role), username=role, name="测试", password=PASSWORD)
        for role in ROLES
    )


def environment_of(folder: Path) -> Environment:
    return read_environment({"GONGKAI_HOME": str(folder)})


@pytest.mark.django_db
def test_appoint_makes_three_people_who_cannot_do_each_others_work() -> None:
    names = appoint(
        Setup(code="demo", name="示范局", administrators=people()), must_change=True, today=TODAY, now=NOW
    )
    assert names == list(ROLES)
    kinds = {
        "system_admin": ("system", "manage"),
        "security_admin": ("post", "manage"),
        "auditor": ("journal", "verify"),
    }
    for name in names:
        person = organisations.get_user(username=name)
        assert person.must_change_password
        assert not person.is_superuser
        for role, (kind, action) in kinds.items():
            allowed = organisations.may(user=person, action=action, kind=kind, org_code="demo", today=TODAY)
            assert allowed == (role == name), (name, kind)
        assert not organisations.scope(user=person, action="publish", kind="record", today=TODAY)


@pytest.mark.django_db
@pytest.mark.parametrize("administrators", [people(auditor="system_admin"), people()[:2], ()])
def test_appoint_refuses_fewer_than_three_roles(administrators: tuple[Administrator, ...]) -> None:
    with pytest.raises(CommandFailed, match="三员"):
        appoint(
            Setup(code="demo", name="局", administrators=administrators),
            must_change=False,
            today=TODAY,
            now=NOW,
        )
    assert not get_user_model().objects.exists()


@pytest.mark.django_db
def test_appoint_is_all_or_nothing() -> None:
    weak = (*people()[:2], replace(people()[2], password="123"))
    with pytest.raises(organisations.PersonRefused):
        appoint(Setup(code="demo", name="局", administrators=weak), must_change=False, today=TODAY, now=NOW)
    assert not get_user_model().objects.exists()
    assert not organisations.list_organisations()


def test_marker_chooses_settings_and_never_meets_demonstration(tmp_path: Path) -> None:
    environment = environment_of(tmp_path)
    assert environment.settings_module.endswith("demonstration")
    home.mark_production(environment, administrators=["a"])
    environment = environment_of(tmp_path)
    assert environment.production
    assert environment.settings_module.endswith("production")
    with pytest.raises(CommandFailed, match="演示数据"):
        home.mark_demonstration(environment)


def test_demonstration_home_never_becomes_production(tmp_path: Path) -> None:
    environment = environment_of(tmp_path)
    home.mark_demonstration(environment)
    with pytest.raises(CommandFailed, match="演示数据"):
        home.mark_production(environment, administrators=[])
    assert not environment_of(tmp_path).production


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        *((host, True) for host in ("127.0.0.1", "::1", "[::1]", "localhost", "127.8.9.1")),
        *((host, False) for host in ("0.0.0.0", "192.0.2.7", "::", "example.gov.cn")),
    ],
)
def test_loopback_is_known(host: str, inside: bool) -> None:
    assert _is_loopback(host) is inside


@pytest.mark.parametrize(
    ("text", "prefix"), [("", ""), ("/", ""), ("wsj", "/wsj"), ("/wsj/", "/wsj"), ("/a/b/", "/a/b")]
)
def test_base_path_is_normalised(text: str, prefix: str) -> None:
    assert normalise_base_path(text) == prefix


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "80 80"])
def test_bad_port_is_refused(port: str) -> None:
    with pytest.raises(ValueError, match="PORT"):
        read_environment({"PORT": port})
