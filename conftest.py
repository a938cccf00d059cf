"""Fixtures for every test of the tree."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

# Slow machines are not a fault of the code: no timed assertion anywhere, Hypothesis included.
settings.register_profile(
    "gongkai",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=True,
)
settings.load_profile("gongkai")

gc.disable()  # what is loaded and collected stays: nobody needs to look through it for rubbish, now or later

pytest_plugins = [
    "gongkai.journal.testing",
    "tools.testing.room_walls",
    "tools.testing.row_locks",
    "tools.testing.prepared",
    "tools.testing.live",
    "tools.testing.browser",
    "tools.testing.desk",
    "tools.testing.markup",
    "tools.testing.object_store",
]

LIVE_FIXTURES = {"live_site", "empty_site"}
BROWSER_FIXTURES = {"browser"} | LIVE_FIXTURES


def pytest_report_header() -> str:
    """Say which database this run uses."""
    from django.conf import settings

    return f"database: {settings.DATABASES['default']['ENGINE'].rsplit('.', 1)[1]}"


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Call a case of bytes by its place, not by its content: a file made anew differs from worker to worker."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_finish() -> None:
    """Look for rubbish again, but only among what the tests themselves make."""
    gc.freeze()
    gc.enable()


def uses_database(item: pytest.Item) -> bool:
    """Say whether a test touches a database: in this process, through the live site, or in a process that it starts."""
    if item.get_closest_marker("once"):
        return False
    if item.get_closest_marker("django_db") or item.get_closest_marker("database"):
        return True
    return bool(
        (LIVE_FIXTURES | {"db", "transactional_db", "live_server"}) & set(getattr(item, "fixturenames", ()))
    )


def may_not_run_once(item: pytest.Item) -> bool:
    """Say whether a test of models, services or views asks to be left out on the second database (ADR 16)."""
    asked = set(getattr(item, "fixturenames", ()))
    own = bool(item.get_closest_marker("django_db")) or bool({"db", "transactional_db"} & asked)
    return bool(item.get_closest_marker("once")) and own and not BROWSER_FIXTURES & asked


def flushes(item: pytest.Item) -> bool:
    """Say whether a test leaves an empty database behind, without what the migrations wrote."""
    marker = item.get_closest_marker("django_db")
    committed = marker is not None and bool(marker.kwargs.get("transaction") or marker.args[:1] == (True,))
    return committed or bool({"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())))


def turn_of(item: pytest.Item) -> int:
    """Return when a test starts: the sites first, then what needs no database while one is set up, then the long ones."""
    if LIVE_FIXTURES & set(getattr(item, "fixturenames", ())):
        return 0
    if item.get_closest_marker("slow"):
        return 2
    if not uses_database(item):
        return 1
    return 4 if flushes(item) else 3


def group_of(item: pytest.Item, turn: int) -> str:
    """Return what stays on one worker: all that uses the running sites, else what stands in one file; long tests go alone.

    Two workers with a site each would start two of everything; a fixture of a file would be made twice.
    """
    if turn == 0:
        return "running sites"
    alone = turn == 2 and not BROWSER_FIXTURES & set(getattr(item, "fixturenames", ()))
    return "" if alone else f"{item.path.parent.parent.name} {item.path.stem} {turn}"


def lost_its_group(item: pytest.Item) -> bool:
    """Say whether the runner did not read the group that a test was given: it would be sent anywhere."""
    marker = item.get_closest_marker("xdist_group")
    return marker is not None and not item.nodeid.endswith(f"@{marker.args[0]}")


@pytest.hookimpl(wrapper=True)  # the runner reads the groups in its own hook; pytest-django orders in its own
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Generator[None, None, None]:
    """Group the tests, order them, and on PostgreSQL keep those that touch a database."""
    if wrong := [item.nodeid for item in items if may_not_run_once(item)]:
        raise pytest.UsageError(f"只有浏览器里的走查可以只在一种数据库上做（ADR 16）：{wrong[0]}")
    for item in items:
        if BROWSER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
        if not item.get_closest_marker("xdist_group") and (group := group_of(item, turn_of(item))):
            item.add_marker(pytest.mark.xdist_group(group))
    yield
    items.sort(key=turn_of)
    if os.environ.get("GONGKAI_EXPECT_DATABASE") == "postgresql":
        elsewhere = [item for item in items if not uses_database(item)]
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if uses_database(item)]


@pytest.fixture(scope="session", autouse=True)
def expected_database() -> None:
    """Fail everything when script/test asked for PostgreSQL and something else is in use."""
    from django.db import connection

    expected = os.environ.get("GONGKAI_EXPECT_DATABASE", connection.vendor)
    assert connection.vendor == expected, f"这一半测试应在 {expected} 上运行，实际是 {connection.vendor}"


@pytest.fixture(scope="session", autouse=True)
def groups_hold(request: pytest.FixtureRequest) -> None:
    """Fail everything when the runner spreads over both workers what was to stay on one (ADR 16)."""
    if request.config.getoption("loadgroup", False):
        lost = next(filter(lost_its_group, request.session.items), None)
        assert lost is None, f"测试分组没有生效（pytest 与 pytest-xdist 的版本不合）：{lost}"
