"""All text detectors (文字检查器): importing this package registers them."""

from gongkai.guard.detectors import (
    addresses,
    bank_cards,
    document_numbers,
    identity,
    masked_numbers,
    person_lists,
    personal_marks,
    persons_health,
    secrecy,
    telephones,
)

__all__ = [
    "addresses",
    "bank_cards",
    "document_numbers",
    "identity",
    "masked_numbers",
    "person_lists",
    "personal_marks",
    "persons_health",
    "secrecy",
    "telephones",
]
