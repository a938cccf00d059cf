"""Counts by month that may be shown to the public (按月合计): small ones are hidden so that no applicant can be told by a date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from gongkai.kernel.rules import Confidence, load_rules

MONTHS = tuple(range(1, 13))


@dataclass(frozen=True, slots=True)
class PanelRule:
    """A number from 1 up to under `hide_below` is not shown."""

    id: str
    hide_below: int
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str


@lru_cache(maxsize=1)
def panel_rule() -> PanelRule:
    """Return the rule in use."""
    return load_rules("annual_report/panel", PanelRule)[0]


def shown_months(counts: Mapping[int, int], *, rule: PanelRule) -> tuple[str, ...] | None:
    """Return what is printed for each month, None where the total of the year alone would tell what is hidden."""
    hidden = {month for month in MONTHS if 0 < counts.get(month, 0) < rule.hide_below}
    others = sorted(
        (m for m in MONTHS if counts.get(m, 0) and m not in hidden), key=lambda m: (-counts[m], -m)
    )
    # One hidden month is the rest of the total; so are several that hold one each, since a month of none says 0.
    while hidden and (len(hidden) == 1 or sum(counts[m] for m in hidden) == len(hidden)):
        if not others:
            return None
        hidden.add(others.pop())
    return tuple("未列出" if month in hidden else str(counts.get(month, 0)) for month in MONTHS)
