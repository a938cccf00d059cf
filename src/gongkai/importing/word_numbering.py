"""Automatic numbers of Word paragraphs, written out as the reader of the document sees them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from gongkai.importing.word_styles import Styles, W, whole
from gongkai.kernel.numerals import to_chinese

_HAN = "〇一二三四五六七八九"
_CIRCLES = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)


def _roman(number: int) -> str:
    out = ""
    for value, sign in _ROMAN:
        out += sign * (number // value)
        number %= value
    return out


def _letters(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if number > 0 else ""


def render_number(number: int, form: str) -> str:
    """This function will write `number` in one of Word's number forms (w:numFmt)."""
    if number < 0 or number > 9999:
        return str(number)
    if form in (
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "taiwaneseCountingThousand",
        "taiwaneseCounting",
    ):
        return to_chinese(number)
    if form in ("ideographDigital", "chineseDigital", "taiwaneseDigital", "japaneseDigitalTenThousand"):
        return "".join(_HAN[int(digit)] for digit in str(number))
    if form in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 1 <= number <= len(_CIRCLES):
        return _CIRCLES[number - 1]
    if form == "decimalFullWidth" or form == "decimalFullWidth2":
        return "".join(chr(ord("０") + int(digit)) for digit in str(number))
    if form == "ideographTraditional" and 1 <= number <= len(_STEMS):
        return _STEMS[number - 1]
    if form == "ideographZodiac" and 1 <= number <= len(_BRANCHES):
        return _BRANCHES[number - 1]
    if form in ("upperRoman", "lowerRoman"):
        return _roman(number).upper() if form == "upperRoman" else _roman(number)
    if form in ("upperLetter", "lowerLetter"):
        return _letters(number).upper() if form == "upperLetter" else _letters(number)
    if form == "decimalZero":
        return f"{number:02d}"
    return "" if form in ("none", "bullet") else str(number)


@dataclass(frozen=True)
class _Level:
    start: int
    form: str
    text: str
    suffix: str
    legal: bool
    restart: int | None


class Numbering:
    """Counters of all lists of one file; `next` must be called in reading order."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._abstract: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, tuple[str, dict[int, _Level]]] = {}
        self._counters: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()
        self._overrides: dict[tuple[str, int], int] = {}
        if root is None:
            return
        links: dict[str, str] = {}
        for element in root.iterfind(f"{W}abstractNum"):
            identity = element.get(f"{W}abstractNumId", "")
            self._abstract[identity] = dict(map(_read_level, element.iterfind(f"{W}lvl")))
            link = element.find(f"{W}numStyleLink")
            if link is not None:
                links[identity] = link.get(f"{W}val", "")
        for element in root.iterfind(f"{W}num"):
            self._read_list(element)
        for identity, style in links.items():
            target = styles.get(style).numbering
            if target and target[0] in self._lists and not self._abstract[identity]:
                self._abstract[identity].update(self._lists[target[0]][1])

    def _read_list(self, element: etree._Element) -> None:
        identity = element.get(f"{W}numId", "")
        reference = element.find(f"{W}abstractNumId")
        abstract = reference.get(f"{W}val", "") if reference is not None else ""
        levels = self._abstract.get(abstract, {})
        for override in element.iterfind(f"{W}lvlOverride"):
            depth = whole(override, 0, "ilvl")
            replaced = override.find(f"{W}lvl")
            if replaced is not None:
                levels = {**levels, depth: _read_level(replaced)[1]}
            start = override.find(f"{W}startOverride")
            if start is not None:
                self._overrides[(identity, depth)] = whole(start, 1)
        self._lists[identity] = (abstract, levels)

    def next(self, identity: str, depth: int) -> str:
        """The mark of the next paragraph of list `identity` at `depth` (0 = outermost); "" for bullets and no list."""
        if identity not in self._lists:
            return ""
        abstract, levels = self._lists[identity]
        level = levels.get(depth)
        if level is None:
            return ""
        counters = self._counters.setdefault(abstract, {})
        override = self._overrides.get((identity, depth))
        if override is not None and (identity, depth) not in self._started:
            counters[depth] = override
        else:
            counters[depth] = counters[depth] + 1 if depth in counters else level.start
        self._started.add((identity, depth))
        for deeper in [d for d in counters if d > depth and _restarts(levels.get(d), depth)]:
            del counters[deeper]
        return self._render(levels, counters, level)

    def _render(self, levels: dict[int, _Level], counters: dict[int, int], level: _Level) -> str:
        if level.form == "bullet" or not level.text:
            return ""

        def number(found: re.Match[str]) -> str:
            place = int(found.group(1)) - 1
            shown = levels.get(place)
            if shown is None:
                return ""
            form = "decimal" if level.legal else shown.form
            return render_number(counters.get(place, shown.start), form)

        return re.sub(r"%([1-9])", number, level.text) + level.suffix


def _restarts(level: _Level | None, depth: int) -> bool:
    if level is None or level.restart is None:
        return True
    return level.restart != 0 and depth < level.restart


def _read_level(element: etree._Element) -> tuple[int, _Level]:
    def value(tag: str, default: str) -> str:
        found = element.find(f"{W}{tag}")
        return found.get(f"{W}val", default) if found is not None else default

    form = value("numFmt", "decimal")
    custom = element.find(f"{W}numFmt")
    if form == "custom" and custom is not None:
        form = "decimalZero" if (custom.get(f"{W}format") or "").startswith("0") else "decimal"
    restart = whole(element.find(f"{W}lvlRestart"), -1)
    suffix = " " if value("suff", "tab") == "space" else ""
    level = _Level(
        start=whole(element.find(f"{W}start"), 1),
        form=form,
        text=value("lvlText", ""),
        suffix=suffix,
        legal=element.find(f"{W}isLgl") is not None,
        restart=restart if restart >= 0 else None,
    )
    return whole(element, 0, "ilvl"), level
