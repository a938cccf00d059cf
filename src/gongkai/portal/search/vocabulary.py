"""What citizens say and what the office writes (同义词): a question as the things it is about, each with the words it may stand under."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from gongkai.kernel.rules import Confidence, load_rules
from gongkai.portal.search import text

_MONTH = re.compile(r"(?<![一二三四五六七八九十第])(十[一二]|[一二三四五六七八九十])月份?")
_MONTH_SAID = re.compile(r"(\d{1,2})月份")
_QUARTER = re.compile(r"第?([一二三四])季度?")
_DIGITS = {c: str(n) for n, c in enumerate("一二三四五六七八九十", 1)} | {"十一": "11", "十二": "12"}


@dataclass(frozen=True)
class SaidWords:
    """Words that people say for what is `meant`."""

    id: str
    said: tuple[str, ...]
    meant: tuple[str, ...]
    basis: tuple[str, ...]
    confidence: Confidence


@dataclass(frozen=True)
class QuestionWords:
    """Words that ask and name nothing."""

    id: str
    words: tuple[str, ...]
    basis: tuple[str, ...]
    confidence: Confidence


@cache
def said_words() -> tuple[SaidWords, ...]:
    """Return the rules of regulations/search/synonyms.yaml."""
    return load_rules("search", SaidWords, only=("synonyms.yaml",), required=("said", "meant"))


@cache
def question_words() -> frozenset[str]:
    """Return the words of regulations/search/question_words.yaml."""
    rules = load_rules("search", QuestionWords, only=("question_words.yaml",), required=("words",))
    return frozenset(text.normalise(word) for rule in rules for word in rule.words)


@cache
def _meant() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for rule in said_words():
        for said in rule.said:
            forms = found.setdefault(text.normalise(said), {})
            forms.update((text.normalise(form), None) for form in rule.meant)
    return {said: tuple(form for form in forms if form != said) for said, forms in found.items()}


@cache
def _cutter() -> re.Pattern[str]:
    known = sorted({*_meant(), *question_words()}, key=lambda word: (-len(word), word))
    dates = (r"(?:19|20)\d\d年", r"(?<!\d)\d{1,2}月", r"第\d季度")
    return re.compile("|".join([*dates, *map(re.escape, known)]))


def meant_by(word: str) -> tuple[str, ...]:
    """Return what the office writes for a normalised word; nothing for a word without a rule."""
    return _meant().get(word, ())


def in_figures(term: str) -> str:
    """Return a term with months and quarters in figures, as titles write them (五月 → 5月, 第二季度 → 第2季度)."""
    plain = _MONTH.sub(lambda m: f"{_DIGITS[m[1]]}月", term)
    plain = _MONTH_SAID.sub(r"\1月", plain)
    return _QUARTER.sub(lambda m: f"第{_DIGITS[m[1]]}季度", plain)


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing a question is about: the word as typed, and what else it may stand under."""

    word: str
    meant: tuple[str, ...] = ()


def concepts_of(term: str) -> list[Concept]:
    """Return what a normalised term is about: words with a rule first (the longest at each place), the rest cut into words, asking
    words left out."""
    found: dict[str, Concept] = {}
    rest = 0
    for match in [*_cutter().finditer(term), None]:
        between = term[rest : match.start()] if match else term[rest:]
        for word in text.word_list(between) if between else ():
            found.setdefault(word, Concept(word))
        if match is None:
            break
        rest = match.end()
        if forms := meant_by(match[0]):
            found.setdefault(match[0], Concept(match[0], forms))
        elif match[0] not in question_words():
            found.setdefault(match[0], Concept(match[0]))
    return list(found.values())
