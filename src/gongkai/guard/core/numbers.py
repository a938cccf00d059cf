"""Number candidates (号码候选): groups of digits, and the ways neighbouring groups may be one number written apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_RUN = re.compile(r"[0-9](?:[0-9 \-·.—]|\r?\n(?=[0-9])){9,}[0-9Xx](?![0-9])|[0-9]{6,}[Xx]?")
_GROUP = re.compile(r"[0-9]+[Xx]?")
_URL = re.compile(
    r"(?:https?|ftp)://[^\s\u4e00-\u9fff，。；、）》】”]+|www\.[^\s\u4e00-\u9fff，。；、）》】”]+",
    re.IGNORECASE,
)
MAX_GROUPS = 19
_MOST_UNEVEN_GROUPS = 6


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
    """Return the runs of digit groups that hold at least six digits together; one pass over the text."""
    found = []
    for match in _RUN.finditer(plain):
        groups = [
            Group(group.start(), group.end(), group[0].upper())
            for group in _GROUP.finditer(plain, *match.span())
        ]
        found.append(groups)
    return found


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
            if total in lengths:
                number = _joined(plain, groups, first, last)
                if len(number.shape) <= _MOST_UNEVEN_GROUPS or (number.alone and set(number.shape) == {1}):
                    yield number


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
