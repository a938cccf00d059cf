"""Loading the program: the collector rests meanwhile, and works again afterwards, also when loading fails."""

from __future__ import annotations

import gc
import sys

import pytest

from gongkai.project.django_setup import loading, start_django


def test_the_collector_rests_while_loading_and_works_afterwards() -> None:
    assert gc.isenabled()
    with loading():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(RuntimeError), loading():
        raise RuntimeError
    assert gc.isenabled()


def test_a_second_start_loads_and_freezes_nothing() -> None:
    known, frozen = set(sys.modules), gc.get_freeze_count()
    start_django()
    assert gc.get_freeze_count() == frozen
    assert set(sys.modules) == known
