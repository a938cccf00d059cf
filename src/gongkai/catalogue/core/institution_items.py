"""What a health institution must publish (机构公开事项): the rows of the institution catalogue that bind a type on a day."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from gongkai.kernel.regulations import regulations_dir
from gongkai.kernel.rules import Confidence, load_rules

_NO_ITEM = frozenset({"机构类型", "规则", "不得公开"})
"""Rows that name a whole catalogue, a duty, or what must not be published."""


@dataclass(frozen=True, slots=True)
class InstitutionGroup:
    """A type of institution and the words of the catalogue that mean it."""

    id: str
    name: str
    covers: tuple[str, ...]
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str


@lru_cache(maxsize=1)
def institution_groups() -> dict[str, InstitutionGroup]:
    """Return the types by id."""
    return {rule.id: rule for rule in load_rules("institution_groups", InstitutionGroup)}


@lru_cache(maxsize=1)
def _catalogue() -> tuple[dict[str, str], ...]:
    path = regulations_dir() / "catalogue" / "institutions.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def items_for(institution_type: str, *, on: date) -> Iterator[dict[str, str]]:
    """Yield the catalogue rows that bind a type of institution on a day. Raises KeyError for an unknown type."""
    covers = set(institution_groups()[institution_type].covers)
    for row in _catalogue():
        if row["institution_type"] not in covers or row["info_class"] in _NO_ITEM:
            continue
        begun = not row["in_force_from"] or date.fromisoformat(row["in_force_from"]) <= on
        if begun and (not row["in_force_to"] or on <= date.fromisoformat(row["in_force_to"])):
            yield row
