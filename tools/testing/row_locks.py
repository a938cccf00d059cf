"""No row is locked outside a transaction of the program's own, on either database.

PostgreSQL refuses such a query, but only where no transaction is open at all: a test of Django runs inside one, and the
embedded database has no row locks and says nothing. So the watch asks for a transaction that is not the test's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

LOCKED_OUTSIDE: list[str] = []


def own_transaction(connection: Any) -> bool:
    """Say whether a transaction is open that the program (or the test, by name) began, not the frame of the test."""
    return any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


@pytest.fixture(scope="session", autouse=True)
def _watched_row_locks() -> Iterator[None]:
    """Note every query that locks rows outside a transaction."""
    from django.db.models.sql.compiler import SQLCompiler

    execute = SQLCompiler.execute_sql

    def watched(self: Any, *arguments: Any, **named: Any) -> Any:
        if self.query.select_for_update and not own_transaction(self.connection):
            LOCKED_OUTSIDE.append(str(self.query.model._meta.label))
        return execute(self, *arguments, **named)

    SQLCompiler.execute_sql = watched  # type: ignore[method-assign]
    yield
    SQLCompiler.execute_sql = execute  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def rows_are_locked_in_transactions(_watched_row_locks: None) -> Iterator[None]:
    """Fail a test that locked rows outside a transaction."""
    LOCKED_OUTSIDE.clear()
    yield
    assert not LOCKED_OUTSIDE, (
        f"没有事务就锁行：{LOCKED_OUTSIDE[0]}（外层要有 transaction.atomic，PostgreSQL 会拒绝）"
    )
