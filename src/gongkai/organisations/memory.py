"""What was read of organisations and posts, kept for one request or one piece of work (只读一次)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import connection

T = TypeVar("T")
_kept: ContextVar[dict[Any, Any] | None] = ContextVar("organisations_read", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """Read names, places and posts once within this block, and again after whatever may have changed them meanwhile.

    That is: a change of these tables by whatever way, a rollback, and every lock taken before an act (a row read for update, an
    advisory lock, an immediate transaction), since who waited for it may have lost a post meanwhile.
    """
    if _kept.get() is not None:
        yield
        return
    token = _kept.set({})
    try:
        with connection.execute_wrapper(_forget_what_changes):
            yield
    finally:
        _kept.reset(token)


def remembered(key: Any, read: Callable[[], T]) -> T:
    """Return what `read` gave for this key before in this block, or what it gives now; outside a block always now."""
    kept = _kept.get()
    if kept is None:
        return read()
    if key not in kept:
        kept[key] = read()
    found: T = kept[key]
    return found


def _forget_what_changes(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    answer = execute(sql, params, many, context)
    kept = _kept.get()
    if kept and _may_change(str(sql)):
        kept.clear()
    return answer


def _may_change(sql: str) -> bool:
    """Tell whether a statement changes these tables, undoes something, or may have waited for somebody else."""
    if sql.startswith("SELECT"):
        return "FOR UPDATE" in sql or "pg_advisory_" in sql
    return sql.startswith(("BEGIN", "ROLLBACK")) or '"organisations_' in sql
