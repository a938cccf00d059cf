"""Texts offered for a new report (正文样稿), by section, as data; the editor changes them freely."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from gongkai.kernel.rules import Confidence, load_rules

WORK = "work"


@dataclass(frozen=True, slots=True)
class SectionText:
    """The offered text of a section. `document`: the annual report in the official format, or the work report beside it."""

    id: str
    document: Literal["annual", "work"]
    heading: str
    text: str
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    first_year: int = 0
    last_year: int | None = None


@lru_cache(maxsize=1)
def section_texts() -> tuple[SectionText, ...]:
    """Return every offered text in the order of the files."""
    return load_rules("annual_report/text", SectionText)


def offered(*, year: int) -> dict[str, SectionText]:
    """Return the texts offered for a year by section id."""
    return {
        text.id: text
        for text in section_texts()
        if text.first_year <= year and (text.last_year is None or year <= text.last_year)
    }
