"""A document read for checking (阅读): each part folded once, its tables, numbers and lines found once, for all detectors."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from gongkai.guard.core.document import Context, Document
from gongkai.guard.core.folding import fold
from gongkai.guard.core.lexicon import Lexicon
from gongkai.guard.core.numbers import Number, numbers_by_length, runs, urls
from gongkai.guard.core.tables import Table, find_tables
from gongkai.guard.parts import Part

T = TypeVar("T")


class PartReading:
    """One part with everything that several detectors need. Spans count in `plain` and `visible`, which are equally long."""

    def __init__(self, part: Part, context: Context, lexicon: Lexicon) -> None:
        self.part = part
        self.context = context
        self.lexicon = lexicon
        self.folded = fold(part.text)
        self.plain = self.folded.plain
        self.visible = self.folded.visible
        self._memory: dict[str, Any] = {}

    def remember(self, key: str, make: Callable[[], T]) -> T:
        """Return what `make` returned the first time for this part; for results that several detectors share."""
        if key not in self._memory:
            self._memory[key] = make()
        found: T = self._memory[key]
        return found

    @cached_property
    def signs(self) -> frozenset[str]:
        """Return the characters that occur: most words are ruled out by their first one alone."""
        return frozenset(self.plain)

    def has_any(self, words: tuple[str, ...]) -> bool:
        """Tell whether one of `words` stands in this part."""
        signs = self.signs
        if signs.isdisjoint(_first_signs(words)):
            return False
        return any(word[0] in signs and word in self.plain for word in words)

    @cached_property
    def tables(self) -> list[Table]:
        """Return the tables of this part."""
        return find_tables(self.part, self.plain)

    @cached_property
    def _numbers(self) -> dict[int, list[Number]]:
        return numbers_by_length(self.plain, runs(self.plain))

    def numbers(self, lengths: Iterable[int]) -> Iterator[Number]:
        """Yield the number candidates of these lengths (11, 13 to 19)."""
        for length in lengths:
            yield from self._numbers[length]

    @cached_property
    def urls(self) -> list[tuple[int, int]]:
        """Return the spans of web addresses."""
        return urls(self.plain)

    @cached_property
    def _url_starts(self) -> list[int]:
        return [start for start, _ in self.urls]

    def in_url(self, position: int) -> bool:
        """Tell whether a position lies within a web address."""
        here = bisect_right(self._url_starts, position) - 1
        return here >= 0 and position < self.urls[here][1]

    def table_at(self, position: int) -> Table | None:
        """Return the table that holds a position."""
        return next((table for table in self.tables if table.span[0] <= position <= table.span[1]), None)

    @cached_property
    def prose_spans(self) -> list[tuple[int, int]]:
        """Return the half-open spans that lie in no table with a heading, in order of place."""
        spans: list[tuple[int, int]] = []
        passed = 0
        for start, end in sorted(table.span for table in self.tables if table.header is not None):
            if start > passed:
                spans.append((passed, start))
            passed = max(passed, end)
        if passed < len(self.plain):
            spans.append((passed, len(self.plain)))
        return spans

    def prose_sentences(self) -> Iterator[tuple[int, int]]:
        """Yield the half-open spans of the sentences that lie in no table with a heading, in order of place."""
        for left, right in self.prose_spans:
            place = left
            while place < right:
                if self.plain[place] == "\n":
                    place += 1
                    continue
                start, end = self.sentence_span(place)
                end = min(max(end, place + 1), right)
                yield max(start, left), end
                place = end

    def heading_at(self, position: int) -> str:
        """Return the column heading that rules a position, empty outside tables."""
        table = self.table_at(position)
        return table.heading_at(position) if table else ""

    def before(self, position: int, length: int = 20) -> str:
        """Return up to `length` characters before a position in its line; of the line above when the line starts here."""
        chunk = self.plain[max(0, position - length) : position]
        head, mark, line = chunk.rpartition("\n")
        return head.rstrip().rpartition("\n")[2] if mark and not line.strip() else line

    def after(self, position: int, length: int = 20) -> str:
        """Return up to `length` characters that follow in the same line."""
        return self.plain[position : position + length].partition("\n")[0]

    def sentence_span(self, position: int) -> tuple[int, int]:
        """Return the half-open span of the sentence that holds a position; a line break ends a sentence."""
        start, end = self.line_span(position)
        marks = self._sentence_ends
        here = bisect_left(marks, position)
        left = marks[here - 1] + 1 if here else 0
        right = marks[here] + 1 if here < len(marks) else end
        return max(start, left), min(right, end)

    def line_span(self, position: int) -> tuple[int, int]:
        """Return the half-open span of the line that holds a position."""
        breaks = self._line_ends
        here = bisect_left(breaks, position)
        start = breaks[here - 1] + 1 if here else 0
        return start, breaks[here] if here < len(breaks) else len(self.plain)

    # Found once: a search from every match would be quadratic on a long text without a break, as data files are.
    @cached_property
    def _line_ends(self) -> list[int]:
        return [found.start() for found in re.finditer("\n", self.plain)]

    @cached_property
    def _sentence_ends(self) -> list[int]:
        return [found.start() for found in re.finditer("[。！？]", self.plain)]


@lru_cache(maxsize=200)
def _first_signs(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word[0] for word in words)


class Reading:
    """All parts of one document, read once, with its context."""

    def __init__(self, document: Document, context: Context, lexicon: Lexicon) -> None:
        self.document = document
        self.context = context
        self.lexicon = lexicon
        self.parts = [PartReading(part, context, lexicon) for part in document.parts]
        self._memory: dict[str, Any] = {}

    def remember(self, key: str, make: Callable[[], T]) -> T:
        """Return what `make` returned the first time for this document."""
        if key not in self._memory:
            self._memory[key] = make()
        found: T = self._memory[key]
        return found

    @cached_property
    def title(self) -> str:
        """Return the folded title: the part of kind title, else the first line of the body when it reads like one."""
        given = next((part.plain.strip() for part in self.parts if part.part.kind == "title"), "")
        return given or next((_first_line(part.plain) for part in self.parts if part.part.kind == "text"), "")


_LONGEST_TITLE = 60


def _first_line(text: str) -> str:
    """Return the first line when it may be a title: short, with text below it, not a sentence; else empty."""
    line, mark, _ = text.lstrip().partition("\n")
    line = line.strip()
    return (
        line
        if mark and 4 <= len(line) <= _LONGEST_TITLE and not any(end in line for end in "。；：:|\t")
        else ""
    )
