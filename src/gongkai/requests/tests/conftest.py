"""Tests of this room make their people anew, so nothing remembered of earlier ones may stay."""

from __future__ import annotations

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Forget what log-in and roles of another test's people left in the cache."""
    cache.clear()
