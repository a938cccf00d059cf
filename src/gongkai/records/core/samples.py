"""The year in a title that is used again (年份顺延): which it is, and the same title a later year."""

from __future__ import annotations

import re

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=\s*(?:年|—|－|-|至|学年))")


def year_of(title: str) -> int | None:
    """Return the newest year that a title names, None when it names none."""
    years = [int(found) for found in _YEAR.findall(title)]
    return max(years, default=None)


def roll_year(title: str, step: int) -> str:
    """Return the title with its years moved on by `step` (last year's report names the year before it; so does this one's)."""
    if step <= 0:
        return title
    return _YEAR.sub(lambda found: str(int(found[1]) + step), title)


def count_year(text: str, year: int | None) -> int:
    """Return how often a year stands in a text."""
    return 0 if year is None else len(re.findall(rf"(?<!\d){year}(?!\d)", text))
