"""What may be a name in a sentence that tells of illness (可能的姓名): what the reader of names and the rules find there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from gongkai.guard.core.care_matters import Matter
from gongkai.guard.core.lexicon import Lexicon
from gongkai.guard.core.name_places import placed_names
from gongkai.guard.core.name_reader import Names, read_names
from gongkai.guard.core.person_evidence import names_nearby
from gongkai.guard.core.persons import Name, find_names, names_between_words, parsed_names
from gongkai.guard.core.private_names import cut_names, led_names
from gongkai.guard.detectors.told_reader import Asked

_SHORTEST, _LONGEST = 2, 12


def read_candidates(start: int, names: Names) -> list[Name]:
    """Return the names that the reader finds in the sentence that begins at `start`."""
    return [
        Name(start + left, start + right, "read")
        for left, right in names.spans
        if _SHORTEST <= right - left <= _LONGEST
    ]


_REACH, _MOST_BEFORE = 160, 2


def names_before(text: str, start: int, read: Callable[[str], Names] = read_names) -> list[Asked]:
    """Return the last names read in the two sentences before `start`, the nearest first: whom a sentence without a subject may tell of."""
    left = max(0, start - _REACH)
    found: list[Asked] = []
    for match in reversed(list(_SENTENCE.finditer(text, left, start))[-_MOST_BEFORE:]):
        names = read(match[0])
        found += [
            Asked(name, names, match.start()) for name in reversed(read_candidates(match.start(), names))
        ]
    return found[:_MOST_BEFORE]


_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?")


def candidates(
    text: str,
    lexicon: Lexicon,
    start: int,
    end: int,
    names: Names,
    told: Iterable[tuple[int, int]],
    also: Iterable[tuple[int, int]] = (),
) -> list[Name]:
    """Return everything in `text[start:end]` that some reading takes for a name, in order of place; `also` is added."""
    spans = tuple(told)
    matters = [Matter(left, right, 2) for left, right in spans]
    found = [
        *read_candidates(start, names),
        *find_names(text, lexicon, start, end),
        *names_between_words(text, lexicon, start, end),
        *parsed_names(text, lexicon, start, end),
        *names_nearby(text, lexicon, start, end),
        *cut_names(text, lexicon, start, end),
        *led_names(text, lexicon, start, end, matters),
        *(name for name, _ in placed_names(text, lexicon, start, end, [left for left, _ in spans])),
        *(Name(left, right, "read") for left, right in also),
    ]
    kept: dict[tuple[int, int], Name] = {}
    for name in found:
        if start <= name.start and name.end <= end and _SHORTEST <= name.end - name.start <= _LONGEST:
            kept.setdefault((name.start, name.end), name)
    return [kept[span] for span in sorted(kept)]
