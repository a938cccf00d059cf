"""Whose illness a sentence tells (情形归谁): a small model that weighs a name, the words around it and the circumstance.

For each name of a sentence it answers how likely an illness, an injury or care is told of this private person. It has seen
our own labelled text only; the rules of the detectors ask it before they speak, and where they are silent.
The model is regulations/guard/told.crfsuite, made by `gongkai guard-train`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import pycrfsuite
import rjieba

from gongkai.guard.core.care_matters import births, matters
from gongkai.guard.core.lexicon import Lexicon
from gongkai.guard.core.name_places import cues_of_place, likeness
from gongkai.guard.core.name_reader import LONGEST, ONE_AT_A_TIME, Names
from gongkai.guard.core.person_evidence import cues
from gongkai.guard.core.persons import Name, rjieba_knows
from gongkai.guard.core.private_names import given_weight
from gongkai.guard.core.private_words import private_words
from gongkai.guard.core.reading import PartReading
from gongkai.guard.detectors.illness_words import illness_matches, prose_matters
from gongkai.kernel.regulations import regulations_dir

TOLD, OF_BIRTH, PRIVATE, AT_WORK, OF_THE_PAST, NO_NAME = "i", "j", "p", "s", "h", "x"
_DIGITS = re.compile(r"[0-9]+")
_MOST_WORDS = 60
_LONGEST_GAP, _SHORT_GAP = 40, 4
_BEHIND_COUNTS_LESS = 6


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a text, or a cell of a table that tells a story.

    Its half-open span, what it tells of illness and care, its words, the words of the title above it.
    """

    text: str
    start: int
    end: int
    told: tuple[tuple[int, int], ...]
    words: tuple[str, ...]
    title: tuple[str, ...]
    is_cell: bool = False


def circumstances(part: PartReading) -> list[tuple[int, int]]:
    """Return the spans of a part's prose that tell of illness, care, findings or birth, in order; none lies within another."""
    return part.remember("circumstances", lambda: _circumstances(part))


def _circumstances(part: PartReading) -> list[tuple[int, int]]:
    text, lexicon = part.plain, part.lexicon
    found = [match.span() for match in illness_matches(part)]
    found += [(one.start, one.end) for one in prose_matters(part)]
    for left, right in _long_cells(part):
        found += [(one.start, one.end) for one in matters(text, lexicon, left, right)]
    found += birth_spans(part)
    kept: list[tuple[int, int]] = []
    for span in sorted(set(found), key=lambda one: (one[0], -one[1])):
        if not kept or span[1] > kept[-1][1]:
            kept.append(span)
    return kept


_SENTENCE_LIKE = 14


def _long_cells(part: PartReading) -> list[tuple[int, int]]:
    """Return the cells of tables that are long enough to tell a story, each read as one sentence; found once."""
    return part.remember("long_cells", lambda: _find_long_cells(part)) if part.tables else []


def _find_long_cells(part: PartReading) -> list[tuple[int, int]]:
    cells = (cell for table in part.tables if table.header for row in table.body for cell in row)
    return [
        (cell.start, cell.end)
        for cell in cells
        if cell.end - cell.start >= _SENTENCE_LIKE and _STORY.search(cell.text)
    ]


_STORY = re.compile(r"[\u4e00-\u9fff][，,、（(：:；][\u4e00-\u9fff0-9]|[\u4e00-\u9fff]{8}")


def birth_spans(part: PartReading) -> list[tuple[int, int]]:
    """Return where a part tells of pregnancy, birth or contraception; found once."""
    return part.remember(
        "birth_spans",
        lambda: [
            *((one.start, one.end) for one in births(part.plain, part.lexicon)),
            *(match.span() for match in reproduction(part.lexicon).finditer(part.plain)),
        ],
    )


_POLICY_AFTER = r"(?!率|数|服务|政策|知识|登记(?:率|管理|制度)|药具|门诊|科|保健|营养|护理知识|课堂|学校)"


@lru_cache(maxsize=8)
def reproduction(lexicon: Lexicon) -> re.Pattern[str]:
    """Return the pattern of words for having children that are said of persons, not of policies."""
    return re.compile(lexicon.pattern("reproduction") + _POLICY_AFTER)


def sentences(part: PartReading, title: str) -> Iterator[Sentence]:
    """Yield the sentences of a part's prose that tell something of illness or care, in order of place."""
    told = circumstances(part)
    if not told:
        return
    starts = [left for left, _ in told]
    above = tuple(word for word in rjieba.cut(title[:_LONGEST_GAP], False) if len(word) > 1)
    prose = ((*span, False) for span in part.prose_sentences())
    for start, end, is_cell in (*prose, *((*span, True) for span in _long_cells(part))):
        here = tuple(told[bisect_left(starts, start) : bisect_left(starts, end)])
        if here and end - start <= LONGEST:
            words = sorted(
                {_plain(word) for word in rjieba.cut(part.plain[start:end], False) if _is_word(word)}
            )
            yield Sentence(part.plain, start, end, here, tuple(words[:_MOST_WORDS]), above, is_cell)


@dataclass(frozen=True, slots=True)
class Asked:
    """A name that is asked about: its place, and what the reader of names saw in the sentence that holds it, which begins at `base`."""

    name: Name
    names: Names
    base: int

    def is_before(self, sentence: Sentence) -> bool:
        """Tell whether the name stands in a sentence before (他, 其 or nobody is the subject of this one)."""
        return self.name.end <= sentence.start


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How likely (0 to 1) a sentence tells of somebody's illness or care, and of their pregnancy, birth or contraception."""

    illness: float
    birth: float

    @property
    def either(self) -> float:
        """Return how likely it tells of one of the two."""
        return self.illness + self.birth


def likelihood(sentence: Sentence, lexicon: Lexicon, asked: Asked) -> Likelihood:
    """Return how likely the sentence tells something private of the person named."""
    items = features(sentence, lexicon, asked)
    tagger = _tagger()
    with ONE_AT_A_TIME:
        tagger.set([items])
        tagger.tag()
        return Likelihood(float(tagger.marginal(TOLD, 0)), float(tagger.marginal(OF_BIRTH, 0)))


@lru_cache(maxsize=1)
def _tagger() -> pycrfsuite.Tagger:
    tagger = pycrfsuite.Tagger()
    tagger.open(str(regulations_dir() / "guard" / "told.crfsuite"))
    return tagger


def features(sentence: Sentence, lexicon: Lexicon, asked: Asked) -> list[str]:
    """Return what the model looks at for one name, of this sentence or of one before it."""
    name = asked.name
    before = asked.is_before(sentence)
    end = sentence.start if before else sentence.end
    found = [
        *_around(sentence.text, asked.base, end, name),
        *(f"cue:{cue}" for cue in cues(sentence.text, lexicon, name, end)),
        *(f"cue:{cue}" for cue in cues_of_place(sentence.text, lexicon, name, end)),
        *_looks(sentence, lexicon, name),
        *_read(asked),
        *(_link_back(sentence, name) if before else _link(sentence, name)),
        *(f"T:{word}" for word in sentence.title),
        *(f"sw:{word}" for word in sentence.words),
    ]
    return sorted(set(found))


def _plain(text: str) -> str:
    return _DIGITS.sub("0", text)


def _is_word(word: str) -> bool:
    return len(word) > 1 and not word[0].isdigit()


_NEAR, _LEFT, _RIGHT = 6, 10, 12


def _around(text: str, start: int, end: int, name: Name) -> Iterator[str]:
    """Yield the characters and words right before and behind a name in `text[start:end]`."""
    before = _plain(text[max(start, name.start - _NEAR) : name.start])
    behind = _plain(text[name.end : min(end, name.end + 8)])
    before = "^" + before if name.start - _NEAR <= start else before
    behind = behind + "$" if name.end + 8 >= end else behind
    for length in range(1, 5):
        if len(before) >= length:
            yield f"L{length}={before[-length:]}"
        if len(behind) >= length:
            yield f"R{length}={behind[:length]}"
    left = rjieba.cut(text[max(start, name.start - _LEFT) : name.start], False)
    right = rjieba.cut(text[name.end : min(end, name.end + _RIGHT)], False)
    for place, word in enumerate(reversed(left[-3:])):
        yield f"LW{place}={_plain(word)}"
        yield f"LW={_plain(word)}"
    for place, word in enumerate(right[:3]):
        yield f"RW{place}={_plain(word)}"
        yield f"RW={_plain(word)}"


def _looks(sentence: Sentence, lexicon: Lexicon, name: Name) -> Iterator[str]:
    """Yield what the characters of the name themselves say."""
    written = sentence.text[name.start : name.end]
    words = private_words(lexicon)
    yield f"len{len(written)}"
    family = words.family.match(written)
    if family is None:
        yield "family:none"
    else:
        kind = (
            "doubtful" if family[0] in words.doubtful else "common" if family[0] in words.common else "rare"
        )
        yield f"family:{kind}"
        if len(written) > family.end():
            yield f"given{max(-6, min(6, given_weight(written, family.end(), lexicon)))}"
    yield f"like{likeness(written, lexicon)}"
    yield f"often{len(str(rjieba.suggest_freq(written))) if rjieba_knows(written) else 0}"
    if "·" in written:
        yield "joined"
    if any(sign in written for sign in "某×*"):
        yield "masked"
    yield "tags:" + "-".join(str(tag) for _, tag in rjieba.tag(written, True))


def _read(asked: Asked) -> Iterator[str]:
    """Yield how surely the reader of names reads one here, in tenths."""
    names = asked.names
    left, right = asked.name.start - asked.base, asked.name.end - asked.base
    inside = names.inside[left:right]
    yield f"least{_tenths(min(inside))}"
    yield f"most{_tenths(max(inside))}"
    yield f"begins{_tenths(names.begins[left])}"
    if right < len(names.inside):
        yield f"beyond{_tenths(names.inside[right])}"


def _tenths(share: float) -> int:
    return min(9, int(share * 10))


def _link(sentence: Sentence, name: Name) -> Iterator[str]:
    """Yield what lies between the name and the nearest circumstance, and what stands around that."""
    near = _nearest(sentence, name)
    if near is None:
        yield "untold"
        return
    text = sentence.text
    left, right = near
    ahead = left >= name.end
    side = "b" if ahead else "a"
    distance = left - name.end if ahead else name.start - right
    yield f"far:{side}{min(9, int(max(0, distance) ** 0.5))}"
    told = _plain(text[left:right])
    yield from (f"told:{told}", f"told2:{told[-2:]}", f"told1:{told[-1]}")
    gap = _plain(text[name.end : left] if ahead else text[right : name.start])
    if gap and len(gap) <= _LONGEST_GAP:
        if len(gap) <= _SHORT_GAP:
            yield f"gap{side}={gap}"
        yield from (f"gap2{side}:{gap[at : at + 2]}" for at in range(len(gap) - 1))
        yield from (f"gapw{side}:{word}" for word in rjieba.cut(gap, False))
        yield from (f"gl:{side}{gap[:2]}", f"gr:{side}{gap[-2:]}", f"gr3:{side}{gap[-3:]}")
    elif not gap:
        yield f"gap{side}="
    after = _plain(text[right : min(sentence.end, right + 4)])
    before = _plain(text[max(sentence.start, left - 3) : left])
    yield from (f"after1:{after[:1]}", f"after2:{after[:2]}", f"after3:{after[:3]}")
    yield from (f"before1:{before[-1:]}", f"before2:{before[-2:]}")
    for word in rjieba.cut(text[right : min(sentence.end, right + 10)], False)[:2]:
        yield f"afterw:{_plain(word)}"
    yield f"many{min(len(sentence.told), 6)}"


_FIRST = 4


def _link_back(sentence: Sentence, name: Name) -> Iterator[str]:
    """Yield how this sentence begins and what it tells, for a name in a sentence before it."""
    text = sentence.text
    left, right = sentence.told[0]
    between = text[name.end : sentence.start]
    yield f"back:{between.count('。')}{between.count(chr(10))}"
    yield f"far:c{min(9, int((left - name.end) ** 0.5))}"
    first = _plain(text[sentence.start : sentence.start + _FIRST])
    yield from (f"first{length}:{first[:length]}" for length in range(1, 4))
    for place, word in enumerate(rjieba.cut(text[sentence.start : sentence.start + _RIGHT], False)[:3]):
        yield f"firstw{place}:{_plain(word)}"
    told = _plain(text[left:right])
    yield from (f"told:{told}", f"told2:{told[-2:]}", f"told1:{told[-1]}")
    gap = _plain(text[sentence.start : left])
    if len(gap) <= _LONGEST_GAP:
        yield from (f"gapwc:{word}" for word in rjieba.cut(gap, False))
        yield f"gr:c{gap[-2:]}"
    after = _plain(text[right : min(sentence.end, right + 4)])
    yield from (f"after1:{after[:1]}", f"after2:{after[:2]}", f"many{min(len(sentence.told), 6)}")


def _nearest(sentence: Sentence, name: Name) -> tuple[int, int] | None:
    """Return the circumstance nearest to a name; one before the name counts as farther."""
    best: tuple[int, tuple[int, int]] | None = None
    for left, right in sentence.told:
        if left < name.end and name.start < right:
            continue
        distance = left - name.end if left >= name.end else name.start - right + _BEHIND_COUNTS_LESS
        if best is None or distance < best[0]:
            best = (distance, (left, right))
    return best[1] if best else None
