"""Fingerprints of a record's text: 64-bit hashes of short pieces (shingles). They recognise a copy and cannot be turned back into text.

A piece is the twelve letters that follow a mark of punctuation or stand at the beginning of a line; white space and marks are left out, so that
another lay-out of the same words gives the same pieces.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gongkai.portal.core.blocks import plain_text
from gongkai.portal.core.values import Card

LENGTH = 12
_LETTERS = re.compile(r"[^\W_]+")
_ANCHOR = re.compile(r"(?:^|[^\w\s])\s*(?=\w)", re.M)
_WINDOW = 60


def pieces(text: str) -> Iterator[str]:
    """Return the pieces of a text, in order."""
    for match in _ANCHOR.finditer(text):
        window = "".join(_LETTERS.findall(text[match.end() : match.end() + _WINDOW]))[:LENGTH]
        if len(window) == LENGTH:
            yield window


def print_of(piece: str) -> int:
    """Return the 64-bit hash of a piece."""
    return int.from_bytes(hashlib.blake2b(piece.encode(), digest_size=8).digest(), "big")


def prints_of(text: str) -> set[int]:
    """Return the hashes of all pieces of a text."""
    return {print_of(piece) for piece in pieces(text)}


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of a withdrawn record: hashes of its text, its page's path, the paths and hashes of its files.

    `short_title`: the title is too short for a piece, so whole short lines are compared as well.
    """

    record_id: int
    path: str
    prints: frozenset[int]
    files: tuple[tuple[str, str], ...]
    short_title: bool = False


def short_lines(text: str) -> Iterator[str]:
    """Return the lines of four letters to one less than a piece, without white space and marks."""
    for line in text.splitlines():
        letters = "".join(_LETTERS.findall(line))
        if 4 <= len(letters) < LENGTH:
            yield letters


def fingerprint_of(card: Card, payload: dict[str, Any]) -> Fingerprint:
    """Return the fingerprint of a published record, its attachments' text included."""
    text = "\n".join(
        [plain_text(payload), *(str(a.get("text") or "") for a in payload.get("attachments") or ())]
    )
    prints = prints_of(text)
    titles = list(short_lines(card.title))
    prints.update(print_of(title) for title in titles)
    return Fingerprint(card.record_id, card.path, frozenset(prints), card.files, bool(titles))


def remember(db: sqlite3.Connection, card: Card, payload: dict[str, Any]) -> None:
    """Keep the fingerprint of a record that is about to be withdrawn (inside the caller's transaction)."""
    found = fingerprint_of(card, payload)
    packed = struct.pack(f">{len(found.prints)}Q", *sorted(found.prints))
    files = json.dumps({"files": found.files, "short_title": found.short_title})
    db.execute(
        "INSERT OR REPLACE INTO fingerprint VALUES (?,?,?,?,?)",
        (card.release_id, card.record_id, card.path, packed, files),
    )


def recall(db: sqlite3.Connection, record_id: int) -> Fingerprint | None:
    """Return everything kept of a record, all its withdrawn releases together; None when it never was withdrawn here."""
    rows = db.execute(
        "SELECT path, prints, files FROM fingerprint WHERE record_id=? ORDER BY release_id", (record_id,)
    ).fetchall()
    if not rows:
        return None
    prints = {n for row in rows for (n,) in struct.iter_unpack(">Q", row[1])}
    kept = [json.loads(row[2]) for row in rows]
    files = {(a, b) for one in kept for a, b in one["files"]}
    return Fingerprint(
        record_id,
        rows[-1][0],
        frozenset(prints),
        tuple(sorted(files)),
        any(one["short_title"] for one in kept),
    )
