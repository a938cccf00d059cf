"""The README's diagrams are those of the state tables."""

from __future__ import annotations

from pathlib import Path

from gongkai.kernel.machine import check_table, mermaid
from gongkai.supervision.core.assessment_states import RUNS
from gongkai.supervision.core.governance_states import MEETINGS, RESPONSIBILITIES
from gongkai.supervision.core.states import ORDERS, TASKS
from gongkai.supervision.core.survey_states import SURVEYS

README = Path(__file__).resolve().parents[1] / "README.md"


def test_the_diagrams_are_generated() -> None:
    text = README.read_text(encoding="utf-8")
    for table, start in (
        (TASKS, "proposed"), (ORDERS, "draft"), (RUNS, "open"), (MEETINGS, "planned"), (RESPONSIBILITIES, "opened"),
        (SURVEYS, "design"),
    ):  # fmt: skip
        check_table(table, start)
        assert mermaid(table, start) in text
