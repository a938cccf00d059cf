"""Days as official documents write them: 2021年1月15日, 二〇二〇年十二月三十一日, 2021-01-15."""

from __future__ import annotations

import re
from datetime import date

_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "○": 0,
    "Ｏ": 0,
    "O": 0,
    "0": 0,
    "◯": 0,
}
_CN_YEAR = r"[一二三四五六七八九〇零○ＯO◯]{4}"
_CN_SMALL = r"[一二三四五六七八九十〇零]{1,3}"
_S = r"[ \t　\xa0]*"
_DAY = (
    rf"(?:[\d０-９]{{4}}{_S}年{_S}[\d０-９]{{1,2}}{_S}月{_S}[\d０-９]{{1,2}}{_S}日"
    rf"|{_CN_YEAR}{_S}年{_S}{_CN_SMALL}{_S}月{_S}{_CN_SMALL}{_S}日"
    r"|\d{4}[-/.]\d{1,2}[-/.]\d{1,2})"
)
DAY_ONLY = re.compile(rf"[（(]?{_S}({_DAY}){_S}[)）]?")
DAY_AT_END = re.compile(rf"(?P<before>.*?){_S}(?P<day>{_DAY}){_S}$", re.DOTALL)


def _chinese_small(text: str) -> int:
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
    return int("".join(str(_DIGITS[c]) for c in text))


def parse_day(text: str) -> date | None:
    """This function will read one day in any of the usual forms; None if it is no day or not in the calendar."""
    found = DAY_ONLY.fullmatch(text.strip())
    if found is None:
        return None
    parts = [p for p in re.split(r"[年月日/.\-\s　]+", found.group(1)) if p]
    try:
        if parts[0][0].isdigit():
            year, month, day = (int(p) for p in parts)
        else:
            year = int("".join(str(_DIGITS[c]) for c in parts[0]))
            month, day = _chinese_small(parts[1]), _chinese_small(parts[2])
        return date(year, month, day)
    except (ValueError, KeyError, IndexError):
        return None
