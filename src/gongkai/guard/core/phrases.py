"""One character wrong (一字之差): fixed phrases looked up by their intact half, the other half compared character by character.

A difference counts only when it is a likely slip: a like sound, a like shape (five-stroke neighbours included), or a
character that leaves no word behind. That catches what a list of known typos cannot, and leaves real words alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import rjieba
from pypinyin import Style, pinyin

from gongkai.guard.core.lexicon import Lexicon

_SHORTEST = 4
_SHORTEST_FOR_GAP = 6


@dataclass(frozen=True, slots=True)
class Slip:
    """A phrase written wrong: span, what it should be, why it is taken for a slip."""

    start: int
    end: int
    right: str
    why: str


class PhraseBook:
    """Phrases of four characters or more, found with one character wrong or one missing."""

    def __init__(self, phrases: tuple[str, ...], allowed: tuple[str, ...], shapes: tuple[str, ...]) -> None:
        self.phrases = frozenset(phrases) | frozenset(allowed)
        self._near = _shape_map(shapes)
        self._anchors: dict[str, list[tuple[str, int]]] = {}
        for phrase in phrases:
            if len(phrase) >= _SHORTEST:
                middle = len(phrase) // 2
                self._anchors.setdefault(phrase[:middle], []).append((phrase, 0))
                self._anchors.setdefault(phrase[middle:], []).append((phrase, middle))
        self._pattern = _overlapping(tuple(self._anchors))
        self._prefixes = {
            anchor: [other for other in self._anchors if anchor.startswith(other)] for anchor in self._anchors
        }

    def slips(self, text: str) -> Iterator[Slip]:
        """Yield each phrase that stands in `text` with one slip, in order, none twice."""
        seen: set[tuple[int, int]] = set()
        for match in self._pattern.finditer(text):
            for anchor in self._prefixes[match[1]]:
                for phrase, offset in self._anchors[anchor]:
                    start = match.start() - offset
                    slip = self._compare(text, start, phrase, offset, len(anchor)) if start >= 0 else None
                    if slip and (slip.start, slip.end) not in seen:
                        seen.add((slip.start, slip.end))
                        yield slip

    def _compare(self, text: str, start: int, phrase: str, offset: int, anchored: int) -> Slip | None:
        length = len(phrase)
        written = text[start : start + length]
        if written == phrase:
            return None
        if len(written) == length:
            differing = -1
            for place in range(anchored, length) if offset == 0 else range(offset):
                if written[place] != phrase[place]:
                    if differing >= 0:
                        differing = -2
                        break
                    differing = place
            if differing >= 0 and "\u4e00" <= written[differing] <= "\u9fff":
                why = self._reason(text, start, start + length, start + differing, phrase, differing)
                return Slip(start, start + length, phrase, why) if why else None
        if length >= _SHORTEST_FOR_GAP and offset == 0:
            return self._gap(text, start, phrase, anchored)
        return None

    def _gap(self, text: str, start: int, phrase: str, anchored: int) -> Slip | None:
        shorter = text[start : start + len(phrase) - 1]
        if len(shorter) < len(phrase) - 1 or shorter[-1] != phrase[-1]:
            return None
        for place in range(anchored, len(phrase) - 1):
            if shorter == phrase[:place] + phrase[place + 1 :]:
                if any(
                    shorter.endswith(other) or other in shorter
                    for other in self.phrases
                    if len(other) > anchored + 1
                ):
                    return None
                missing_word = rjieba.cut(phrase, False)
                if phrase[place] in missing_word or _all_words(shorter, phrase):
                    return None
                return Slip(start, start + len(shorter), phrase, "漏字")
        return None

    def _reason(self, text: str, start: int, end: int, place: int, phrase: str, index: int) -> str:
        wrong, right = text[place], phrase[index]
        written = text[start:end]
        around = text[max(0, start - 4) : end + 4]
        if any(
            other in around and _covers(around, other, place - max(0, start - 4)) for other in self.phrases
        ):
            return ""
        _, orphan = _segmented(text[max(0, start - 4) : end + 4], place - max(0, start - 4))
        alike = _sounds_alike(wrong, right)
        if wrong in self._near.get(right, ""):
            return "形近" if orphan or alike or len(written) >= 6 else ""
        if alike:
            return "音近" if orphan or len(written) >= 5 else ""
        whole, _ = _segmented(phrase, index)
        if orphan and len(whole) >= 2 and len(phrase) >= _SHORTEST and not _is_grammar(wrong):
            return "不成词"
        return ""


def _covers(around: str, phrase: str, place: int) -> bool:
    at = around.find(phrase)
    while at >= 0:
        if at <= place < at + len(phrase):
            return True
        at = around.find(phrase, at + 1)
    return False


_GRAMMAR = frozenset("的了和与及或在于为对从由被把将向到以并等中上下内外前后各本该此我你他她它们这那其每某一二三四五六七八九十百千万亿两多少大小新老好高低不无有是要会能可应须按据经就也都还再又很更最未已曾正再者所之而且但若如因市县区省州旗镇乡村局委部院所站科室处厅署队组会人员年月日号第条款项章节次期批度")  # fmt: skip


def _is_grammar(char: str) -> bool:
    return char in _GRAMMAR


@lru_cache(maxsize=50_000)
def _segmented(text: str, place: int) -> tuple[str, bool]:
    """Return the word that covers `place`, and whether that word is a lone character."""
    position = 0
    for word in rjieba.cut(text, False):
        if position <= place < position + len(word):
            return word, len(word) == 1
        position += len(word)
    return "", True


def _all_words(shorter: str, phrase: str) -> bool:
    pieces = rjieba.cut(shorter, False)
    return all(len(piece) >= 2 for piece in pieces) and len(pieces) <= len(rjieba.cut(phrase, False))


@lru_cache(maxsize=50_000)
def _sounds_alike(one: str, other: str) -> bool:
    return not _sounds(one).isdisjoint(_sounds(other))


@lru_cache(maxsize=20_000)
def _sounds(char: str) -> frozenset[str]:
    """Return the toneless readings of a character, with zh/z, ch/c, sh/s, n/l and -ng/-n taken as one."""
    readings = pinyin(char, style=Style.NORMAL, heteronym=True)[0]
    folded = set()
    for reading in readings:
        sound = re.sub(r"^(z|c|s)h", r"\1", reading)
        folded.add(re.sub(r"(?<=[aei])ng$", "n", re.sub(r"^n(?=[aeiouv])", "l", sound)))
    return frozenset(folded)


def _shape_map(groups: tuple[str, ...]) -> dict[str, str]:
    near: dict[str, str] = {}
    for group in groups:
        for char in group:
            near[char] = near.get(char, "") + group.replace(char, "")
    return near


def _overlapping(anchors: tuple[str, ...]) -> re.Pattern[str]:
    by_first: dict[str, list[str]] = {}
    for anchor in sorted(anchors, key=lambda text: (-len(text), text)):
        by_first.setdefault(anchor[0], []).append(anchor[1:])
    firsts = "".join(map(re.escape, by_first))
    branches = "|".join(
        f"{re.escape(first)}(?:{'|'.join(map(re.escape, rests))})" for first, rests in by_first.items()
    )
    return re.compile(f"(?=[{firsts}])(?=({branches}))")


@lru_cache(maxsize=8)
def phrase_book(lexicon: Lexicon, name: str) -> PhraseBook:
    """Return the book of a list of phrases; phrases of the other list count as right wherever they stand."""
    other = "common_phrases" if name == "fixed_phrases" else "fixed_phrases"
    allowed = (*lexicon.words(other), *lexicon.words("allowed_phrases"))
    return PhraseBook(lexicon.words(name), allowed, lexicon.words("similar_shapes"))
