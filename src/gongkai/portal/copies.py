"""Attachments and images: copied into the tree under their SHA-256, gone when no published record holds them."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

from gongkai.portal.sources import ReleaseSource
from gongkai.portal.tree import Stage
from gongkai.portal.workers import Rendered


def copy_file(
    db: sqlite3.Connection, source: ReleaseSource, public: Path, spec: str, stage: Stage
) -> Rendered:
    """Stage an attachment or image named by `copy|path`, unless its content is already in place; nothing when no record holds it any more."""
    path = spec.partition("|")[2]
    row = db.execute("SELECT sha256 FROM copied WHERE path=? LIMIT 1", (path,)).fetchone()
    if row is None:
        return Rendered(spec, (), (), ())
    target = public / path
    if target.is_file() and _sha256_of(target) == row[0]:
        return Rendered(spec, ((path, row[0], target.stat().st_size),), (), ())
    with source.open_file(row[0]) as stream:
        item = stage.copy(path, stream, row[0])
    return Rendered(spec, ((path, row[0], item.size),), (item,), ())


def _sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
