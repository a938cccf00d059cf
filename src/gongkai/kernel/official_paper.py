"""The measures of official papers (公文版式, GB/T 9704-2012): page, margins, lines, letters and fonts, stated once for every room."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from gongkai.kernel.rules import Confidence, load_rules


@dataclass(frozen=True, slots=True)
class Fonts:
    """Font names by use, best first; the last is free and everywhere."""

    body: tuple[str, ...]
    title: tuple[str, ...]
    heading: tuple[str, ...]
    kai: tuple[str, ...]
    number: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The measures; lengths in the unit of their name, `lines` of `characters` signs to a page."""

    id: str
    version: int
    name: str
    page_mm: tuple[int, int]
    margin_top_mm: int
    margin_left_mm: int
    margin_right_mm: int
    margin_bottom_mm: int
    lines: int
    characters: int
    line_pitch_pt: float
    body_pt: int
    title_pt: int
    mark_pt: int
    page_number_pt: int
    table_pt: float
    small_table_pt: float
    fonts: Fonts
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str

    @property
    def type_area_mm(self) -> int:
        """Return the width of the type area (版心)."""
        return self.page_mm[0] - self.margin_left_mm - self.margin_right_mm


@lru_cache(maxsize=1)
def layout() -> Layout:
    """Return the measures of `regulations/official_paper/`. Raises RuleError."""
    (rule,) = load_rules("official_paper", Layout)
    return rule
