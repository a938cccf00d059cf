"""What the rules say of somebody's illness, weighed again (复核病情归属): a second opinion on each name, and names the rules passed over."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from gongkai.guard.core.care_matters import is_of_work
from gongkai.guard.core.name_reader import read_names
from gongkai.guard.core.person_evidence import EXERCISE, is_among_experts, is_at_work
from gongkai.guard.core.persons import Name
from gongkai.guard.core.reading import PartReading
from gongkai.guard.core.registry import Hit
from gongkai.guard.detectors.illness_words import gravity
from gongkai.guard.detectors.told_candidates import names_before, read_candidates
from gongkai.guard.detectors.told_reader import (
    Asked,
    Likelihood,
    Sentence,
    birth_spans,
    likelihood,
    sentences,
)

# below the first the rules are not believed; from the second on the reader is believed without them, from the third on
# against what a rule knows of people at work; chosen on sets that the models had not seen, and on drawn sentences
BELIEVED, SURE, BEYOND_DOUBT = 0.1, 0.5, 0.88
MOST_CELLS = 200  # cells of one part that are told of one by one; nobody reads on after that
_PLAIN = 0.95  # how sure the rules are of a name that a label or the sex behind it gives away


def illness_told(part: PartReading, title: str, found: Sequence[Hit]) -> Iterator[Hit]:
    """Yield what the rules found of illness and the second opinion does not exclude, then persons whom only that opinion finds."""
    named = sorted((hit for hit in found if hit.person), key=_place)
    places = [_place(hit) for hit in named]
    weighed: set[int] = set()
    cells = 0
    for sentence in sentences(part, title):
        if sentence.is_cell and cells >= MOST_CELLS:
            break  # the table is stopped already; prose comes before cells
        near = named[bisect_left(places, sentence.start) : bisect_left(places, sentence.end)]
        here = [hit for hit in near if hit.person and hit.person[1] <= sentence.end]
        weighed.update(map(id, here))
        kept = [hit for hit in here if _is_believed(part, hit, sentence)]
        kept += _only_read(part, sentence, kept, _ILLNESS)
        cells += sentence.is_cell and bool(kept)
        yield from kept or ([] if sentence.is_cell else _told_back(part, sentence, _ILLNESS))
    yield from (hit for hit in found if id(hit) not in weighed)


def birth_told(part: PartReading, title: str, found: Sequence[tuple[int, int]]) -> Iterator[Hit]:
    """Yield persons whom only the second opinion finds pregnant or using contraception, in sentences that hold none of the spans `found`."""
    starts = sorted(start for start, _ in birth_spans(part))
    cells = 0
    for sentence in sentences(part, title) if starts else ():
        if bisect_left(starts, sentence.start) == bisect_left(starts, sentence.end):
            continue
        if sentence.is_cell and cells >= MOST_CELLS:
            break
        if not any(start < sentence.end and sentence.start < end for start, end in found):
            told = _only_read(part, sentence, (), _BIRTH)
            cells += sentence.is_cell and bool(told)
            yield from told or ([] if sentence.is_cell else _told_back(part, sentence, _BIRTH))


def _place(hit: Hit) -> int:
    return hit.person[0] if hit.person else 0


def _is_believed(part: PartReading, hit: Hit, sentence: Sentence) -> bool:
    if (
        hit.person is None
        or hit.confidence >= _PLAIN
        or any(sign in sentence.text[slice(*hit.person)] for sign in "某×*＊○")
    ):
        return True
    return _likely(part, sentence, *hit.person).either >= BELIEVED


_ILLNESS, _BIRTH = "illness", "birth"


def _only_read(part: PartReading, sentence: Sentence, kept: Sequence[Hit], kind: str) -> list[Hit]:
    """Return those of whom only the reader says that the sentence tells it of them."""
    text = sentence.text[sentence.start : sentence.end]
    found: list[Hit] = []
    for name in read_candidates(sentence.start, read_names(text)):
        if any(_covers(hit, name) for hit in kept):
            continue
        share = _share(_likely(part, sentence, name.start, name.end), kind)
        if share >= SURE and (share >= BEYOND_DOUBT or not _speaks_against(part, sentence, name)):
            told = min(sentence.told, key=lambda span: abs(span[0] - name.start))
            found.append(_hit(part, name, (min(name.start, told[0]), max(name.end, told[1])), told, kind))
    return found


def _speaks_against(part: PartReading, sentence: Sentence, name: Name) -> bool:
    """Tell whether a rule knows why the person is no patient: at work, among experts, of the past, in an exercise."""
    text = part.plain
    return (
        is_at_work(text, part.lexicon, sentence.start, name)
        or is_among_experts(text, sentence.start, name)
        or is_of_work(text[sentence.start : sentence.end], part.lexicon)
        or EXERCISE.search(text, sentence.start, sentence.end) is not None
    )


def _covers(hit: Hit, name: Name) -> bool:
    return hit.start is not None and hit.end is not None and hit.start < name.end and name.start < hit.end


def _told_back(part: PartReading, sentence: Sentence, kind: str) -> Iterator[Hit]:
    """Yield a sentence that tells of somebody named before it (她后来确诊…)."""
    for asked in names_before(part.plain, sentence.start):
        if _share(likelihood(sentence, part.lexicon, asked), kind) >= SURE:
            told = sentence.told[0]
            yield _hit(part, asked.name, (sentence.start, told[1]), told, kind)
            return


def _share(likely: Likelihood, kind: str) -> float:
    return likely.illness if kind == _ILLNESS else likely.birth


def _hit(part: PartReading, name: Name, span: tuple[int, int], told: tuple[int, int], kind: str) -> Hit:
    message = (
        f"像是能认出的人的病情（{gravity(part.plain[slice(*told)])}）"
        if kind == _ILLNESS
        else "像是能认出的人的怀孕、生育、避孕情形"
    )
    return Hit(part, *span, message, confidence=0.75, person=(name.start, name.end))


def _likely(part: PartReading, sentence: Sentence, start: int, end: int) -> Likelihood:
    """Return what the model says of the name at `start`; asked once, and forgotten with the part."""

    def ask() -> Likelihood:
        names = read_names(sentence.text[sentence.start : sentence.end])
        return likelihood(sentence, part.lexicon, Asked(Name(start, end, "read"), names, sentence.start))

    return part.remember(f"likely:{sentence.start}:{start}:{end}", ask)
