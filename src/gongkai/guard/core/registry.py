"""The registry of detectors (检查器登记表): id → title, severity, basis from the rule file, and the function that finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from gongkai.guard.core.reading import PartReading, Reading
from gongkai.kernel.findings import Severity
from gongkai.kernel.regulations import read_yaml, regulations_dir


@dataclass(frozen=True, slots=True)
class Hit:
    """What a detector saw: where in which part, and what to say. Turned into a Finding by `check`.

    `start` and `end` count in the folded text; `start` is None when the hit is about the whole part. `person` is where
    the name of whom it tells stands, when a name in prose led to it.
    """

    part: PartReading
    start: int | None
    end: int | None
    message: str
    suggestion: str = ""
    replacement: str | None = None
    confidence: float = 0.95
    severity: Severity | None = None
    person: tuple[int, int] | None = None


Run = Callable[[Reading], Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class Detector:
    """One detector of the catalogue. `severity` is the default; `variants` those of named cases; `mask` the form of masking."""

    id: str
    title: str
    group: str
    severity: Severity
    basis: str
    remedy: str
    mask: str
    variants: Mapping[str, Severity]
    run: Run = field(compare=False)


_RUNS: dict[str, Run] = {}


def detector(identifier: str) -> Callable[[Run], Run]:
    """Register a function as the detector of this id."""

    def register(run: Run) -> Run:
        if identifier in _RUNS:
            raise ValueError(f"检查器 {identifier} 登记了两次")
        _RUNS[identifier] = run
        return run

    return register


@lru_cache(maxsize=1)
def registry() -> Mapping[str, Detector]:
    """Return every registered detector in the order of the rule file; raises KeyError for one without an entry there."""
    rows = {row["id"]: row for row in read_yaml(regulations_dir() / "guard" / "detectors.yaml")["detectors"]}
    unknown = sorted(set(_RUNS) - set(rows))
    if unknown:
        raise KeyError(f"regulations/guard/detectors.yaml 没有这些检查器：{'、'.join(unknown)}")
    return MappingProxyType({key: _detector(row, _RUNS[key]) for key, row in rows.items() if key in _RUNS})


def _detector(row: dict[str, Any], run: Run) -> Detector:
    variants = row.get("variants") or []
    return Detector(
        id=str(row["id"]),
        title=str(row["title"]),
        group=str(row["group"]),
        severity=Severity(str(row["severity"])),
        basis=str(row["basis"]),
        remedy=str(row["remedy"]),
        mask=str(row.get("mask", "")),
        variants=MappingProxyType({str(item["id"]): Severity(str(item["severity"])) for item in variants}),
        run=run,
    )
