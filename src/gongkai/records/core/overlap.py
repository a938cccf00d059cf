"""How much of an interpretation is the document's own words (与原文的重合): a measure of copied stretches, with their places.

Only letters and figures count, in one width and case; titles in 《》 are left out of the interpretation. A sign is copied when it
stands in a stretch of at least `run_length` such signs that the original holds in the same order.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gongkai.kernel.rules import Confidence, load_rules

_TITLE = re.compile(r"《[^《》]{0,200}》")
_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")
_MOST_STARTS = 40  # places in the original that one stretch is compared with


@dataclass(frozen=True, slots=True)
class OverlapRule:
    """How the measure counts and when it turns amber and red; `near_days` is when a pair counts as due soon."""

    id: str
    run_length: int
    near_percent: int
    limit_percent: int
    near_days: int
    basis: tuple[str, ...]
    confidence: Confidence
    note: str = ""
    scope: str = "national"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A copied stretch: `start` to `end` in the interpretation, `source_start` to `source_end` in the original."""

    start: int
    end: int
    source_start: int
    source_end: int
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """The measure: signs counted, signs copied, sentences copied from end to end, and where."""

    signs: int
    copied: int
    sentences: int
    copied_sentences: int
    stretches: tuple[Stretch, ...]

    @property
    def percent(self) -> float:
        """Return the copied share in per cent, 0 for a text without signs."""
        return 100 * self.copied / self.signs if self.signs else 0.0

    def light(self, rule: OverlapRule) -> str:
        """Return late from the limit on, near from the amber step on, else fine."""
        if self.percent >= rule.limit_percent:
            return "late"
        return "near" if self.percent >= rule.near_percent else "fine"


@lru_cache(maxsize=1)
def overlap_rule() -> OverlapRule:
    """Return the rule in force."""
    return load_rules("interpretation", OverlapRule, only=("overlap.yaml",))[0]


def measure(*, original: str, text: str, run_length: int) -> Overlap:
    """Measure how much of `text` is taken from `original`, in stretches of at least `run_length` signs (1 or more)."""
    source, source_at = _signs(original)
    signs, at = _signs(_without_titles(text))
    covered = [False] * len(signs)
    starts = _places(source, run_length)
    for position in range(len(signs) - run_length + 1):
        if signs[position : position + run_length] in starts:
            covered[position : position + run_length] = [True] * run_length
    stretches = tuple(
        Stretch(
            start=at[begin],
            end=at[end - 1] + 1,
            source_start=source_at[found],
            source_end=source_at[found + end - begin - 1] + 1,
            text=text[at[begin] : at[end - 1] + 1],
            source=original[source_at[found] : source_at[found + end - begin - 1] + 1],
        )
        for begin, end, found in _pieces(signs, source, covered, starts, run_length)
    )
    sentences = [copied for copied in _sentences(text, at, covered) if copied is not None]
    return Overlap(len(signs), sum(covered), len(sentences), sum(sentences), stretches)


def _pieces(
    signs: str, source: str, covered: Sequence[bool], starts: dict[str, list[int]], run_length: int
) -> Iterator[tuple[int, int, int]]:
    """Yield begin, end and place in the original; pieces follow each other, each is a stretch of the original or its tail."""
    done = 0
    while (begin := _next(covered, done)) is not None:
        best = (begin, begin, 0)
        for window in range(max(0, begin - run_length + 1), begin + 1):
            for found in starts.get(signs[window : window + run_length], ())[:_MOST_STARTS]:
                end = window + _common(signs, window, source, found)
                if end > best[1]:
                    best = (begin, end, found + begin - window)
        yield best
        done = best[1]


def _next(covered: Sequence[bool], start: int) -> int | None:
    for position in range(start, len(covered)):
        if covered[position]:
            return position
    return None


def _common(signs: str, position: int, source: str, found: int) -> int:
    length, most = 0, min(len(signs) - position, len(source) - found)
    while length < most and signs[position + length] == source[found + length]:
        length += 1
    return length


def _places(source: str, run_length: int) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for position in range(len(source) - run_length + 1):
        places.setdefault(source[position : position + run_length], []).append(position)
    return places


def _signs(text: str) -> tuple[str, list[int]]:
    """Return letters and figures in one width and case, and where each stood."""
    kept: list[str] = []
    at: list[int] = []
    for position, sign in enumerate(text):
        for plain in unicodedata.normalize("NFKC", sign).casefold():
            if plain.isalnum():
                kept.append(plain)
                at.append(position)
    return "".join(kept), at


def _without_titles(text: str) -> str:
    """Blank the titles out; every other sign keeps its place."""
    return _TITLE.sub(lambda match: " " * len(match[0]), text)


def _sentences(text: str, at: Sequence[int], covered: Sequence[bool]) -> Iterator[bool | None]:
    """Yield for each sentence whether all its signs are copied; None for one without signs that count."""
    here = 0
    for match in _SENTENCE.finditer(text):
        while here < len(at) and at[here] < match.start():
            here += 1
        first = here
        while here < len(at) and at[here] < match.end():
            here += 1
        yield all(covered[first:here]) if here > first else None
