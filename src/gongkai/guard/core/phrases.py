"""One character wrong (一字之差): fixed phrases looked up by their intact half, the other half compared character by character.

A difference counts only when it is a likely slip: a like sound, a like shape (five-stroke neighbours included), or a
character that leaves no word behind. That catches what a list of known typos cannot, and leaves real words alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import add, ne

import rjieba

from gongkai.guard.core.lexicon import Lexicon
from gongkai.guard.core.sounds import sounds_alike
from gongkai.guard.core.word_slips import WordBook

_SHORTEST = 4
_SHORTEST_FOR_GAP = 6
_SURE_LENGTH = 5
_AROUND = 4  # characters on either side that decide whether a difference is a slip
_MOST_KNOWN = 50_000
_PADDING = "\0" * 24
_HAN_RUN = re.compile("[、\u4e00-\u9fff]{2,}")


@dataclass(frozen=True, slots=True)
class Slip:
    """A phrase or word written wrong: span, what it should be, why it is taken for a slip, and which list it is of.

    `book`: `fixed` or `common`. `right` is empty when the right form of the whole span is not known.
    """

    start: int
    end: int
    right: str
    why: str
    book: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """Half of a phrase that stands right, and where it stands in the phrase."""

    anchor: str
    phrase: str
    offset: int
    book: str


class PhraseBook:
    """Phrases of four characters or more with one character wrong or one missing, and listed wrong forms; one pass."""

    def __init__(
        self,
        phrases: dict[str, str],
        allowed: tuple[str, ...],
        shapes: tuple[str, ...],
        typos: dict[str, tuple[str, str]],
        words: tuple[str, ...] = (),
        surnames: str = "",
    ) -> None:
        self.phrases = frozenset(phrases) | frozenset(allowed)
        self._phrases_at: dict[str, list[str]] = {}
        for phrase in self.phrases:
            self._phrases_at.setdefault(phrase[:2], []).append(phrase)
        self._runs: dict[str, tuple[Slip, ...]] = {}
        self._known: dict[tuple[str, int, str, int], Slip | None] = {}
        self._near = _shape_map(shapes)
        self._words = WordBook(words, self._near, frozenset(surnames), _GRAMMAR | _MORPHEMES, allowed)
        self._typos = typos
        self._typos_at: dict[str, list[str]] = {}
        self._clues: dict[str, dict[int, dict[str, list[_Entry]]]] = {}
        for phrase, book in phrases.items():
            if len(phrase) >= _SHORTEST:
                self._add(_Entry(phrase[: len(phrase) // 2], phrase, 0, book))
                self._add(_Entry(phrase[len(phrase) // 2 :], phrase, len(phrase) // 2, book))
        for wrong in typos:
            self._typos_at.setdefault(wrong[:2], []).append(wrong)
        self._tables = {pair: tuple(clues.items()) for pair, clues in self._clues.items()}

    def _add(self, entry: _Entry) -> None:
        """File an entry under its first two characters and the nearest two of its other half: one of them must be right."""
        phrase, middle = entry.phrase, len(entry.phrase) // 2
        clues = self._clues.setdefault(entry.anchor[:2], {})
        places = [middle, middle + 1] if entry.offset == 0 else [-1, -2]
        for place in places:
            char = phrase[entry.offset + place]
            clues.setdefault(place, {}).setdefault(char, []).append(entry)
        if entry.offset == 0 and len(phrase) >= _SHORTEST_FOR_GAP:
            clues.setdefault(middle, {}).setdefault(phrase[middle + 1], []).append(entry)

    def slips(self, text: str) -> list[Slip]:
        """Return each slip in `text`, in order of place, none twice."""
        found: list[Slip] = []
        for words in _HAN_RUN.finditer(text):
            at = words.start()
            found += [
                replace(slip, start=slip.start + at, end=slip.end + at) for slip in self._of_run(words[0])
            ]
        return found

    def _of_run(self, run: str) -> tuple[Slip, ...]:
        """Return the slips of characters without a mark between them, remembered: official texts repeat themselves."""
        if run not in self._runs:
            if len(self._runs) >= _MOST_KNOWN:
                self._runs.clear()
            self._runs[run] = self._read_run(run)
        return self._runs[run]

    def _read_run(self, run: str) -> tuple[Slip, ...]:
        found: dict[tuple[int, int], Slip] = {}
        tables, typos_at = self._tables, self._typos_at
        padded = run + _PADDING
        for place, pair in enumerate(map(add, run, run[1:])):
            if pair in tables:
                for distance, by_char in tables[pair]:
                    char = padded[place + distance]
                    if char not in by_char:
                        continue
                    for entry in by_char[char]:
                        start = place - entry.offset
                        if not padded.startswith(entry.phrase, start) and padded.startswith(
                            entry.anchor, place
                        ):
                            left = max(0, start - _AROUND)
                            if start < left:
                                continue
                            stop = min(len(run), start + len(entry.phrase) + _AROUND + 1)
                            window = run[left:stop]
                            slip = self._judged(window, start - left, entry)
                            if slip is not None:
                                at = (slip.start + left, slip.end + left)
                                found.setdefault(at, replace(slip, start=at[0], end=at[1]))
            if pair in typos_at:
                for wrong in typos_at[pair]:
                    if run.startswith(wrong, place):
                        right, book = self._typos[wrong]
                        found.setdefault(
                            (place, place + len(wrong)),
                            Slip(place, place + len(wrong), right, "常见错写", book),
                        )
        for word in self._words.slips(run):
            stop = word.start + len(word.right)
            if not any(slip.start < stop and word.start < slip.end for slip in found.values()):
                found[word.start, stop] = Slip(word.start, stop, word.right, word.why, "fixed")
        return tuple(sorted(found.values(), key=lambda slip: slip.start))

    def _lies_in_phrase(self, around: str, place: int, besides: str = "") -> bool:
        """Tell whether a whole phrase, other than `besides`, covers `place` in `around`."""
        for start in range(place + 1):
            for phrase in self._phrases_at.get(around[start : start + 2], ()):
                if start + len(phrase) > place and phrase != besides and around.startswith(phrase, start):
                    return True
        return False

    def _judged(self, window: str, start: int, entry: _Entry) -> Slip | None:
        """Return `_slip` of a window, remembered: official texts repeat themselves."""
        key = (window, start, entry.phrase, entry.offset)
        if key not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = self._slip(window, start, entry)
        return self._known[key]

    def _slip(self, text: str, start: int, entry: _Entry) -> Slip | None:
        phrase = entry.phrase
        written = text[start : start + len(phrase)] if start >= 0 else ""
        if not text.startswith(entry.anchor, start + entry.offset):
            return None
        differing = sum(map(ne, written, phrase)) if len(written) == len(phrase) else 0
        if differing == 1:
            index = next(number for number, char in enumerate(written) if char != phrase[number])
            if not "\u4e00" <= written[index] <= "\u9fff":
                return None
            why = self._reason(text, start, entry, index)
            return Slip(start, start + len(phrase), phrase, why, entry.book) if why else None
        if differing == 2 and len(phrase) >= _SHORTEST_FOR_GAP:
            return self._word_for_word(text, start, entry)
        if len(phrase) >= _SHORTEST_FOR_GAP and entry.offset == 0:
            return self._gap(text, start, phrase, len(entry.anchor), entry.book)
        return None

    def _word_for_word(self, text: str, start: int, entry: _Entry) -> Slip | None:
        """Return the slip of two neighbouring characters typed as another word of the same sound (社会注意 for 社会主义)."""
        phrase = entry.phrase
        written = text[start : start + len(phrase)]
        places = [number for number, char in enumerate(written) if char != phrase[number]]
        first, second = places
        if second - first != 1 or any(not "\u4e00" <= written[place] <= "\u9fff" for place in places):
            return None
        if any(not sounds_alike(written[place], phrase[place]) for place in places):
            return None
        left = max(0, start - _AROUND)
        if self._lies_in_phrase(text[left : start + len(phrase) + _AROUND], start + first - left):
            return None
        return Slip(start, start + len(phrase), phrase, "音近", entry.book)

    def _gap(self, text: str, start: int, phrase: str, anchored: int, book: str) -> Slip | None:
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
                left, last = max(0, start - _AROUND), start + len(shorter) - 1
                around = text[left : last + _AROUND + 1]
                if self._lies_in_phrase(around, last - left, besides=phrase):
                    return None
                missing_word = rjieba.cut(phrase, False)
                if phrase[place] in missing_word or _all_words(shorter, phrase):
                    return None
                return Slip(start, start + len(shorter), phrase, "漏字", book)
        return None

    def _reason(self, text: str, start: int, entry: _Entry, index: int) -> str:
        """Say why the one differing character is a slip: 形近, 音近, 不成词; empty when it may be meant."""
        phrase, place, end = entry.phrase, start + index, start + len(entry.phrase)
        wrong, right = text[place], phrase[index]
        written = text[start:end]
        around = text[max(0, start - _AROUND) : end + _AROUND]
        if self._lies_in_phrase(around, place - max(0, start - _AROUND)):
            return ""
        if index == 0 and wrong in _GRAMMAR:
            return ""
        left = max(0, start - _AROUND)
        word, at = _segmented(text[left : end + _AROUND], place - left)
        if left + at < start or left + at + len(word) > end:
            return ""
        orphan = len(word) == 1 or (len(word) < len(phrase) and _leaves_orphan(written, phrase))
        alike = sounds_alike(wrong, right)
        meant_otherwise = len(written) < _SURE_LENGTH and wrong in _GRAMMAR
        sure = orphan or len(written) >= _SURE_LENGTH or (entry.book == "fixed" and not meant_otherwise)
        if wrong in self._near.get(right, ""):
            return "形近" if alike or (sure and not meant_otherwise) else ""
        if alike:
            return "音近" if sure else ""
        whole, _ = _segmented(phrase, index)
        if (
            len(phrase) >= _SURE_LENGTH
            and index
            and (index < len(phrase) - 1 or not _stands_without(phrase))
            and entry.book == "fixed"
            and len(word) == 1
            and len(whole) >= 2
            and wrong not in _GRAMMAR
            and wrong not in _MORPHEMES
        ):
            return "不成词"
        return ""


@lru_cache(maxsize=5_000)
def _stands_without(phrase: str) -> bool:
    """Tell whether the phrase without its last character is words of their own (疫苗接种 | 率): any character may follow those."""
    return all(len(piece) > 1 for piece in rjieba.cut(phrase[:-1], False))


def _leaves_orphan(written: str, phrase: str) -> bool:
    """Tell whether the wrong form falls into words that leave a lone character, though the right form leaves none."""
    return any(len(piece) == 1 and piece not in _GRAMMAR for piece in rjieba.cut(written, False)) and all(
        len(piece) > 1 for piece in rjieba.cut(phrase, False)
    )


_GRAMMAR = frozenset("的了和与及或在于为对从由被把将向到以并等中上下内外前后各本该此我你他她它们这那其每某一二三四五六七八九十百千万亿两多少大小新老好高低不无有是要会能可应须按据经就也都还再又很更最未已曾正再者所之而且但若如因市县区省州旗镇乡村局委部院所站科室处厅署队组会人员年月日号第条款项章节次期批度")  # fmt: skip


# characters that stand for a whole word in official abbreviations: alone they prove no slip
_MORPHEMES = frozenset("办函令字法厅卫医药疾控妇幼残居家校企农民政财税案件表单证告书稿网线站点面间型式化性率量值数额类业产学研教科文体育食品环住建交运商旅宣统组纪监检审巡督查访信评奖补贷险保社养老托防救治养护管服务工团青副正总代价地得")  # fmt: skip


@lru_cache(maxsize=50_000)
def _segmented(text: str, place: int) -> tuple[str, int]:
    """Return the word that covers `place`, and where it begins."""
    position = 0
    for word in rjieba.cut(text, False):
        if position <= place < position + len(word):
            return word, position
        position += len(word)
    return "", place


def _all_words(shorter: str, phrase: str) -> bool:
    pieces = rjieba.cut(shorter, False)
    return all(len(piece) >= 2 for piece in pieces) and len(pieces) <= len(rjieba.cut(phrase, False))


def _shape_map(groups: tuple[str, ...]) -> dict[str, str]:
    near: dict[str, str] = {}
    for group in groups:
        for char in group:
            near[char] = near.get(char, "") + group.replace(char, "")
    return near


@lru_cache(maxsize=8)
def phrase_book(lexicon: Lexicon) -> PhraseBook:
    """Return the book of both lists of phrases and both lists of wrong forms."""
    phrases = dict.fromkeys(lexicon.words("common_phrases"), "common") | dict.fromkeys(
        lexicon.words("fixed_phrases"), "fixed"
    )
    typos: dict[str, tuple[str, str]] = {}
    for book, name in (("common", "common_typos"), ("fixed", "fixed_typos")):
        for word, wrongs in lexicon.lists[name].items():
            typos |= {wrong: (word if len(wrong) == len(word) else "", book) for wrong in wrongs}
    return PhraseBook(
        phrases,
        lexicon.words("allowed_phrases"),
        lexicon.words("similar_shapes"),
        typos,
        lexicon.words("core_words"),
        "".join(str(lexicon.lists["surnames"]).split()),
    )
