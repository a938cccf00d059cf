"""How a cell's value is shown (单元格显示): dates, percentages, and formats that show nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from gongkai.guard.attachments.xml_tree import local

_DATE_IDS = frozenset([*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)])
_PERCENT_IDS = frozenset({9, 10})
_WHITE, _BLACK, _UNKNOWN = "FFFFFF", "000000", "?"
_NOISE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_COLUMN = re.compile(r"([A-Z]{1,3})(\d+)")


@dataclass(slots=True)
class CellFormats:
    """What each cell style does to the value."""

    dates: set[int] = field(default_factory=set)
    percents: set[int] = field(default_factory=set)
    invisible: set[int] = field(default_factory=set)
    since_1904: bool = False

    @classmethod
    def from_styles(cls, root: Any | None) -> CellFormats:
        """Build from xl/styles.xml; None means default styles only."""
        made = cls()
        if root is None:
            return made
        codes = {
            int(e.get("numFmtId", "0")): e.get("formatCode", "")
            for e in root.iter()
            if local(e) == "numFmt" and e.get("numFmtId", "").isdigit()
        }
        fonts = [_font_colour(font) for group in root if local(group) == "fonts" for font in group]
        fills = [_fill_colour(fill) for group in root if local(group) == "fills" for fill in group]
        for group in root:
            if local(group) != "cellXfs":
                continue
            for index, style in enumerate(group):
                made._add(index, style, codes, fonts, fills)
        return made

    def _add(self, index: int, style: Any, codes: dict[int, str], fonts: list[str], fills: list[str]) -> None:
        number = _int(style.get("numFmtId"))
        code = _NOISE.sub("", codes.get(number, ""))
        if codes.get(number) is not None and code.replace(" ", "") == ";;;":
            self.invisible.add(index)
        if number in _DATE_IDS or (
            code
            and re.search(r"[ymdhs年月日]", code, re.IGNORECASE)
            and not re.search(r"[#0?]", code.split(";")[0])
        ):
            self.dates.add(index)
        if number in _PERCENT_IDS or "%" in code:
            self.percents.add(index)
        font, fill = _int(style.get("fontId")), _int(style.get("fillId"))
        background = fills[fill] if fill < len(fills) else _WHITE
        if font < len(fonts) and fonts[font] == background != _UNKNOWN:
            self.invisible.add(index)

    def shown(self, value: str, style: int) -> str:
        """Return a number as the reader sees it: whole digits, a date, a percentage; other text unchanged."""
        try:
            number = Decimal(value)
        except InvalidOperation:
            return value
        if not number.is_finite() or abs(number.adjusted()) > 40:
            return value
        if style in self.dates and Decimal(0) < number < Decimal(2_958_466):
            return self._date(float(number))
        if style in self.percents:
            return f"{_plain(number * 100)}%"
        return _plain(number)

    def _date(self, serial: float) -> str:
        start = datetime(1904, 1, 1) if self.since_1904 else datetime(1899, 12, 30)  # noqa: DTZ001  (a calendar date without zone)
        moment = start + timedelta(days=serial)
        return moment.strftime("%Y-%m-%d") if serial == int(serial) else moment.strftime("%Y-%m-%d %H:%M")


def _plain(number: Decimal) -> str:
    if number == number.to_integral_value():
        return str(int(number))
    text = f"{float(number):.10g}"
    return text if "e" not in text else f"{number:f}"


def _int(value: str | None) -> int:
    return int(value) if value and value.isdigit() else 0


def _font_colour(font: Any) -> str:
    """Return the colour of a font as six hexadecimal digits; black when it says nothing."""
    return next((_colour(child) for child in font if local(child) == "color"), _BLACK)


def _fill_colour(fill: Any) -> str:
    """Return the colour behind a cell: white without a fill, unknown for gradients and patterns."""
    for child in fill:
        if local(child) != "patternFill":
            return _UNKNOWN
        kind = child.get("patternType", "none")
        if kind != "solid":
            return _WHITE if kind == "none" else _UNKNOWN
        return next((_colour(colour) for colour in child if local(colour) == "fgColor"), _BLACK)
    return _WHITE


def _colour(element: Any) -> str:
    if element.get("tint") not in (None, "0", "0.0"):
        return _UNKNOWN
    rgb = str(element.get("rgb", "")).upper()
    if len(rgb) == 8:
        return rgb[2:]
    by_theme = {"0": _WHITE, "1": _BLACK}.get(element.get("theme", ""))
    return by_theme or {"9": _WHITE, "1": _WHITE, "8": _BLACK, "0": _BLACK, "64": _BLACK}.get(
        element.get("indexed", ""), _UNKNOWN
    )


def column_index(reference: str) -> int | None:
    """Return the zero-based column of a reference such as `AB12`, None when it is no reference."""
    match = _COLUMN.fullmatch(reference)
    if match is None:
        return None
    index = 0
    for letter in match.group(1):
        index = index * 26 + ord(letter) - 64
    return index - 1


def column_letters(index: int) -> str:
    """Return the letters of a zero-based column."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
