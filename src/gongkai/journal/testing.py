"""What every test run needs so that append-only tables do not stop the erasing of a test database (pytest plugin)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session", autouse=True)
def _erasable_append_only_tables() -> Iterator[None]:
    """Lift the triggers while Django empties the tables after a transactional test, and install them again."""
    from django.test import TransactionTestCase

    from gongkai.journal.triggers import lifted_triggers

    original = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def teardown(self: Any) -> None:
        with lifted_triggers():
            original(self)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]
    yield
    TransactionTestCase._fixture_teardown = original  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _no_heads_of_earlier_tests() -> Iterator[None]:
    """Take away the published heads after each test: they belong to a database that is gone."""
    yield
    from django.conf import settings

    heads = settings.PUBLIC_DIR / "heads"
    if heads.exists():
        shutil.rmtree(heads)
