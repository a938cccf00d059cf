"""Cells of spreadsheets as plain values: numbers, days, text; what looks dangerous is named."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from gongkai.importing.dates import parse_day
from gongkai.kernel.numerals import normalise_width

CellValue = str | int | Decimal | bool | date | datetime | time | None

ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!"}
)
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?%?")
_FIGURES = re.compile(r"[0-9０-９.．,，+＋\-－%％/／:：\s]+")
_DANGEROUS = re.compile(r"[=+\-@\t\r＝＋－＠]")
_HARMLESS = re.compile(r"[+-]?[\d.,\s()-]+%?|-+")
#: Excel keeps 15 digits; longer figures end in zeros
EXACT_BELOW = 10**15


def plain_value(value: object) -> CellValue:
    """This function will bring a cell to a plain value: text trimmed, full-width figures made half-width, floats made exact."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return None
        return int(value) if value.is_integer() and abs(value) < 1e21 else Decimal(f"{value:.15g}")
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    if isinstance(value, date | time):
        return value
    if isinstance(value, timedelta):
        return str(value)
    text = str(value).replace("\xa0", " ").replace("_x000D_", "").strip()
    if _FIGURES.fullmatch(text):
        text = normalise_width(text)
    return text or None


def as_number(value: CellValue) -> Decimal | None:
    """This function will read a figure: 1,234  12.5%  １２  (5.5% is 0.055); None if it is no figure."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | Decimal):
        return Decimal(value)
    if not isinstance(value, str):
        return None
    text = normalise_width(value).replace(" ", "")
    if not text or not _NUMBER.fullmatch(text) or not re.search(r"\d", text):
        return None
    try:
        number = Decimal(text.rstrip("%").replace(",", ""))
    except InvalidOperation:
        return None
    return number / 100 if text.endswith("%") else number


def as_day(value: CellValue) -> date | None:
    """This function will read a day: a date cell, 2021年1月15日, 2021-01-15, 2021/1/15, 20210115; else None."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if re.fullmatch(r"(?:19|20)\d{6}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return parse_day(normalise_width(text)) if text else None


def is_formula_text(value: CellValue) -> bool:
    """True for text that a spreadsheet would run as a formula when the table is opened again (公式注入)."""
    if not isinstance(value, str) or not _DANGEROUS.match(value):
        return False
    return not _HARMLESS.fullmatch(normalise_width(value))


def column_letters(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """A → 0, AA → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
