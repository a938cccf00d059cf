"""The year a text speaks of (时间背景): its day of publication, else the latest year it names."""

from __future__ import annotations

import re
from datetime import date

from gongkai.guard.core.reading import Reading

_YEAR = re.compile(
    r"(?<![0-9A-Za-z])((?:19|20)[0-9]{2})\s?(?:年|[-/.](?:1[0-2]|0?[1-9])[-/.]|〕|]|）[0-9]+号)"
)
_CITED = re.compile(r"[（(《〔\[][^（）()《》〔〕\[\]\n]{0,80}[）)》〕\]]")


def text_date(reading: Reading) -> date | None:
    """Return the day of publication when known, else the end of the latest year named in title or text, else None."""
    if reading.context.publish_date:
        return reading.context.publish_date
    latest = reading.remember("latest_year", lambda: _latest_named(reading))
    return date(latest, 12, 31) if latest else None


def _latest_named(reading: Reading) -> int | None:
    return latest_year(
        _CITED.sub("", " ".join([reading.title, *(part.plain[:20_000] for part in reading.parts)]))
    )


def latest_year(text: str) -> int | None:
    """Return the latest year between 1949 and 2100 that a text names, else None."""
    years = [int(match[1]) for match in _YEAR.finditer(text)]
    return max((year for year in years if 1949 <= year <= 2100), default=None)


def sentence_year(text: str) -> int | None:
    """Return the latest year that a sentence names, else None."""
    return latest_year(text)
