"""Which signs can be printed (字形检查): a sign that no font of the list has is refused, never printed as a box."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont, TTLibError

from gongkai.kernel.official_paper import layout

FONT_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".fonts",
    Path.home() / ".local/share/fonts",
)
_SUFFIXES = {".ttf", ".otf", ".ttc", ".otc"}


class FontsMissing(RuntimeError):
    """None of the fonts of the list is on this machine."""

    code = "requests.fonts_missing"


@lru_cache(maxsize=4)
def printable_signs(names: tuple[str, ...]) -> frozenset[int]:
    """Return every code point that some installed font of these names can print; raises FontsMissing."""
    wanted, signs = {name.casefold() for name in names}, set[int]()
    for path in sorted(p for folder in FONT_FOLDERS if folder.is_dir() for p in folder.rglob("*")):
        if path.suffix.lower() in _SUFFIXES:
            signs |= _signs_of(path, wanted)
    if not signs:
        raise FontsMissing(
            f"没有找到可用的字体：{'、'.join(names)}。请安装其中一种（如 Noto Serif CJK SC）后重试"
        )
    return frozenset(signs)


def _signs_of(path: Path, wanted: set[str]) -> set[int]:
    signs: set[int] = set()
    try:
        fonts = (
            TTCollection(path, lazy=True).fonts
            if path.suffix.lower() in {".ttc", ".otc"}
            else [TTFont(path, lazy=True)]
        )
        for font in fonts:
            families = {str(row).casefold() for row in font["name"].names if row.nameID in (1, 16)}
            if families & wanted:
                signs |= set(font.getBestCmap() or ())
    except (TTLibError, KeyError, OSError, UnicodeDecodeError):
        return set()
    return signs


def unprintable(text: str) -> list[str]:
    """Return the signs of a text that cannot be printed, each once, in order; blanks and line feeds do not count."""
    fonts = layout().fonts
    signs = printable_signs((*fonts.body, *fonts.title))
    missing = (c for c in text if not c.isspace() and ord(c) not in signs)
    return list(dict.fromkeys(missing))


def describe(signs: list[str]) -> str:
    """Name signs so that a person can find them in a text: the sign with its code."""
    return "、".join(f"“{c}”（U+{ord(c):04X} {unicodedata.name(c, '未命名')}）" for c in signs[:8])
