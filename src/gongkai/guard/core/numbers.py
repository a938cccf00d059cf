"""Number candidates (号码候选): groups of digits, and the ways neighbouring groups may be one number written apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_RUN = re.compile(r"(?<![0-9])(?:[0-9](?:[0-9 \-·.—]|\r?\n(?=[0-9])){9,}[0-9Xx](?![0-9])|[0-9]{11,}[Xx]?)")
_GROUP = re.compile(r"[0-9]+[Xx]?")
_URL = re.compile(
    r"(?:https?|ftp)://[^\s\u4e00-\u9fff，。；、）》】”]+|www\.[^\s\u4e00-\u9fff，。；、）》】”]+",
    re.IGNORECASE,
)
MAX_GROUPS = 19
LONGEST = 19  # digits of the longest number that a detector looks for, a bank card
_MOST_UNEVEN_GROUPS = 6
_IDENTITY = 18


@dataclass(frozen=True, slots=True)
class Group:
    """Digits that stand together: half-open span in the folded text."""

    start: int
    end: int
    digits: str


@dataclass(frozen=True, slots=True)
class Number:
    """A candidate: the joined digits, the span they cover, the lengths of their groups, the separators between."""

    start: int
    end: int
    digits: str
    shape: tuple[int, ...]
    separators: tuple[str, ...]
    alone: bool

    @property
    def is_whole(self) -> bool:
        """Tell whether the digits stand together."""
        return len(self.shape) == 1


def urls(plain: str) -> list[tuple[int, int]]:
    """Return the spans of web addresses."""
    if "://" not in plain and "www." not in plain:
        return []
    return [match.span() for match in _URL.finditer(plain)]


def runs(plain: str) -> list[list[Group]]:
    """Return the runs of digit groups that hold at least eleven characters together; one pass over the text."""
    found = []
    for match in _RUN.finditer(plain):
        if match[0].isdigit():
            if len(match[0]) <= LONGEST:
                found.append([Group(match.start(), match.end(), match[0])])
            continue
        if _is_landline(match[0]):
            continue
        groups = [
            Group(group.start(), group.end(), group[0].upper())
            for group in _GROUP.finditer(plain, *match.span())
        ]
        found.append(groups)
    return found


def _is_landline(text: str) -> bool:
    """Tell whether digits are two groups whose lengths, alone or joined, are those of no number looked for: 0573-80001234."""
    area, mark, rest = text.partition("-")
    return (
        bool(mark)
        and area.isdigit()
        and rest.isdigit()
        and _ALL_LENGTHS.isdisjoint((len(area), len(rest), len(area) + len(rest)))
    )


_ALL_LENGTHS = frozenset({11, *range(13, 20)})


def numbers_by_length(plain: str, found: list[list[Group]]) -> dict[int, list[Number]]:
    """Return every candidate of eleven, or thirteen to nineteen characters, by its length; found once for all detectors."""
    by_length: dict[int, list[Number]] = {length: [] for length in _ALL_LENGTHS}
    for groups in found:
        if len(groups) > 1 or len(groups[0].digits) in _ALL_LENGTHS:
            for number in candidates(plain, groups, _ALL_LENGTHS):
                by_length[len(number.digits)].append(number)
    return by_length


def candidates(plain: str, groups: list[Group], lengths: frozenset[int]) -> Iterator[Number]:
    """Yield every join of neighbouring groups whose digits number one of `lengths`; whole groups first."""
    longest = max(lengths)
    for group in groups:
        if len(group.digits) in lengths:
            yield Number(group.start, group.end, group.digits, (len(group.digits),), (), len(groups) == 1)
    for first in range(len(groups) - 1):
        total = len(groups[first].digits)
        if total >= longest:
            continue
        for last in range(first + 1, min(len(groups), first + MAX_GROUPS)):
            total += len(groups[last].digits)
            if total > longest:
                break
            if total in lengths and (total == _IDENTITY or not _mixes_lines(plain, groups, first, last)):
                number = _joined(plain, groups, first, last)
                if len(number.shape) <= _MOST_UNEVEN_GROUPS or (number.alone and set(number.shape) == {1}):
                    yield number


def _mixes_lines(plain: str, groups: list[Group], first: int, last: int) -> bool:
    """Tell whether some groups are set off by a line break and others by another mark: the end of one row and the start of the next."""
    broken = sum("\n" in plain[groups[at].end : groups[at + 1].start] for at in range(first, last))
    return 0 < broken < last - first


def _joined(plain: str, groups: list[Group], first: int, last: int) -> Number:
    chosen = groups[first : last + 1]
    separators = tuple(plain[a.end : b.start] for a, b in pairwise(chosen))
    before = plain[groups[first - 1].end : chosen[0].start] if first else "\n"
    after = plain[chosen[-1].end : groups[last + 1].start] if last + 1 < len(groups) else "\n"
    return Number(
        start=chosen[0].start,
        end=chosen[-1].end,
        digits="".join(group.digits for group in chosen),
        shape=tuple(len(group.digits) for group in chosen),
        separators=separators,
        alone="\n" in before and "\n" in after,
    )
