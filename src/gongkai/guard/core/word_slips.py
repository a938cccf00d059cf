"""Everyday words of official papers with one character wrong (常用词错字): 建社 for 建设, 制渡 for 制度.

A pair counts only where the dictionary leaves both characters alone, one of them is that of a listed word in its place,
and the other sounds or looks like what belongs there. Two short words that meet (谁|动, 医|缘) look the same: so the other
character must be no word of grammar, and another listed word must stand near, as it does in the language of papers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import rjieba

from gongkai.guard.core.persons import NEVER_GIVEN
from gongkai.guard.core.sounds import sounds_alike

_PAIR = 2
_NEAR = 8
# pronouns, adverbs, prepositions, conjunctions, particles, numerals, exclamations: words of their own
_OF_GRAMMAR = frozenset("rdpcuymeo")


@dataclass(frozen=True, slots=True)
class WordSlip:
    """A pair of characters written for a word: place in the run, and the word."""

    start: int
    right: str
    why: str


class WordBook:
    """Words of two characters, looked up by either."""

    def __init__(
        self,
        words: tuple[str, ...],
        near: dict[str, str],
        surnames: frozenset[str],
        alone: frozenset[str],
        allowed: tuple[str, ...],
    ) -> None:
        self._words = frozenset(words)
        self._allowed = frozenset(allowed)
        self._by_first: dict[str, list[str]] = {}
        self._by_second: dict[str, list[str]] = {}
        for word in words:
            self._by_first.setdefault(word[0], []).append(word)
            self._by_second.setdefault(word[1], []).append(word)
        self._near, self._surnames, self._alone = near, surnames, alone

    def slips(self, run: str) -> list[WordSlip]:
        """Return the slips in a run of Chinese characters."""
        found: list[WordSlip] = []
        place = 0
        pieces = rjieba.cut(run, False)
        for number, piece in enumerate(pieces[:-1]):
            if len(piece) == 1 and len(pieces[number + 1]) == 1:
                slip = self._slip(run, place, number, pieces)
                if slip is not None:
                    found.append(slip)
            place += len(piece)
        return found

    def _slip(self, run: str, place: int, number: int, pieces: list[str]) -> WordSlip | None:
        first, second = pieces[number], pieces[number + 1]
        if first + second in self._allowed:
            return None
        for words, wrong, at in (
            (self._by_first.get(first, ()), second, 1),
            (self._by_second.get(second, ()), first, 0),
        ):
            if not words or wrong in self._alone or _is_of_grammar(wrong):
                continue
            for word in words:
                if word[at] == wrong:
                    continue
                why = "形近" if wrong in self._near.get(word[at], "") else ""
                why = why or ("音近" if sounds_alike(wrong, word[at]) else "")
                if why and self._stands(run, place, number, pieces, word):
                    return WordSlip(place, word, why)
        return None

    def _stands(self, run: str, place: int, number: int, pieces: list[str], word: str) -> bool:
        """Tell whether words stand around the pair, no name, and the right word fits where it stands."""
        if not self._is_of_papers(run, place):
            return False
        before = pieces[number - 1] if number else ""
        after = pieces[number + 2] if number + _PAIR < len(pieces) else ""
        if len(before) == 1 and (before in self._surnames or before not in NEVER_GIVEN):
            return False
        if len(after) == 1 and after not in NEVER_GIVEN:
            return False
        if not before and (run[0] in self._surnames or not after):
            return False
        mended = run[:place] + word + run[place + _PAIR :]
        return word in rjieba.cut(mended[max(0, place - 4) : place + 6], False)

    def _is_of_papers(self, run: str, place: int) -> bool:
        """Tell whether another listed word stands near the pair."""
        left, right = run[max(0, place - _NEAR) : place], run[place + _PAIR : place + _PAIR + _NEAR]
        return any(side[at : at + _PAIR] in self._words for side in (left, right) for at in range(len(side)))


@lru_cache(maxsize=10_000)
def _is_of_grammar(char: str) -> bool:
    return any(tag[:1] in _OF_GRAMMAR for _, tag in rjieba.tag(char, False))
