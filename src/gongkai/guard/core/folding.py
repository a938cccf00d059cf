"""Folding (归一): full-width digits, zero-width characters and traditional characters, with the way back to the original."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from opencc import OpenCC

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe00-\ufe0f]+"
)
# a label typed or recognised with a space between its characters (住 址：); in its line lone characters are joined
_SPACED_LABEL = re.compile(r"[\u4e00-\u9fff](?:[ \u3000]{1,4}[\u4e00-\u9fff]){1,5}[ \u3000]?[：:]")
_LONE = re.compile(
    r"(?<![^\s：:，,。；（(])(?:[\u4e00-\u9fff0-9０-９A-Za-z][ \u3000])+(?=[\u4e00-\u9fff0-9０-９A-Za-z](?![\u4e00-\u9fff0-9０-９A-Za-z]))"
)
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_HYPHENS = "\u2010\u2011\u2012\u2013\u2212\ufe58\ufe63\uff0d"
_CHINESE_DIGITS = str.maketrans("〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖幺", "0001234567891234567891")
_SPELT_NUMBER = re.compile(
    "[〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖幺][〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖幺0-9]{10,}"
)


_RAISED_OR_LOWERED = frozenset((0xB2, 0xB3, 0xB9, 0x2070, *range(0x2074, 0x207A), *range(0x2080, 0x208A)))


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in two forms of equal length, and the map back to the original offsets.

    `visible` is the original without invisible characters; `plain` has digits, Latin letters, spaces and hyphens in ASCII
    and simplified characters. `offsets` is None when nothing was removed.
    """

    visible: str
    plain: str
    offsets: tuple[int, ...] | None

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open span of the original text that holds `start:end` of the folded one."""
        if self.offsets is None:
            return start, end
        if start >= end:
            return self.offsets[start], self.offsets[start]
        return self.offsets[start], self.offsets[end - 1] + 1


def fold(text: str) -> Folded:
    """Fold `text`; never fails, whatever the characters."""
    visible, offsets = _without_invisible(text)
    plain = visible if visible.isascii() else _folded_lines(visible)
    if _SPELT_NUMBER.search(plain):
        plain = _SPELT_NUMBER.sub(lambda match: match[0].translate(_CHINESE_DIGITS), plain)
    return Folded(visible, plain, offsets)


def _folded_lines(visible: str) -> str:
    """Fold line by line: rows of bare numbers, most of a table, need no look-up."""
    table = _folding_table()
    return "\n".join(line if line.isascii() else line.translate(table) for line in visible.split("\n"))


def _without_invisible(text: str) -> tuple[str, tuple[int, ...] | None]:
    if text.isascii():
        return text, None
    gaps = [match.span() for match in _INVISIBLE.finditer(text)]
    gaps = sorted(gaps + _gaps_between_lone_characters(text)) if " " in text or "\u3000" in text else gaps
    if not gaps:
        return text, None
    pieces: list[str] = []
    offsets: list[int] = []
    position = 0
    for start, end in gaps:
        pieces.append(text[position:start])
        offsets.extend(range(position, start))
        position = end
    pieces.append(text[position:])
    offsets.extend(range(position, len(text) + 1))
    return "".join(pieces), tuple(offsets)


def _gaps_between_lone_characters(text: str) -> list[tuple[int, int]]:
    """Return the spaces between lone characters in lines that hold a label written so."""
    gaps: list[tuple[int, int]] = []
    passed = 0
    for label in _SPACED_LABEL.finditer(text):
        if label.start() < passed:
            continue
        start = text.rfind("\n", 0, label.start()) + 1
        passed = text.find("\n", label.end())
        passed = len(text) if passed < 0 else passed
        gaps += [(place, place + 1) for place in _joined(text, label, start, passed)]
    return gaps


def _joined(text: str, label: re.Match[str], start: int, end: int) -> list[int]:
    """Return the places of the spaces to take out: within the label, and between lone characters of its line."""
    places = {place for place in range(label.start(), label.end()) if text[place] in " \u3000"}
    for run in _LONE.finditer(text, start, end):
        places.update(range(run.start() + 1, run.end(), 2))
    return sorted(places)


@lru_cache(maxsize=1)
def _folding_table() -> dict[int, str]:
    table = _traditional_table()
    for code in range(0x80, 0x1FBFA):
        char = chr(code)
        if char.isdecimal() or code in _RAISED_OR_LOWERED:
            table[code] = str(unicodedata.digit(char))
    for first in (0xFF21, 0xFF41):
        table.update({code: chr(code - 0xFEE0) for code in range(first, first + 26)})
    table.update({ord(char): " " for char in _SPACES})
    table.update({ord(char): "-" for char in _HYPHENS})
    table.update({0xFF20: "@", 0xFF0E: ".", 0xFF0B: "+", 0xFF0F: "/"})
    return table


def _traditional_table() -> dict[int, str]:
    """Map each traditional character that simplified texts do not use to its simplified form."""
    converter = OpenCC("t2s")
    chars = [chr(code) for code in range(0x4E00, 0x9FA6)]
    simplified = converter.convert("\n".join(chars)).split("\n")
    return {
        ord(old): new
        for old, new in zip(chars, simplified, strict=True)
        if new != old and not _is_simplified(old)
    }


def _is_simplified(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
