"""Who is named (读名): names of persons read by a small model of characters, trained on our own labelled text.

The rules know names by lists and places; this reader weighs all that stands around a character at once. It says how likely
each character belongs to a name and decides nothing: `detectors/told_reader.py` and the readings of children ask it. The model is
regulations/guard/names.crfsuite, made by `gongkai guard-train`; the words of an office's own lists do not change it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import pycrfsuite
import rjieba

from gongkai.guard.core.lexicon import base_lexicon
from gongkai.guard.core.persons import Name
from gongkai.kernel.regulations import regulations_dir

LONGEST = 600  # characters of a sentence that is read; data lines are no prose
_FAR = 3
_COMMON = 160  # the list of surnames begins with the commonest


ONE_AT_A_TIME = Lock()  # a tagger keeps the sentence it was given last; the desk has several threads


@dataclass(frozen=True, slots=True)
class Names:
    """What was read in a sentence: half-open spans of names; for each character how likely it is part of one, and how likely it begins one (0 to 1)."""

    spans: tuple[tuple[int, int], ...]
    inside: tuple[float, ...]
    begins: tuple[float, ...]


@lru_cache(maxsize=1)
def _tagger() -> pycrfsuite.Tagger:
    tagger = pycrfsuite.Tagger()
    tagger.open(str(regulations_dir() / "guard" / "names.crfsuite"))
    return tagger


@lru_cache(maxsize=4_000)
def read_names(sentence: str) -> Names:
    """Return the names read in a sentence; none in one that is longer than `LONGEST`."""
    if len(sentence) > LONGEST or not sentence:
        return Names((), (0.0,) * len(sentence), (0.0,) * len(sentence))
    return names_by(_tagger(), sentence)


_NEXT_TO_NEVER = 0.05


def read_again(text: str, start: int, end: int, found: Sequence[Name]) -> list[Name]:
    """Return the names that rules found in `text[start:end]`, without those that are next to never names, and those read beside them."""
    names = read_names(text[start:end])
    if not names.inside:
        return list(found)
    kept = [
        name
        for name in found
        if name.is_strong
        or not start <= name.start < name.end <= end
        or max(names.inside[name.start - start : name.end - start]) >= _NEXT_TO_NEVER
    ]
    return kept + [
        Name(start + left, start + right, "read")
        for left, right in names.spans
        if right - left > 1 and not any(one.start < start + right and start + left < one.end for one in kept)
    ]


def names_by(tagger: pycrfsuite.Tagger, sentence: str) -> Names:
    """Return the names that a given model reads in a sentence."""
    items = features(sentence)
    with ONE_AT_A_TIME:
        tagger.set(items)
        tags = tagger.tag()
        places = range(len(tags))
        return Names(
            tuple(_spans(tags)),
            tuple(1 - tagger.marginal("O", place) for place in places),
            tuple(tagger.marginal("B", place) for place in places),
        )


def _spans(tags: list[str]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for place, tag in enumerate(tags):
        if tag == "B":
            found.append((place, place + 1))
        elif tag == "I" and found and found[-1][1] == place:
            found[-1] = (found[-1][0], place + 1)
    return found


@lru_cache(maxsize=1)
def _kinds() -> dict[str, str]:
    """Return for each character that occurs in names what it is there: a surname (common, listed, rare, compound), a given name, a sound."""
    lists = base_lexicon().lists
    signs = {name: "".join(str(lists[name]).split()) for name in _LISTS}
    given = set(signs["given_characters"] + signs["also_given"])
    sounds = set(signs["transliteration"])
    compound = [word[0] for word in lists["compound_surnames"]]
    family: dict[str, str] = {}
    for kind, several in (
        ("c", compound),
        ("R", signs["rare_surnames"]),
        ("S", signs["surnames"]),
        ("C", signs["surnames"][:_COMMON]),
    ):
        family.update(dict.fromkeys(several, kind))  # the later, the surer
    return {
        sign: family.get(sign, "-") + ("g" if sign in given else "-") + ("t" if sign in sounds else "-")
        for sign in {*family, *given, *sounds}
    }


_LISTS = ("surnames", "rare_surnames", "given_characters", "also_given", "transliteration")


def _kind(sign: str, kinds: dict[str, str]) -> str:
    if "\u4e00" <= sign <= "\u9fff":
        return kinds.get(sign, "---")
    return "0" if sign.isdigit() else "A" if sign.isalpha() else sign


def features(sentence: str) -> list[list[str]]:
    """Return for each character what the model looks at: its neighbours, the words around it, what the characters are in names."""
    kinds = _kinds()
    # of each character: its word, its place in it, the word's part of speech
    words: list[tuple[str, str, str]] = []
    starts: list[int] = []
    for word, tag in rjieba.tag(sentence, False):
        start = len(words)
        starts += [start] * len(word)
        last = len(word) - 1
        words += [(word, _part(at, last), tag[:2]) for at in range(len(word))]
    signs = ["^"] * _FAR + ["0" if sign.isdigit() else sign for sign in sentence] + ["$"] * _FAR
    looks = ["^", *(_kind(sign, kinds) for sign in sentence), "$", "$"]
    out: list[list[str]] = []
    for at, (word, part, tag) in enumerate(words):
        a, b, c, d, e, f, g = signs[at : at + 7]
        before, look, after, second = looks[at : at + 4]
        left = words[at - 1] if at else ("^", "S", "^")
        right = words[at + 1] if at + 1 < len(words) else ("$", "S", "$")
        start = starts[at]
        end = start + len(word)
        item = [
            "0" + d,
            "-1" + c,
            "+1" + e,
            "-2" + b,
            "+2" + f,
            "a" + c + d,
            "b" + d + e,
            "c" + b + c,
            "d" + e + f,
            "e" + a + b + c,
            "f" + e + f + g,
            "g" + c + e,
            "h" + part + tag,
            "i" + before + look + after,
            "j" + look + after + second,
            "k" + left[1] + left[2] + part + tag + right[1] + right[2],
            "m" + look + part,
        ]
        if start:
            item.append("l" + words[start - 1][0])
        if end < len(words):
            item.append("r" + words[end][0])
        if len(word) > 1:
            item.append("w" + word)
        out.append(item)
    return out


def _part(at: int, last: int) -> str:
    if not last:
        return "S"
    return "B" if not at else "E" if at == last else "M"
