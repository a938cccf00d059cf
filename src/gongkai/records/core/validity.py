"""Chains of validity (有效性链): which document changed or replaced which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ValidityLoop(ValueError):
    """Following who replaced whom leads back to where it began; `path` names the records on the way."""

    path: tuple[int, ...]

    def __str__(self) -> str:
        """Return the reason in Chinese."""
        return "有效性关系成环：" + " → ".join(f"记录 {number}" for number in self.path)


def successors(start: int, replaced_by: Mapping[int, int]) -> tuple[int, ...]:
    """Return the records that replaced `start`, nearest first.

    `replaced_by` maps a record id to the id of the record that changed or replaced it. Raises ValidityLoop on a circle.
    """
    path = [start]
    while (following := replaced_by.get(path[-1])) is not None:
        if following in path:
            raise ValidityLoop((*path, following))
        path.append(following)
    return tuple(path[1:])
