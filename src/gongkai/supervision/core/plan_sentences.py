"""Paragraphs cut into sentences (分句) with brackets and quotes kept whole, and items that share a line set apart."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from gongkai.kernel.numerals import heading_level
from gongkai.supervision.core.plan_words import plain

ENDS = "。;；!！?？"
_PAIRS = {
    "(": ")",
    "（": "）",
    "“": "”",
    "《": "》",
    "〔": "〕",
    "[": "]",
    "【": "】",
    "「": "」",
    "‘": "’",
    "『": "』",
}
_CLOSERS = set(_PAIRS.values())
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_INLINE = re.compile(
    r"(?<=[。;!?])\s*(?=\([一二三四五六七八九十]{1,3}\)|\(\d{1,2}\)|\d{1,2}[.、](?!\d)|[一二三四五六七八九十]{1,3}、)"
)


def has_words(text: str) -> bool:
    """Tell whether a text holds at least two Chinese characters, as every task does."""
    return len(_CHINESE.findall(text)) >= 2


def is_balanced(text: str) -> bool:
    """Tell whether every bracket and quote is closed in order (括号成对)."""
    return _depths(text) is not None


def _depths(text: str) -> list[int] | None:
    """Return how deep each sign stands, None when brackets do not match. 1) and (1) at the start are marks, not brackets."""
    depths: list[int] = []
    open_signs: list[str] = []
    for sign in text:
        if sign in _PAIRS:
            open_signs.append(_PAIRS[sign])
        depths.append(len(open_signs))
        if sign in _CLOSERS and (not open_signs or not _same(open_signs.pop(), sign)):
            return None
    return depths if not open_signs else None


def _same(expected: str, found: str) -> bool:
    return expected == found or {expected, found} == {")", "）"}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text, half-open."""

    start: int
    end: int


def sentence_spans(text: str) -> list[Span]:
    """Cut at 。；！？ outside brackets and quotes; without matching brackets at every sign. Nothing is left out."""
    depths = _depths(text) or [0] * len(text)
    spans, start = [], 0
    for place, sign in enumerate(text):
        closes_quote = sign in "”’」』" and place and text[place - 1] in "。!！?？" and depths[place] == 1
        if (sign in ENDS and depths[place] == 0) or closes_quote:
            spans.append(Span(start, place + 1))
            start = place + 1
    if text[start:].strip():
        spans.append(Span(start, len(text)))
    elif spans and start < len(text):
        spans[-1] = Span(spans[-1].start, len(text))
    return spans


def bracket_spans(text: str) -> list[Span]:
    """Return the round brackets of the outermost level, marks included; empty when brackets do not match."""
    depths = _depths(text)
    if depths is None:
        return []
    spans, start = [], None
    for place, sign in enumerate(text):
        if sign in "(（" and depths[place] == 1:
            start = place
        elif sign in ")）" and depths[place] == 1 and start is not None:
            spans.append(Span(start, place + 1))
            start = None
    return spans


def split_items(line: str) -> list[str]:
    """Cut a line where a new numbered item begins after the end of a sentence (一行多条); joined again it is the line."""
    places = [match.end() for match in _INLINE.finditer(plain(line))]
    kept = [place for place in places if heading_level(line[place:]) is not None]
    edges = [0, *kept, len(line)]
    return [line[a:b] for a, b in itertools.pairwise(edges) if line[a:b].strip()]


def run_in_title(text: str) -> tuple[str, str]:
    """Split 「设立专栏。正文…」 into title and rest; the rest is "" when the whole is one, the title "" when there is none."""
    formed = plain(text)
    depths = _depths(text) or [0] * len(text)
    for place, sign in enumerate(formed):
        if depths[place] == 0 and sign in "。:":
            title, rest = text[:place], text[place + 1 :]
            limit = 30 if sign == "。" else 16
            if not rest.strip():
                return text, ""
            named = len(title) <= limit and not any(mark in plain(title) for mark in ",;")
            return (text[: place + 1], rest) if named else ("", text)
        if depths[place] == 0 and sign in ";!?":
            return "", text
    return text, ""
