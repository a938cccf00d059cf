"""One way to write a payload as bytes (规范化), so that one SHA-256 stands for one content."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

#: parts of a payload that publication itself adds or that other records change; no signature can cover them
UNSIGNED_KEYS = frozenset({"published_at", "first_published_at", "interpreted_by", "history"})


def canonical_text(value: Any) -> str:
    """Write plain JSON with sorted keys and without spaces; NaN and infinities raise ValueError."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(value: Any) -> str:
    """Return the SHA-256, in hexadecimal, of the canonical form in UTF-8."""
    return sha256(canonical_text(value).encode("utf-8")).hexdigest()


def signed_part(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a signature covers: the payload without `UNSIGNED_KEYS`."""
    return {key: value for key, value in payload.items() if key not in UNSIGNED_KEYS}


def content_digest(
    payload: Mapping[str, Any], *, change: str, change_note: str, beside: Mapping[str, Any] | None = None
) -> str:
    """Return the hash that reviews are bound to: the signed part plus the kind of change and its public note.

    `beside` is what is signed together with the content without being public, such as the interpretation plan; empty adds nothing.
    """
    signed: dict[str, Any] = {"payload": signed_part(payload), "change": change, "change_note": change_note}
    return digest({**signed, "beside": dict(beside)} if beside else signed)


def clean_text(text: str) -> str:
    """Drop what no reader sees and no database keeps: control characters (tab and line feed stay) and lone surrogates.

    Full-width and half-width forms are left as written.
    """
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
