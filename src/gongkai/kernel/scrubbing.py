"""Scrubbing personal data (个人信息) from log lines and stored error texts: numbers long enough to be somebody's go."""

from __future__ import annotations

import logging
import re
from datetime import date

# 18 or 15 digit identity numbers, 11 digit mobiles, 13 to 19 digit cards; the last digits stay so that lines can be told apart.
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])(\d{11,18}[\dXx]?)(?![0-9A-Za-z])")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


def scrub(text: str) -> str:
    """Return the text with long numbers and e-mail addresses masked."""
    return _EMAIL.sub("***@***", _LONG_NUMBER.sub(lambda m: f"{'*' * (len(m[1]) - 2)}{m[1][-2:]}", text))


_DIGIT_RUN = re.compile(r"(?<![0-9A-Za-z])(?:1[3-9]\d{9}|\d{17}[\dXx])(?![0-9A-Za-z])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _is_identity_number(text: str) -> bool:
    """Tell whether 18 characters are an identity number by birth date and check digit (GB 11643)."""
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    return (
        "10X98765432"[sum(int(d) * w for d, w in zip(text, _WEIGHTS, strict=False)) % 11] == text[17].upper()
    )


def holds_personal_number(text: str) -> bool:
    """Tell whether a text holds a mobile number or a valid identity number standing alone between other signs."""
    return any(len(m[0]) == 11 or _is_identity_number(m[0]) for m in _DIGIT_RUN.finditer(text))


class ScrubPersonalData(logging.Filter):
    """Logging filter that scrubs the finished message; it never drops a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the record's message by its scrubbed form."""
        record.msg, record.args = scrub(record.getMessage()), ()
        return True
