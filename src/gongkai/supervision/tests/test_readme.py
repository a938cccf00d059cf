"""The README's diagrams are those of the state tables."""

from __future__ import annotations

from pathlib import Path

from gongkai.kernel.machine import mermaid
from gongkai.supervision.core.states import ORDERS, TASKS

README = Path(__file__).resolve().parents[1] / "README.md"


def test_the_diagrams_are_generated() -> None:
    text = README.read_text(encoding="utf-8")
    assert mermaid(TASKS, "proposed") in text
    assert mermaid(ORDERS, "draft") in text
