"""Check digits of the numbers that Chinese papers carry. Input is ASCII, without separators."""

from __future__ import annotations

from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUE = {char: value for value, char in enumerate(_CREDIT_ALPHABET)}
_CREDIT_WEIGHTS = tuple(pow(3, power, 31) for power in range(17))
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)


def is_identity_number(value: str) -> bool:
    """Tell whether 18 characters pass the check digit of GB 11643-1999."""
    if len(value) != 18 or not value[:17].isascii() or not value[:17].isdigit():
        return False
    total = sum(int(char) * weight for char, weight in zip(value, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[total % 11] == value[17].upper()


def is_credit_code(value: str) -> bool:
    """Tell whether 18 characters pass the check character of GB 32100-2015 (统一社会信用代码)."""
    if len(value) != 18 or any(char not in _CREDIT_VALUE for char in value):
        return False
    total = sum(_CREDIT_VALUE[char] * weight for char, weight in zip(value, _CREDIT_WEIGHTS, strict=False))
    return _CREDIT_ALPHABET[(31 - total % 31) % 31] == value[17]


def is_organisation_code(value: str) -> bool:
    """Tell whether 9 characters pass the check character of GB 11714 (组织机构代码)."""
    if len(value) != 9 or any(char not in _CREDIT_VALUE and char not in "IOSVZ" for char in value):
        return False
    total = sum(int(char, 36) * weight for char, weight in zip(value, _ORG_WEIGHTS, strict=False))
    check = 11 - total % 11
    return {10: "X", 11: "0"}.get(check, str(check)) == value[8]


def passes_luhn(value: str) -> bool:
    """Tell whether a string of digits passes the Luhn check of bank cards."""
    if not value.isascii() or not value.isdigit():
        return False
    total = 0
    for place, char in enumerate(reversed(value)):
        digit = int(char)
        if place % 2:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return total % 10 == 0


def birth_date(eight: str, *, latest_year: int = 2100) -> date | None:
    """Return the date written as yyyymmdd when it can be a birth date (1900 on), else None."""
    try:
        born = date(int(eight[:4]), int(eight[4:6]), int(eight[6:8]))
    except ValueError:
        return None
    return born if 1900 <= born.year <= latest_year else None


def is_short_birth_date(six: str) -> bool:
    """Tell whether six digits are a date yymmdd of the twentieth century."""
    try:
        date(1900 + int(six[:2]), int(six[2:4]), int(six[4:6]))
    except ValueError:
        return False
    return True
