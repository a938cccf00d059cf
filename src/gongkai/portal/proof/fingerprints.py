"""Fingerprints of a record's text: 64-bit hashes of every run of twelve letters, and of whole short lines.

They recognise a copy and cannot be turned back into text. White space, marks and mark-up are left out, so that another lay-out of the same words gives
the same runs. A file is sampled at every sixth letter: any copied stretch of seventeen letters or more holds a sampled run.
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
from zlib import crc32

from gongkai.portal.core.blocks import plain_text
from gongkai.portal.core.values import Card

LENGTH = 12
STRIDE = 6
SHORT = LENGTH + STRIDE
_WIDTH = 4  # bytes a letter in UTF-32
_NOT_LETTERS = re.compile(r"[\W_]+")


def letters_of(text: str) -> str:
    """Return the letters and digits of a text, nothing else."""
    return _NOT_LETTERS.sub("", text)


def print_of(run: bytes) -> int:
    """Return the 64-bit hash of a run (UTF-32): a fast half to sieve with, a strong half to be sure."""
    return crc32(run) << 32 | int.from_bytes(hashlib.blake2b(run, digest_size=4).digest(), "big")


def runs(letters: str, step: int = 1) -> Iterator[bytes]:
    """Return the runs of twelve letters, beginning at every `step`-th letter."""
    packed = letters.encode("utf-32-le", "surrogatepass")
    for i in range(0, len(packed) - LENGTH * _WIDTH + 1, step * _WIDTH):
        yield packed[i : i + LENGTH * _WIDTH]


def short_lines(text: str) -> Iterator[bytes]:
    """Return the letters of the lines of four to seventeen letters."""
    for line in text.splitlines():
        if len(line) < 80:
            letters = letters_of(line)
            if 4 <= len(letters) < SHORT:
                yield letters.encode("utf-32-le", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of a withdrawn record: hashes of its text, its page's path, the paths and hashes of its files."""

    record_id: int
    path: str
    prints: frozenset[int]
    files: tuple[tuple[str, str], ...]


def prints_of(text: str) -> set[int]:
    """Return every hash of a text: all runs of each line, and its short lines whole."""
    found = {print_of(run) for line in text.splitlines() for run in runs(letters_of(line))}
    found.update(print_of(line) for line in short_lines(text))
    return found


def fingerprint_of(card: Card, payload: dict[str, Any]) -> Fingerprint:
    """Return the fingerprint of a published record, its attachments' text included."""
    text = "\n".join(
        [plain_text(payload), *(str(a.get("text") or "") for a in payload.get("attachments") or ())]
    )
    return Fingerprint(card.record_id, card.path, frozenset(prints_of(text)), card.files)


class Sieve:
    """Finds the prints of a fingerprint in texts; what is public elsewhere by right can be taken out of the evidence."""

    def __init__(self, prints: frozenset[int]) -> None:
        self.evidence = set(prints)
        self._fast = {p >> 32 for p in prints}

    def hits(self, text: str) -> set[int]:
        """Return the evidence found in a text, sampled."""
        return self._sure(runs(letters_of(text), STRIDE)) | self._sure(short_lines(text))

    def forgive(self, text: str) -> None:
        """Take everything this text holds out of the evidence: it is public by right."""
        self.evidence -= self._sure(runs(letters_of(text))) | self._sure(short_lines(text))
        self._fast = {p >> 32 for p in self.evidence}

    def _sure(self, found: Iterator[bytes]) -> set[int]:
        fast = self._fast
        return {p for run in found if crc32(run) in fast and (p := print_of(run)) in self.evidence}


def remember(db: sqlite3.Connection, card: Card, payload: dict[str, Any]) -> None:
    """Keep the fingerprint of a record that is about to be withdrawn (inside the caller's transaction)."""
    found = fingerprint_of(card, payload)
    packed = struct.pack(f">{len(found.prints)}Q", *sorted(found.prints))
    row = (card.release_id, card.record_id, card.path, packed, json.dumps(found.files))
    db.execute("INSERT OR REPLACE INTO fingerprint VALUES (?,?,?,?,?)", row)


def recall(db: sqlite3.Connection, record_id: int) -> Fingerprint | None:
    """Return everything kept of a record, all its withdrawn releases together; None when it never was withdrawn here."""
    rows = db.execute(
        "SELECT path, prints, files FROM fingerprint WHERE record_id=? ORDER BY release_id", (record_id,)
    ).fetchall()
    if not rows:
        return None
    prints = {n for row in rows for (n,) in struct.iter_unpack(">Q", row[1])}
    files = {(a, b) for row in rows for a, b in json.loads(row[2])}
    return Fingerprint(record_id, rows[-1][0], frozenset(prints), tuple(sorted(files)))
