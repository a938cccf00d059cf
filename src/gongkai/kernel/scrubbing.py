"""Scrubbing personal data (个人信息) from log lines and stored error texts: numbers long enough to be somebody's go."""

from __future__ import annotations

import logging
import re

# 18 or 15 digit identity numbers, 11 digit mobiles, 13 to 19 digit cards; the last digits stay so that lines can be told apart.
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])(\d{11,18}[\dXx]?)(?![0-9A-Za-z])")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


def scrub(text: str) -> str:
    """Return the text with long numbers and e-mail addresses masked."""
    return _EMAIL.sub("***@***", _LONG_NUMBER.sub(lambda m: f"{'*' * (len(m[1]) - 2)}{m[1][-2:]}", text))


class ScrubPersonalData(logging.Filter):
    """Logging filter that scrubs the finished message; it never drops a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the record's message by its scrubbed form."""
        record.msg, record.args = scrub(record.getMessage()), ()
        return True
