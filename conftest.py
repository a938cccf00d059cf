"""Fixtures for every test of the tree."""

from __future__ import annotations

import os

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

pytest_plugins = [
    "gongkai.journal.testing",
    "tools.testing.room_walls",
    "tools.testing.prepared",
    "tools.testing.live",
    "tools.testing.browser",
    "tools.testing.desk",
    "tools.testing.markup",
]

LIVE_FIXTURES = {"live_site", "empty_site", "person"}
BROWSER_FIXTURES = {"page", "browser"} | LIVE_FIXTURES


def pytest_report_header() -> str:
    """Say which database this run uses."""
    from django.conf import settings

    return f"database: {settings.DATABASES['default']['ENGINE'].rsplit('.', 1)[1]}"


def uses_database(item: pytest.Item) -> bool:
    """Say whether a test touches a database: in this process, through the live site, or in a process that it starts."""
    if item.get_closest_marker("once"):
        return False
    if item.get_closest_marker("django_db") or item.get_closest_marker("database"):
        return True
    return bool((BROWSER_FIXTURES | {"db", "transactional_db"}) & set(getattr(item, "fixturenames", ())))


@pytest.hookimpl(tryfirst=True)  # the runner reads the groups in its own hook
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the browser tests of a file together on one worker, those on the live site first; on PostgreSQL run what touches a database."""
    for item in items:
        if BROWSER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group(f"browser {item.path.stem}"))
    items.sort(key=lambda item: not LIVE_FIXTURES & set(getattr(item, "fixturenames", ())))
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
