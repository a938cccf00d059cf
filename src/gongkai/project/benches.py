"""Collecting the benches of the rooms (性能测量): each `bench.measure()` yields rows; here they become one table."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import inspect
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

FIELDS = ("name", "value", "unit", "ratio_to", "ratio", "budget", "met", "n")
ROOMS = (
    "kernel",
    "guard",
    "journal",
    "catalogue",
    "records",
    "registers",
    "portal",
    "annual_report",
    "requests",
    "project",
)


def bench_modules() -> dict[str, str]:
    """Return room -> module for every room that has a bench."""
    found = {}
    for room in ROOMS:
        name = f"gongkai.{room}.bench"
        if importlib.util.find_spec(f"gongkai.{room}") and importlib.util.find_spec(name):
            found[room] = name
    return found


def as_row(raw: Any) -> dict[str, Any]:
    """Return a row with exactly the promised keys first; values that a room leaves out are None.

    Raises ValueError when name, value or unit is missing.
    """
    values: Mapping[str, Any] = raw if isinstance(raw, Mapping) else _fields(raw)
    for key in ("name", "value", "unit"):
        if values.get(key) is None:
            raise ValueError(f"测量结果缺少 {key}：{values}")
    return {
        **{key: values.get(key) for key in FIELDS},
        **{k: v for k, v in values.items() if k not in FIELDS},
    }


def _fields(raw: Any) -> dict[str, Any]:
    if not dataclasses.is_dataclass(raw):
        raise ValueError(f"测量结果不是一行：{raw!r}")
    return {field.name: getattr(raw, field.name) for field in dataclasses.fields(raw)}


def measure(only: str | None = None) -> Iterator[dict[str, Any]]:
    """Run the benches and yield their rows.

    `only` names a room or the beginning of a row's name; a bench whose module lists its `NAMES` is not run when none of them
    fits, and is told what is wanted when it takes `only`.
    """
    for room, module_name in bench_modules().items():
        module = importlib.import_module(module_name)
        names: Iterable[str] | None = getattr(module, "NAMES", None)
        whole = only is None or only == room
        if not whole and names is not None and not any(name.startswith(str(only)) for name in names):
            continue
        takes_only = "only" in inspect.signature(module.measure).parameters
        for raw in module.measure(only) if takes_only else module.measure():
            row = as_row(raw)
            if whole or str(row["name"]).startswith(str(only)):
                yield row


def as_markdown(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the rows as a table for docs/status.md."""
    lines = [
        "| 测量 | 值 | 单位 | 对照 | 比值 | 预算 | 达到 | n |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        met = {True: "是", False: "**否**", None: ""}[row["met"]]
        cells = [
            row["name"],
            _short(row["value"]),
            row["unit"],
            row["ratio_to"],
            _short(row["ratio"]),
            row["budget"],
            met,
            row["n"],
        ]
        lines.append("| " + " | ".join("" if cell is None else str(cell) for cell in cells) + " |")
    return "\n".join(lines)


def _short(value: Any) -> str:
    if value is None:
        return ""
    return (
        f"{value:,.3g}"
        if isinstance(value, float) and abs(value) < 100
        else f"{value:,.0f}"
        if isinstance(value, float)
        else str(value)
    )
