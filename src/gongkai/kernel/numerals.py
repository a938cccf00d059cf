"""Chinese numerals and the heading marks of official documents (中文数字与层次序数)."""

from __future__ import annotations

import re

_DIGITS = "零一二三四五六七八九"
_FORMAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_BIG_UNITS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_TENS = {"廿": 20, "卅": 30, "卌": 40}
_VALUES = {
    **{char: value for value, char in enumerate(_DIGITS)},
    **{char: value for value, char in enumerate(_FORMAL_DIGITS)},
    "〇": 0,
    "○": 0,
    "两": 2,
    "兩": 2,
    "貳": 2,
    "參": 3,
    "叄": 3,
    "陸": 6,
}
NUMERAL_CHARACTERS = "".join([*_VALUES, *_UNITS, *_BIG_UNITS, *_TENS])
_LIMIT = 10**12

# The marks of the four levels; the text is width-normalised before matching, so half and full width are one.
_COUNTED = "零〇一二三四五六七八九十百两廿卅"
_HEADINGS = (
    (1, re.compile(rf"([{_COUNTED}]{{1,6}})、")),
    (2, re.compile(rf"\(\s*([{_COUNTED}]{{1,6}})\s*\)[、.]?")),
    (3, re.compile(r"(\d{1,3})(?:\.(?!\d)|\.(?=(?:19|20)\d\d年)|、(?!\d+(?:[、和及或至~-]|$)))")),
    (4, re.compile(r"\(\s*(\d{1,3})\s*\)[、.]?")),
)
_WIDTH = {0x3000: 0x20, **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}}


class NumeralError(ValueError):
    """The text is not a Chinese numeral, or the number cannot be written as one."""


def normalise_width(text: str) -> str:
    """Turn full-width letters, digits, signs and spaces into half-width ones (全角转半角), character for character.

    The length stays the same, so offsets hold. Chinese signs without a half-width twin (、。〔〕《》) stay as they are.
    """
    return text.translate(_WIDTH)


def to_chinese(number: int, *, formal: bool = False) -> str:
    """Write a number in Chinese (数字转中文): 10 is 十, 103 is 一百零三; `formal` gives 壹拾 (大写). 0 ≤ number < 10¹²."""
    if not 0 <= number < _LIMIT:
        raise NumeralError(f"数字 {number} 超出可写成中文的范围（0 至 9999 亿）")
    digits = _FORMAL_DIGITS if formal else _DIGITS
    if number == 0:
        return digits[0]
    text = ""
    for unit, word in ((100_000_000, "亿"), (10_000, "万"), (1, "")):
        group, number = divmod(number, unit)
        if group:
            if text and (group < 1000 or text.endswith(digits[0])):
                text = text.rstrip(digits[0]) + digits[0]
            text += _four_digits(group, digits, formal) + word
        elif text and number and not text.endswith(digits[0]):
            text += digits[0]
    return text[1:] if not formal and text.startswith("一十") else text


def from_chinese(text: str) -> int:
    """Read a Chinese numeral (中文转数字): 二十一, 一百零三, 两千, 廿三, 壹拾, and digit by digit 二〇二四.

    Raises:
        NumeralError: anything that is not one whole numeral.
    """
    if not text:
        raise NumeralError("没有内容，不是中文数字")
    if all(char in _VALUES for char in text):
        return int("".join(str(_VALUES[char]) for char in text))
    total, last_unit = 0, 1
    rest = text
    for word, unit in (("亿億", 100_000_000), ("万萬", 10_000)):
        head, sign, tail = _split_at(rest, word)
        if sign:
            if not head:
                raise NumeralError(f"“{text}”不是中文数字")
            total += _below_ten_thousand(head, text) * unit
            rest, last_unit = tail, unit
    if any(char in _BIG_UNITS for char in rest):
        raise NumeralError(f"“{text}”不是中文数字")
    if last_unit > 1 and len(rest) == 1 and _VALUES.get(rest):
        return total + _VALUES[rest] * (last_unit // 10)  # 一万五 is spoken for 15000, 一万零五 is 10005
    return total + (_below_ten_thousand(rest, text) if rest else 0)


def heading_level(line: str) -> tuple[int, str, str] | None:
    """Recognise the heading mark at the start of a line (层次序数): 一、 is 1, （一） 2, 1. 3, (1) 4.

    Returns level, mark and the rest of the line, both as written; None for a line without mark, such as 「1.5亿元」,
    「2020.1.1」 or 「按照(一)项」. A mark must start the line; white space before it is ignored.
    """
    start = len(line) - len(line.lstrip())
    plain = normalise_width(line)
    for level, pattern in _HEADINGS:
        match = pattern.match(plain, start)
        if match is None:
            continue
        if level <= 2 and not _is_ordinal(match[1]):
            return None
        return level, line[start : match.end()], line[match.end() :].strip()
    return None


def heading_number(marker: str) -> int:
    """Return the number in a heading mark (序号): 3 for 「（三）」, 12 for 「12.」. Raises NumeralError for anything else."""
    core = normalise_width(marker).strip(" ()、.")
    return int(core) if core.isascii() and core.isdigit() else from_chinese(core)


def _is_ordinal(text: str) -> bool:
    try:
        return from_chinese(text) >= 1
    except NumeralError:
        return False


def _four_digits(number: int, digits: str, formal: bool) -> str:
    units = (
        (1000, "仟" if formal else "千"),
        (100, "佰" if formal else "百"),
        (10, "拾" if formal else "十"),
        (1, ""),
    )
    text, gap = "", False
    for unit, word in units:
        digit, number = divmod(number, unit)
        if digit:
            text += (digits[0] if gap and text else "") + digits[digit] + word
            gap = False
        else:
            gap = True
    return text


def _split_at(text: str, signs: str) -> tuple[str, str, str]:
    for sign in signs:
        if sign in text:
            return text.partition(sign)
    return "", "", text


def _below_ten_thousand(text: str, whole: str) -> int:
    """Read up to four places; the units must fall, and a lone last digit after 百, 千 is its ones only behind 零."""
    total, digit, last_unit, zero = 0, None, 10_000, False
    for char in text:
        if char in _VALUES and _VALUES[char] == 0:
            if digit is not None:
                raise NumeralError(f"“{whole}”不是中文数字")
            zero = True
        elif char in _VALUES:
            if digit is not None:
                raise NumeralError(f"“{whole}”不是中文数字")
            digit = _VALUES[char]
        elif char in _TENS:
            if digit is not None or last_unit <= 10:
                raise NumeralError(f"“{whole}”不是中文数字")
            total, last_unit, zero = total + _TENS[char], 10, False
        elif char in _UNITS:
            unit = _UNITS[char]
            if unit >= last_unit or (digit is None and (unit != 10 or total)):
                raise NumeralError(f"“{whole}”不是中文数字")
            total += (1 if digit is None else digit) * unit
            digit, last_unit, zero = None, unit, False
        else:
            raise NumeralError(f"“{whole}”不是中文数字")
    if digit is None:
        if zero:
            raise NumeralError(f"“{whole}”不是中文数字")
        return total
    # 一百五 is spoken for 150, 一百零五 is 105.
    return total + digit * (last_unit // 10 if 10 < last_unit < 10_000 and not zero else 1)
