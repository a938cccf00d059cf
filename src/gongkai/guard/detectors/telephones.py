"""Telephone numbers (电话号码): personal mobiles and home telephones; numbers that the office itself made public are left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gongkai.guard.core.labels import label_kind
from gongkai.guard.core.lexicon import Lexicon
from gongkai.guard.core.masking import mask
from gongkai.guard.core.numbers import Number
from gongkai.guard.core.persons import leading_name
from gongkai.guard.core.reading import PartReading, Reading
from gongkai.guard.core.registry import Hit, detector

_LENGTHS = (11, 13, 15)
_MOBILE = re.compile(r"(?:(?:00)?86)?(1[3-9][0-9]{9})")
_SHAPES = {
    (3, 4, 4),
    (3, 8),
    (7, 4),
    (3, 3, 5),
    (4, 4, 3),
    (5, 6),
    (3, 5, 3),
    (4, 7),
    (3, 2, 6),
    (1, 4, 6),
    (3, 3, 3, 2),
}
_LANDLINE = re.compile(r"(?<![0-9])(?:[(（]?0[1-9][0-9]{1,2}[)）]?[- ]?)?[2-9][0-9]{6,7}(?![0-9])")
_HOME = re.compile(r"(?:家庭|住宅|家中|家里|私人)(?:的?联系|的?固定)?(?:电话|座机)|宅电|家电话")
_NOT_NUMBER_BEFORE = re.compile(r"[0-9A-Za-z][.\-_/]?$|[¥￥$No№.#]$")


@lru_cache(maxsize=8)
def _unit(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(r"\s?(?:" + lexicon.pattern("number_units") + r")|\.[0-9]|[A-Za-z_]")


@detector("pii.mobile")
def mobile_numbers(reading: Reading) -> Iterator[Hit]:
    """Find personal mobile numbers (个人手机号), also written apart or with +86."""
    for part in reading.parts:
        for number in part.numbers(_LENGTHS):
            found = _MOBILE.fullmatch(number.digits)
            if not found or found[1] in part.context.public_numbers:
                continue
            if _is_telephone(part, number):
                yield _mobile(part, number.start, number.end, found[1])
        for spelt in _IN_HAN.finditer(part.plain):
            digits = re.sub(r"[^0-9]", "", spelt[0].translate(_FROM_HAN))
            if _MOBILE.fullmatch(digits) and digits not in part.context.public_numbers:
                yield _mobile(part, *spelt.span(), digits)
        for odd in _ODDLY_APART.finditer(part.plain) if _MAY_BE_ODD.search(part.plain) else ():
            digits = re.sub(r"[^0-9]", "", odd[0])
            if digits not in part.context.public_numbers and not part.in_url(odd.start()):
                yield _mobile(part, *odd.span(), digits)


_HAN_DIGITS = "零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
_FROM_HAN = str.maketrans(_HAN_DIGITS, "00123456789" + "1123456789")
_IN_HAN = re.compile(
    rf"(?<![{_HAN_DIGITS}])[{_HAN_DIGITS}]{{3}}([、，,·\-—/. ])\s?[{_HAN_DIGITS}]{{4}}\1\s?[{_HAN_DIGITS}]{{4}}(?![{_HAN_DIGITS}])"
)
# set apart by marks that join no other number: (139)0001-2345, 139/0001/2345
_MAY_BE_ODD = re.compile(r"[/_~|,，)）][- ]?[0-9]{4}[/_~|,， -]?[0-9]{4}")
_ODDLY_APART = re.compile(
    r"[(（]1[3-9][0-9][)）][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9])|(?<![0-9./,_~|])1[3-9][0-9]([/_~|,，])[0-9]{4}\1[0-9]{4}(?![0-9./,_~|])"
)


def _mobile(part: PartReading, start: int, end: int, digits: str) -> Hit:
    return Hit(
        part,
        start,
        end,
        "个人手机号；确为对外公布的值班手机的，登记到公开号码白名单",
        replacement=mask("mobile", digits),
        confidence=0.97,
    )


_NUMBERED_HEADING = re.compile(r"(?:证|工|编|文|单|序|批|件|案|卡|索引|登记|许可|考)号$|编码$|代码$")


def _is_telephone(part: PartReading, number: Number) -> bool:
    if part.in_url(number.start) or _is_network_address(number):
        return False
    if len(number.shape) == len(number.digits) and number.alone:
        return True
    if _NUMBERED_HEADING.search(part.heading_at(number.start)):
        return False
    kind = label_kind(part, number.start)
    if kind in ("serial", "code", "amount", "bank") and not _says_telephone(part, number):
        return False
    if kind == "mobile":
        return number.is_whole or "." not in "".join(number.separators)
    before, after = part.before(number.start), part.after(number.end)
    unit = _unit(part.lexicon).match(after)
    if (unit and not _is_next_name(part, number.end)) or _glued(before):
        return False
    if number.is_whole:
        return True
    if number.shape in _SHAPES or (number.shape[0] in (2, 4) and number.shape[1:] in _SHAPES):
        return number.alone and len({mark.strip() for mark in number.separators}) == 1
    return set(number.shape) == {1} and number.alone


def _is_network_address(number: Number) -> bool:
    """Tell whether the digits are four dotted numbers of three digits at most: 192.168.100.21."""
    return len(number.shape) == 4 and set(number.separators) == {"."} and max(number.shape) <= 3


def _is_next_name(part: PartReading, place: int) -> bool:
    """Tell whether the next person of a list begins here: 13900001357张华 counts no sheets."""
    return leading_name(part.plain, part.lexicon, place, min(len(part.plain), place + 4)) is not None


def _says_telephone(part: PartReading, number: Number) -> bool:
    """Tell whether the words before say a telephone, or the number stands alone in brackets behind a name (向某（139…）)."""
    before = part.before(number.start, 14)
    bracketed = re.search(r"[\u4e00-\u9fff][（(]$", before) and part.after(number.end, 1) in "）)"
    return bool(bracketed) or re.search(r"(?:手机|电话|微信|联系)[^0-9]{0,8}$", before) is not None


_COUNTRY = re.compile(r"(?:[Tt][Ee][Ll]|[Pp]hone|(?<![0-9])(?:\+|00)?86)[-.: ]?$")
_OTHER_NUMBER = re.compile(r"(?<!手机)(?<!电话)(?<!微信)(?<!联系)[\u4e00-\u9fff]号[：:]\s?$")


def _glued(before: str) -> bool:
    """Tell whether the digits continue something else, or are said to be another kind of number (封条号：)."""
    if _OTHER_NUMBER.search(before):
        return True
    return _NOT_NUMBER_BEFORE.search(before) is not None and not _COUNTRY.search(before)


@detector("pii.landline_home")
def home_telephones(reading: Reading) -> Iterator[Hit]:
    """Find landline numbers said to be of a home (住宅电话)."""
    for part in reading.parts:
        for label in _HOME.finditer(part.plain):
            found = _LANDLINE.search(part.plain, label.end(), label.end() + 32)
            if found and "\n\n" not in part.plain[label.end() : found.start()]:
                yield Hit(
                    part,
                    *found.span(),
                    "标明是住宅电话",
                    replacement=mask("landline", found[0]),
                    confidence=0.9,
                )
