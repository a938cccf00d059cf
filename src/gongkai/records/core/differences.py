"""What changed between two texts (逐词比对), word by word, so that a reviewer sees it at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

import rjieba

from gongkai.records.core.reading import body_lines, field_lines

Mark = Literal["same", "added", "removed"]
_PIECE = re.compile(r"[\u4e00-\u9fff]+|[A-Za-z]+|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
_LONG_LINE_WORDS = 4_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that stayed, came or went."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """One line of the comparison; `mark` tells about the whole line, `changed` when only pieces of it differ."""

    label: str
    mark: Literal["same", "added", "removed", "changed"]
    pieces: tuple[Piece, ...]


def compare_words(before: str, after: str) -> tuple[Piece, ...]:
    """Compare two texts: Latin words, numbers and Chinese words as wholes, equal neighbours joined.

    Texts of over 4,000 words each are shown as replaced whole: a comparison of such a line helps nobody.
    """
    if before == after:
        return (Piece("same", after),) if after else ()
    old, new = list(_words(before)), list(_words(after))
    if len(old) > _LONG_LINE_WORDS and len(new) > _LONG_LINE_WORDS:
        return (Piece("removed", before), Piece("added", after))
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(new[c:d])))
            continue
        if b > a:
            pieces.append(Piece("removed", "".join(old[a:b])))
        if d > c:
            pieces.append(Piece("added", "".join(new[c:d])))
    return tuple(pieces)


def _words(text: str) -> Iterator[str]:
    """Cut a text into words that joined again are the text."""
    for piece in _PIECE.findall(text):
        if "\u4e00" <= piece[0] <= "\u9fff":
            yield from rjieba.cut(piece, False)
        else:
            yield piece


def compare_payloads(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[ChangedLine]:
    """Compare two payloads line by line, metadata first; without `before` everything is new."""
    old_fields = {line.part: line for line in field_lines(before)} if before else {}
    new_fields = {line.part: line for line in field_lines(after)}
    result = []
    for part in dict.fromkeys([*new_fields, *old_fields]):
        old = old_fields[part].text if part in old_fields else ""
        new = new_fields[part].text if part in new_fields else ""
        label = (new_fields.get(part) or old_fields[part]).label
        result.append(_line(label, old, new))
    old_body = [(line.label, line.text) for line in body_lines(before)] if before else []
    new_body = [(line.label, line.text) for line in body_lines(after)]
    return result + _compare_bodies(old_body, new_body)


def _compare_bodies(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> list[ChangedLine]:
    lines: list[ChangedLine] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [_line(label, text, text) for label, text in new[c:d]]
            continue
        paired = min(b - a, d - c)
        for (_, before), (label, after) in zip(old[a : a + paired], new[c : c + paired], strict=True):
            lines.append(_line(label, before, after))
        lines += [_line(label, text, "") for label, text in old[a + paired : b]]
        lines += [_line(label, "", text) for label, text in new[c + paired : d]]
    return lines


def _line(label: str, before: str, after: str) -> ChangedLine:
    pieces = compare_words(before, after)
    marks = {piece.mark for piece in pieces}
    if marks == {"same"} or not marks:
        return ChangedLine(label, "same", pieces)
    if marks == {"added"}:
        return ChangedLine(label, "added", pieces)
    if marks == {"removed"}:
        return ChangedLine(label, "removed", pieces)
    return ChangedLine(label, "changed", pieces)
