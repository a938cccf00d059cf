"""Making the two small models of the guard (训练读名): from the labelled snippets and the names marked in them.

`gongkai guard-train` needs a checkout: labels, names and substitutes lie under tests/rules. The reader of names learns what
stands around names: each sentence with a name is learned again with other names in it. The other model learns from names as
the reader finds them in text that this reader has not seen, so that it does not trust the reader more than it may.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pycrfsuite

from gongkai.guard.api import Context, Document
from gongkai.guard.core.lexicon import Lexicon, base_lexicon, lexicon_for
from gongkai.guard.core.name_reader import LONGEST, names_by
from gongkai.guard.core.name_reader import features as features_of_characters
from gongkai.guard.core.persons import Name
from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.detectors.told_candidates import candidates, names_before
from gongkai.guard.detectors.told_reader import (
    AT_WORK,
    NO_NAME,
    OF_BIRTH,
    OF_THE_PAST,
    PRIVATE,
    TOLD,
    Asked,
    features,
    sentences,
)
from gongkai.guard.quality import HELD_BACK, LABELLED, document_of, labelled_rows
from gongkai.kernel.regulations import read_yaml, regulations_dir

NAMES = LABELLED / "guard_names.tsv"
FRAMES = LABELLED / "guard_frames.yaml"
SUBSTITUTES = LABELLED / "guard_substitutes.yaml"
_FOLDS = 3
_COPIES = 4
_SEED = 7
_TELLS = {"pii.health_condition": TOLD, "pii.family_planning": OF_BIRTH}
_MARKS = (PRIVATE, AT_WORK, OF_THE_PAST)
_SENTENCE_END = re.compile(r"(?<=[。！？\n])")
_READER = {
    "c1": 0.05,
    "c2": 0.02,
    "max_iterations": 80,
    "feature.minfreq": 2,
    "feature.possible_transitions": False,
}
_JUDGE = {"c1": 0.0, "c2": 1.0, "max_iterations": 200, "feature.minfreq": 3}


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence with the half-open spans of its names and what each is."""

    text: str
    names: tuple[tuple[int, int, str], ...]


def marked_names(path: Path = NAMES) -> dict[str, dict[str, str]]:
    """Return for each snippet its names as they stand there, each `p` private, `s` at work, `h` of the past, `n` no name."""
    found: dict[str, dict[str, str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        identifier, _, rest = line.partition("\t")
        pairs = (pair.rpartition("=") for pair in rest.split(",") if "=" in pair)
        found[identifier] = {name.strip(): mark.strip() for name, _, mark in pairs}
    return found


def places_of(text: str, names: Mapping[str, str]) -> tuple[tuple[int, int, str], ...]:
    """Return where the names of a snippet stand in one of its sentences, the longest first where they overlap."""
    return _places(text, {name: mark for name, mark in names.items() if mark in _MARKS})


def _places(text: str, names: Mapping[str, str]) -> tuple[tuple[int, int, str], ...]:
    taken = [False] * len(text)
    found: list[tuple[int, int, str]] = []
    for name in sorted(names, key=len, reverse=True):
        at = text.find(name)
        while at >= 0:
            if not any(taken[at : at + len(name)]):
                taken[at : at + len(name)] = [True] * len(name)
                found.append((at, at + len(name), names[name]))
            at = text.find(name, at + 1)
    return tuple(sorted(found))


def _files(held_back: Sequence[str]) -> list[Path]:
    left_out = {f"guard_labelled_{name}.jsonl" for name in held_back}
    return [path for path in sorted(LABELLED.glob("guard_labelled*.jsonl")) if path.name not in left_out]


def _sentences(files: Sequence[Path], names: Mapping[str, Mapping[str, str]]) -> Iterator[Marked]:
    seen: set[str] = set()
    for path in files:
        for row in labelled_rows(path):
            for part in row["parts"]:
                for piece in _SENTENCE_END.split(part["text"]):
                    text = piece.strip("\n")[:LONGEST]
                    if text.strip() and text not in seen:
                        seen.add(text)
                        yield Marked(text, places_of(text, names.get(row["id"], {})))


class _Substitutes:
    """Draws names to put in the place of others: made of surnames and given names, words, names of other peoples, names of other snippets."""

    def __init__(self, draw: random.Random, others: Sequence[str]) -> None:
        lists = base_lexicon().lists
        signs = {name: "".join(str(lists[name]).split()) for name in _SIGNS}
        self.draw = draw
        self.others = others
        self.surnames = signs["surnames"]
        self.every = signs["surnames"] + signs["rare_surnames"]
        self.compound: list[str] = list(lists["compound_surnames"])
        self.given = sorted(set(signs["given_characters"] + signs["also_given"]))
        kept = read_yaml(SUBSTITUTES)
        self.words: list[str] = kept["words"]
        self.of_peoples: list[str] = kept["of_peoples"]

    def instead_of(self, name: str) -> str:
        """Return a name; one with a dot for one with a dot."""
        if "·" in name:
            return str(self.draw.choice([one for one in self.of_peoples if "·" in one]))
        share = self.draw.random()
        if share < 0.05:
            return self.draw.choice(self.of_peoples)
        if share < 0.15:
            return self.draw.choice(self.words)
        if share < 0.35 and self.others:
            return self.draw.choice(self.others)
        length = 1 if self.draw.random() < 1 / 3 else 2
        return self._surname() + "".join(self.draw.choice(self.given) for _ in range(length))

    def _surname(self) -> str:
        share = self.draw.random()
        if share < 0.05:
            return self.draw.choice(self.compound)
        if share < 0.55:
            return self.draw.choice(self.surnames[:60])
        return self.draw.choice(self.surnames[:200] if share < 0.85 else self.every)


_SIGNS = ("surnames", "rare_surnames", "given_characters", "also_given")


def with_other_names(sentence: Marked, substitutes: _Substitutes) -> Marked:
    """Return the sentence with every name replaced by another."""
    text, passed = "", 0
    names: list[tuple[int, int, str]] = []
    for start, end, mark in sentence.names:
        text += sentence.text[passed:start]
        other = substitutes.instead_of(sentence.text[start:end])
        names.append((len(text), len(text) + len(other), mark))
        text += other
        passed = end
    return Marked(text + sentence.text[passed:], tuple(names))


def tags_of(sentence: Marked) -> list[str]:
    """Return for each character `B` where a name begins, `I` inside one, `O` elsewhere."""
    tags = ["O"] * len(sentence.text)
    for start, end, _ in sentence.names:
        tags[start:end] = ["B", *["I"] * (end - start - 1)]
    return tags


def train_reader(
    files: Sequence[Path],
    names: Mapping[str, Mapping[str, str]],
    model: Path,
    *,
    also: Sequence[Marked] = (),
    iterations: int = 80,
) -> int:
    """Train the reader of names on the snippets of `files`, write it to `model`, return how many sentences it learned."""
    pool = sorted(
        {
            name
            for marks in names.values()
            for name, mark in marks.items()
            if mark in (PRIVATE, AT_WORK) and 2 <= len(name) <= 4
        }
    )
    substitutes = _Substitutes(random.Random(_SEED), pool)  # noqa: S311  (reproducible, no secret)
    trainer = pycrfsuite.Trainer(verbose=False)
    learned = 0
    for sentence in _sentences(files, names):
        copies = (with_other_names(sentence, substitutes) for _ in range(_COPIES if sentence.names else 0))
        for one in (sentence, *copies):
            trainer.append(features_of_characters(one.text), tags_of(one))
            learned += 1
    for one in also:
        trainer.append(features_of_characters(one.text), tags_of(one))
        learned += 1
    trainer.set_params({**_READER, "max_iterations": iterations})
    trainer.train(str(model))
    return learned


@dataclass(frozen=True, slots=True)
class Case:
    """A name of a sentence with its features, and what it is: told of (`i`), private, at work, of the past, no name."""

    features: list[str]
    mark: str


def cases(path: Path, names: Mapping[str, Mapping[str, str]], reader: pycrfsuite.Tagger) -> Iterator[Case]:
    """Yield every candidate of the sentences of a set that tell of illness or care."""
    for row in labelled_rows(path):
        context = Context.from_config(row.get("context", {}))
        lexicon = lexicon_for(context.extra)
        reading = Reading(document_of(row), context, lexicon)
        for part in reading.parts:
            yield from _cases_of_part(row, part, lexicon, reading.title, names.get(row["id"], {}), reader)


def _cases_of_part(
    row: Mapping[str, Any],
    part: PartReading,
    lexicon: Lexicon,
    title: str,
    marks: Mapping[str, str],
    reader: pycrfsuite.Tagger,
) -> Iterator[Case]:
    labels = [one for one in row["expect"] if one["detector"] in _TELLS]
    here = [one for one in labels if one.get("part") == part.part.name and "span" in one]
    spans = [(*one["span"], _TELLS[one["detector"]]) for one in here]
    unplaced = next((_TELLS[one["detector"]] for one in labels if "span" not in one), "")
    unsure = bool(unplaced) or not set(_TELLS).isdisjoint(row.get("may", ()))
    for sentence in sentences(part, title):
        start, end = sentence.start, sentence.end
        text = part.plain[start:end]
        gold = {(start + a, start + b): mark for a, b, mark in places_of(text, marks)}
        read = names_by(reader, text)
        private = sum(mark == PRIVATE for mark in gold.values())
        for name in candidates(part.plain, lexicon, start, end, read, sentence.told, gold):
            mark = gold.get((name.start, name.end), NO_NAME)
            told = _told_at(spans, name.start, name.end)
            if mark in (PRIVATE, AT_WORK) and told:
                mark = told
            elif mark == PRIVATE and unsure:
                mark = unplaced if private == 1 else ""
            if mark:
                yield Case(features(sentence, lexicon, Asked(name, read, start)), mark)
        told = _told_at(spans, start, end)
        for asked in names_before(part.plain, start, partial(names_by, reader)):
            mark = _mark_before(part.plain, marks, asked.name)
            if mark == PRIVATE and (told or unsure):
                mark = told if not private else ""
            if mark:
                yield Case(features(sentence, lexicon, asked), mark)


def _told_at(spans: Sequence[tuple[int, int, str]], start: int, end: int) -> str:
    """Return what the labels tell of the place; illness before birth where both do."""
    return min((mark for left, right, mark in spans if left < end and start < right), default="")


def _mark_before(text: str, marks: Mapping[str, str], name: Name) -> str:
    """Return what the name of a sentence before is; no name where nothing was marked just there."""
    written = text[name.start : name.end]
    mark = marks.get(written, NO_NAME)
    return mark if mark in _MARKS else NO_NAME


_FRAME_MARKS = {
    "ill": TOLD,
    "births": OF_BIRTH,
    "dwellings": PRIVATE,
    "at_work": AT_WORK,
    "words_as_words": "",
    "nobody": "",
}
_DRAWS = 4


def framed(substitutes: _Substitutes, frames: Mapping[str, Any]) -> Iterator[Marked]:
    """Yield the frames of the register with names drawn into them, each marked with what its kind tells of the person."""
    draw, slots = substitutes.draw, frames["slots"]
    for kind, mark in _FRAME_MARKS.items():
        for frame in frames[kind]:
            for _ in range(_DRAWS):
                words = {
                    "illness": draw.choice(slots["illness"]),
                    "second": draw.choice(slots["illness"]),
                    "role": draw.choice(slots["role"]),
                    "town": draw.choice(slots["town"]),
                    "school": draw.choice(slots["school"]),
                    "word": draw.choice(substitutes.words),
                }
                name, other = substitutes.instead_of("某"), substitutes.instead_of("某")
                text = frame.format(name=name, other=other, **words)
                named = {name: mark, other: PRIVATE} if mark else {}
                yield Marked(text, _places(text, {one: named[one] for one in named if one in text}))


def _framed_cases(sentences_drawn: Sequence[Marked], reader: pycrfsuite.Tagger) -> Iterator[Case]:
    lexicon = base_lexicon()
    for drawn in sentences_drawn:
        part = Reading(Document.of_text(drawn.text), Context(), lexicon).parts[-1]
        gold = {(start, end): mark for start, end, mark in drawn.names}
        for sentence in sentences(part, ""):
            start, end = sentence.start, sentence.end
            read = names_by(reader, part.plain[start:end])
            for name in candidates(part.plain, lexicon, start, end, read, sentence.told, gold):
                mark = gold.get((name.start, name.end), NO_NAME)
                yield Case(features(sentence, lexicon, Asked(name, read, start)), mark)


def train_judge(found: Sequence[Case], model: Path) -> None:
    """Train the model that says whose illness it is, and write it to `model`."""
    trainer = pycrfsuite.Trainer(verbose=False)
    for case in found:
        trainer.append([case.features], [case.mark])
    trainer.set_params(dict(_JUDGE))
    trainer.train(str(model))


def _tagger(model: Path) -> pycrfsuite.Tagger:
    tagger = pycrfsuite.Tagger()
    tagger.open(str(model))
    return tagger


def train(held_back: Sequence[str] = HELD_BACK, target: Path | None = None) -> None:
    """Train both models on all sets but those held back, and write them to `target`, regulations/guard unless told."""
    target = target or regulations_dir() / "guard"
    names = marked_names()
    files = _files(held_back)
    substitutes = _Substitutes(random.Random(_SEED), ())  # noqa: S311  (reproducible, no secret)
    drawn = list(framed(substitutes, read_yaml(FRAMES)))
    found: list[Case] = []
    with TemporaryDirectory() as folder:
        for fold in range(_FOLDS):
            model = Path(folder) / f"{fold}.crfsuite"
            train_reader([path for at, path in enumerate(files) if at % _FOLDS != fold], names, model)
            reader = _tagger(model)
            for path in files[fold::_FOLDS]:
                found += cases(path, names, reader)
            found += _framed_cases(drawn[fold::_FOLDS], reader)
            sys.stdout.write(f"读名器 {fold + 1}/{_FOLDS}：累计 {len(found)} 个姓名\n")
    learned = train_reader(files, names, target / "names.crfsuite", also=drawn)
    train_judge(found, target / "told.crfsuite")
    sys.stdout.write(f"已写两个模型到 {target}：{learned} 句，{len(found)} 个姓名\n")
