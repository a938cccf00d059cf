"""No query reads the tables of two rooms: foreign keys across rooms must not become joins that the linter cannot see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "gongkai"
# Every room that keeps tables; `project` may know all.
ROOMS = tuple(
    sorted(path.parent.name for path in SOURCE.glob("*/migrations") if path.parent.name != "project")
)
_TABLE = re.compile(rf'(?<!\.)"({"|".join(ROOMS)})_(\w+)"')
# People are shown beside what they did by Wagtail's own lists (revision -> user); this join is its own, not ours.
_SHARED_TABLES = {("organisations", "user")}


def rooms_joined(sql: str) -> set[str]:
    """Return the rooms whose tables a statement names, when there are two or more; people are left out."""
    if not sql.startswith("SELECT"):
        return set()
    found = {match.groups() for match in _TABLE.finditer(sql)} - _SHARED_TABLES
    rooms = {room for room, _ in found}
    return rooms if len(rooms) > 1 else set()


@pytest.fixture(autouse=True)
def rooms_do_not_join(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that ran a query over two rooms' tables."""
    marked = request.node.get_closest_marker("django_db") is not None
    if not marked and not {"db", "transactional_db"} & set(request.fixturenames):
        yield
        return
    from django.db import connection

    joined: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if rooms := rooms_joined(sql):
            joined.append(f"{' + '.join(sorted(rooms))}: {sql[:400]}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield
    assert not joined, f"一条查询跨越了房间：{joined[0]}"
