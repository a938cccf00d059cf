"""Rows of benches come out in the promised shape."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from gongkai.project.benches import FIELDS, as_markdown, as_row, bench_modules


@dataclass
class Row:
    name: str
    value: float
    unit: str
    budget: str = ""
    met: bool | None = None


def test_row_has_every_key_in_order() -> None:
    row = as_row({"unit": "页/秒", "name": "build", "value": 1200.5, "note": "2 核"})
    assert tuple(row)[: len(FIELDS)] == FIELDS
    assert row["ratio"] is None
    assert row["note"] == "2 核"
    assert as_row(Row("a", 1.0, "s"))["met"] is None


@pytest.mark.parametrize(
    "raw", [{"name": "a", "value": 1}, {"value": 1, "unit": "s"}, Row("a", 1.0, None), 7]
)  # type: ignore[arg-type]
def test_row_without_name_value_or_unit_is_refused(raw: object) -> None:
    with pytest.raises(ValueError, match="测量结果"):
        as_row(raw)


def test_table_marks_a_missed_budget() -> None:
    rows = [
        as_row(Row("build", 1234.5, "页/秒", "≥ 1000", True)),
        as_row(Row("late", 0.12345, "s", "≤ 0.1", False)),
    ]
    table = as_markdown(rows).splitlines()
    assert len(table) == 4
    assert "| 1,234 | 页/秒 |" in table[2]
    assert "**否**" in table[3]


def test_every_bench_can_be_called() -> None:
    import importlib

    for module in bench_modules().values():
        assert callable(importlib.import_module(module).measure)
