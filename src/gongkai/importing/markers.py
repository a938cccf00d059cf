"""Heading marks and their order: where a line starts a numbered part, where one line holds several."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gongkai.kernel.numerals import heading_level, heading_number

MAX_RUN_IN_CHARACTERS = 40
MAX_HEADING_CHARACTERS = 80
MAX_RUN_IN_COMMAS = 2
#: how much of a line is looked at for a mark inside it; longer than any heading
MARK_WINDOW = 200
_PAIRS = {
    "“": "”",
    "‘": "’",
    "《": "》",
    "（": "）",
    "(": ")",
    "「": "」",
    "『": "』",
    "〔": "〕",
    "【": "】",
}
_CLOSERS = "”’》）)」』】"
_CHAPTER = re.compile(r"第[〇零一二三四五六七八九十百]{1,5}([编章节])(?=\s|　|\S)")
_INLINE = re.compile(
    r"(?<=[。！？])[”’）)]?[ \t　\xa0]*(?=[一二三四五六七八九十百]+、|[（(][一二三四五六七八九十百\d]+[)）]|\d+[.．、])"
)
_ENUMERATION = re.compile(
    r"([一二三四五六七八九]|十[一二三四五六七八九]?)(?:[、季月期级类线楼层年号]|和|及|至)"
)
_LEADER = re.compile(r"(?:…|\.{4,}|·{4,}|\t)\s*\d+\s*$")


@dataclass(frozen=True)
class Marker:
    """A heading mark: level 1 to 4, its number, the mark as written, what follows it."""

    level: int
    number: int
    text: str
    rest: str


def parse_marker(line: str) -> Marker | None:
    """This function will read the heading mark a line starts with, or say None (一、二季度 and 1.5万 are no marks)."""
    found = heading_level(line)
    if found is None:
        return None
    level, mark, rest = found
    number = heading_number(mark)
    listed = _ENUMERATION.match(rest) if level == 1 else None
    if listed and heading_number(listed.group(1)) == number + 1:
        return None
    return Marker(level, number, mark, rest)


def chapter_level(line: str) -> int | None:
    """This function will give the level of 第一章 (1) or 第一节 (2) standing on a short line of its own."""
    found = _CHAPTER.match(line.strip())
    if found is None or len(line) > 40 or line.rstrip()[-1:] in "。；，：":
        return None
    return 2 if found.group(1) == "节" else 1


def is_contents_line(line: str) -> bool:
    """True for a line of a table of contents: leader dots or a tab, then a page number."""
    return bool(_LEADER.search(line[-80:]))


class Sequence:
    """The numbers seen so far at each level; a shallower mark starts the deeper ones anew."""

    def __init__(self) -> None:
        self._last: dict[int, int] = {}

    def see(self, marker: Marker) -> None:
        self._last[marker.level] = marker.number
        for level in [level for level in self._last if level > marker.level]:
            del self._last[level]

    def continues(self, marker: Marker) -> bool:
        """True if `marker` is the next number at its level, or number 1 right under the deepest open level."""
        if marker.level in self._last:
            return marker.number == self._last[marker.level] + 1
        deepest = max(self._last, default=0)
        return (
            marker.number == 1
            and deepest > 0
            and marker.level == deepest + 1
            and run_in_end(marker.rest) is not None
        )


def split_items(line: str, sequence: Sequence) -> Iterator[str]:
    """This function will split one physical line holding several numbered items.

    A cut is made only where a mark follows a sentence end and goes on with the numbering; every item yielded keeps
    its text (blanks at the cut go). `sequence` is brought up to date.
    """
    first = parse_marker(line)
    if first:
        sequence.see(first)
    start = 0
    for found in _INLINE.finditer(line):
        marker = parse_marker(line[found.end() : found.end() + MARK_WINDOW])
        if marker is None or not sequence.continues(marker) or not marker.rest.strip():
            continue
        yield line[start : found.end()].strip()
        start = found.end()
        sequence.see(marker)
    yield line[start:].strip()


def run_in_end(text: str) -> int | None:
    """This function will give where the first sentence of `text` ends if more text follows, else None.

    Sentence ends inside quotation marks or brackets do not count.
    """
    end = first_sentence_end(text)
    if end is None or not text[end:].strip():
        return None
    head = text[:end]
    if len(head) > MAX_RUN_IN_CHARACTERS or "；" in head or ";" in head:
        return None
    if sum(head.count(comma) for comma in "，,") > MAX_RUN_IN_COMMAS:
        return None
    return end


def first_sentence_end(text: str) -> int | None:
    waiting: list[str] = []
    for index, character in enumerate(text):
        if character in _PAIRS:
            waiting.append(_PAIRS[character])
        elif waiting and character == waiting[-1]:
            waiting.pop()
        elif character in "。！？" and not waiting:
            end = index + 1
            while end < len(text) and text[end] in _CLOSERS:
                end += 1
            return end
    return None
