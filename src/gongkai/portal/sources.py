"""Where releases come from: a small protocol, so that the builder runs on the real records room and on generated ones alike."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from gongkai.portal.core.values import Release, canonical_json


class ReleaseSource(Protocol):
    """The releases of an installation."""

    def current(self) -> Iterator[Release]:
        """Return the newest release of every record, in order of the record's first release."""

    def get(self, release_id: int) -> Release:
        """Return one release."""

    def open_file(self, sha256: str) -> BinaryIO:
        """Open a published attachment or image."""


class Spool:
    """Payloads of one build in one file, so that rendering processes read them without a database."""

    def __init__(self, path: Path, index: dict[int, tuple[int, int]] | None = None) -> None:
        self.path = path
        self.index: dict[int, tuple[int, int]] = index if index is not None else {}
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._end = 0

    def put(self, record_id: int, payload: dict[str, Any]) -> None:
        """Add a payload."""
        body = canonical_json(payload)
        os.pwrite(self._handle, body, self._end)
        self.index[record_id] = (self._end, len(body))
        self._end += len(body)

    def get(self, record_id: int, release_id: int = 0) -> dict[str, Any]:
        """Return the payload of a record."""
        offset, length = self.index[record_id]
        found: dict[str, Any] = json.loads(os.pread(self._handle, length, offset))
        return found

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)
