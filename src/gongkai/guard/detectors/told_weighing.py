"""What the rules say of somebody's illness, weighed again (复核病情归属): a second opinion on each name, and names the rules passed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from gongkai.guard.core.lexicon import Lexicon
from gongkai.guard.core.name_reader import read_names
from gongkai.guard.core.persons import Name
from gongkai.guard.core.reading import PartReading
from gongkai.guard.core.registry import Hit
from gongkai.guard.detectors.illness_words import gravity
from gongkai.guard.detectors.told_candidates import read_candidates
from gongkai.guard.detectors.told_reader import Sentence, likelihood, sentences

# below the first the rules are not believed, from the second on the reader is believed without them; chosen on sets that
# no model had seen (docs/guard-quality.md)
BELIEVED, SURE = 0.04, 0.5
_MESSAGE = "像是能认出的人的病情"


def weighed(part: PartReading, title: str, found: Sequence[Hit]) -> Iterator[Hit]:
    """Yield what the rules found and the second opinion does not exclude, then persons whom only that opinion finds."""
    left = list(found)
    for sentence in sentences(part, title):
        here = [hit for hit in left if _lies_in(hit, sentence)]
        left = [hit for hit in left if hit not in here]
        kept = [hit for hit in here if _is_believed(hit, sentence, part.lexicon)]
        yield from kept
        yield from _only_read(part, sentence, kept)
    yield from left


def _lies_in(hit: Hit, sentence: Sentence) -> bool:
    return hit.person is not None and sentence.start <= hit.person[0] and hit.person[1] <= sentence.end


def _is_believed(hit: Hit, sentence: Sentence, lexicon: Lexicon) -> bool:
    if hit.person is None or any(sign in sentence.text[slice(*hit.person)] for sign in "某×*＊○"):
        return True
    return _likely(sentence, lexicon, *hit.person) >= BELIEVED


def _only_read(part: PartReading, sentence: Sentence, kept: Sequence[Hit]) -> Iterator[Hit]:
    text = sentence.text[sentence.start : sentence.end]
    for name in read_candidates(sentence.start, read_names(text)):
        if any(
            hit.start is not None and hit.start < name.end and name.start < (hit.end or 0) for hit in kept
        ):
            continue
        if _likely(sentence, part.lexicon, name.start, name.end) < SURE:
            continue
        told = min(sentence.told, key=lambda span: abs(span[0] - name.start))
        yield Hit(
            part,
            min(name.start, told[0]),
            max(name.end, told[1]),
            f"{_MESSAGE}（{gravity(sentence.text[slice(*told)])}）",
            confidence=0.75,
            person=(name.start, name.end),
        )


@lru_cache(maxsize=4_000)
def _likely(sentence: Sentence, lexicon: Lexicon, start: int, end: int) -> float:
    names = read_names(sentence.text[sentence.start : sentence.end])
    return likelihood(sentence, lexicon, Name(start, end, "read"), names)
