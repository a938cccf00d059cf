"""Rows of a measurement and the parts that an operation tells of (测量结果)."""

from __future__ import annotations

import time
from typing import Any


def row(name: str, value: float, unit: str, *, digits: int = 1, **rest: Any) -> dict[str, Any]:
    """Return one row of the table with every key; the value is rounded."""
    empty = {"ratio_to": None, "ratio": None, "budget": None, "met": None, "n": None}
    return {"name": name, "value": round(value, digits), "unit": unit} | empty | rest


def megabytes(size_bytes: float) -> float:
    """Return millions of bytes with one digit."""
    return round(size_bytes / 1e6, 1)


def p95(values: list[float]) -> float:
    """Return the value that 95 of 100 do not exceed."""
    return sorted(values)[int(len(values) * 0.95)]


class Parts:
    """Seconds between the lines that an operation says of itself; numbers in brackets are left out of their names."""

    def __init__(self, first: str) -> None:
        self._name, self._begun = first, time.perf_counter()
        self._seconds: dict[str, float] = {}

    def next(self, name: str) -> None:
        """End the part that runs and begin another."""
        now = time.perf_counter()
        self._seconds[self._name] = self._seconds.get(self._name, 0.0) + now - self._begun
        self._name, self._begun = name.partition("（")[0], now

    def ended(self) -> dict[str, float]:
        """End the last part, once, and return the seconds of each."""
        if self._name:
            self.next("")
        return dict(self._seconds)
