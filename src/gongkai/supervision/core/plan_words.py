"""The words by which a plan is read (计划用词), from `regulations/plan/`, and the text brought to one form to match them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from opencc import OpenCC

from gongkai.kernel.numerals import normalise_width
from gongkai.kernel.rules import Confidence, load_rules

_YEAR = r"(?:(?P<y>(?:19|20)\d\d)年?|(?P<next>明年|次年|翌年)|今年|本年)?"
_SMALL = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """One way to say by when; see the head of `regulations/plan/deadlines.yaml`."""

    id: str
    pattern: str
    kind: str
    end: str
    rank: int
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str
    every: str | None = None
    labelled: bool = False

    @property
    def regex(self) -> re.Pattern[str]:
        """Return the compiled pattern with {N} and {Y} filled in."""
        return _compiled(self.pattern)


@dataclass(frozen=True, slots=True)
class WordList:
    """A list of words of one use, such as the headers of the owner column."""

    id: str
    words: tuple[str, ...]
    basis: tuple[str, ...]
    confidence: Confidence
    scope: str


@lru_cache(maxsize=128)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("{Y}", _YEAR).replace("{N}", _SMALL))


@lru_cache(maxsize=1)
def deadline_rules() -> tuple[DeadlineRule, ...]:
    """Return the rules in the order of the file."""
    return load_rules("plan", DeadlineRule, only=("deadlines.yaml",))


@lru_cache(maxsize=1)
def _lists() -> dict[str, tuple[str, ...]]:
    return {rule.id: rule.words for rule in load_rules("plan", WordList, only=("words.yaml",))}


def words(use: str) -> tuple[str, ...]:
    """Return the words of one use, longest first; raises KeyError."""
    return tuple(sorted(_lists()[use], key=len, reverse=True))


def uses(prefix: str) -> tuple[str, ...]:
    """Return the uses that begin so, in the order of the file."""
    return tuple(use for use in _lists() if use.startswith(prefix))


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=20_000)
def _simplified(character: str) -> str:
    made: str = _converter().convert(character)
    return made if len(made) == 1 else character


def plain(text: str) -> str:
    """Return the text half-width and simplified, sign for sign, so that places hold (归一)."""
    return "".join(c if c < "\u3400" else _simplified(c) for c in normalise_width(text))


@dataclass(frozen=True, slots=True)
class Squeezed:
    """A text in plain form without white space; `places` lead back to the signs of the original."""

    text: str
    places: tuple[int, ...]
    original: str

    def printed(self, start: int, end: int) -> str:
        """Return what the original says between two places of the squeezed text."""
        return self.original[self.places[start] : self.places[end - 1] + 1] if end > start else ""


def squeeze(text: str) -> Squeezed:
    """Return the plain form without white space."""
    formed = plain(text)
    kept = [(sign, place) for place, sign in enumerate(formed) if not sign.isspace()]
    return Squeezed("".join(sign for sign, _ in kept), tuple(place for _, place in kept), text)
