"""What the words beside a number say it is (标签): the nearest label before it in its line, or its column heading."""

from __future__ import annotations

import re
from functools import lru_cache

from gongkai.guard.core.lexicon import Lexicon, alternation
from gongkai.guard.core.reading import PartReading

_OTHER_NUMBER = re.compile(r"[0-9A-Z]{8,}")
_REACH = 24


@lru_cache(maxsize=8)
def _pattern(lexicon: Lexicon) -> tuple[re.Pattern[str], dict[str, str]]:
    kinds = {word: kind for kind, words in lexicon.lists["number_labels"].items() for word in words}
    return re.compile(alternation(list(kinds))), kinds


def kind_of(text: str, lexicon: Lexicon) -> tuple[str, int]:
    """Return the kind of the last label in `text` and the place where that label ends; ("", -1) when there is none."""
    pattern, kinds = _pattern(lexicon)
    last = None
    for match in pattern.finditer(text):
        last = match
    return (kinds[last[0]], last.end()) if last else ("", -1)


def label_kind(reading: PartReading, start: int) -> str:
    """Return what a number starting at `start` is said to be: id, code, serial, mobile, bank, amount, or empty.

    A column heading wins over the text before. A label that already has a number of its own behind it does not count,
    unless it introduces a list of identity numbers, phones or accounts.
    """
    heading = reading.heading_at(start)
    if heading:
        kind, _ = kind_of(heading, reading.lexicon)
        if kind:
            return kind
    before = reading.before(start, _REACH)
    kind, end = kind_of(before, reading.lexicon)
    if kind in ("code", "serial", "amount") and _OTHER_NUMBER.search(before, end):
        return ""
    return kind
