"""Every drill in its short form. The long form is `script/drill --long`."""

from __future__ import annotations

import pytest

from tools.drills import NAMES
from tools.drills.ground import hold


@pytest.mark.slow
@pytest.mark.database
@pytest.mark.parametrize("name", NAMES)
def test_drill_holds(name: str) -> None:
    outcome = hold(name)
    assert outcome.code == 0, outcome.said
    assert "守住" in outcome.said
