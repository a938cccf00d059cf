"""Every drill in its short form. The long form is `script/drill --long`."""

from __future__ import annotations

import pytest

from tools.drills import LEFT_OUT, NAMES
from tools.drills.ground import hold

ONCE = {"damaged_store", "clock_back", "full_disk"}
"""What these look at is the same on every database; `script/drill` does them on both."""


def _marked(name: str) -> object:
    return pytest.param(name, marks=pytest.mark.once if name in ONCE else pytest.mark.database)


@pytest.mark.slow
@pytest.mark.parametrize("name", [_marked(name) for name in NAMES])
def test_drill_holds(name: str) -> None:
    outcome = hold(name)
    if outcome.code == LEFT_OUT:
        pytest.skip(outcome.said.strip())
    assert outcome.code == 0, outcome.said
    assert "守住" in outcome.said
