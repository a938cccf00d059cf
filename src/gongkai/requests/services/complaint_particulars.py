"""What is sealed of a complaint (申诉中加密的内容): who complained, what they wrote, what they were told, the letter."""

from __future__ import annotations

from gongkai.requests.core.personal import open_sealed
from gongkai.requests.letters.content import LetterContent
from gongkai.requests.models import Complaint
from gongkai.requests.services.keys import sealing_key


def particulars_of(row: Complaint) -> dict[str, str]:
    """Return what was sealed; empty once erased."""
    return _opened(bytes(row.sealed), row)


def answer_of(row: Complaint) -> str:
    """Return the answer in words; empty before it was given and once erased."""
    return _opened(bytes(row.sealed_answer), row).get("answer", "")


def letter_of(row: Complaint) -> LetterContent | None:
    """Return the letter as it was sent; None before the answer, once erased, and for answers from before there were letters."""
    text = _opened(bytes(row.sealed_answer), row).get("letter", "")
    return LetterContent.from_json(text) if text else None


def _opened(sealed: bytes, row: Complaint) -> dict[str, str]:
    return open_sealed(sealed, key=sealing_key(), owner=row.subject) if sealed else {}
