"""Records and releases as other rooms see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class RecordInfo:
    """Where a record stands. `content_sha256` is what a signature given now would be bound to."""

    id: int
    org_code: str
    section_code: str
    title: str
    kind: str
    state: str
    version: int
    index_number: str | None
    path: str | None
    live: bool
    release_id: int | None
    sequence: int
    formed_date: date | None
    catalogue_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """One publication or withdrawal; `payload` is None once erased. `published_at` is aware."""

    id: int
    record_id: int
    org_code: str
    kind: Literal["publish", "withdraw"]
    sequence: int
    sha256: str
    published_at: datetime
    payload: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class WaitingInfo:
    """A record that waits for somebody's step, with what is left of the step's time in words.

    `due_date` is the day by which it must be public, None once it was; `light` that of the step: late, near, fine or empty.
    """

    record_id: int
    title: str
    step: str
    due_date: date | None
    light: str = ""
