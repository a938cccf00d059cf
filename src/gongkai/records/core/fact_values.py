"""Which of our texts may stand in a fact (事实): codes only, never prose."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gongkai.kernel.scrubbing import holds_personal_number

_CODE = re.compile(r"[A-Za-z0-9_.:/-]{1,120}")


def as_code(text: str | None) -> str | None:
    """Return the text when it is a code, else None (an index number with Chinese letters, say)."""
    if text and _CODE.fullmatch(text) and not holds_personal_number(text):
        return text
    return None


def as_codes(texts: Iterable[str]) -> tuple[str, ...]:
    """Return those of the texts that are codes."""
    return tuple(code for text in texts if (code := as_code(text)) is not None)
