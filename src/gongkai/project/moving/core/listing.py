"""The list that is signed (迁移清单): one digest for all listed contents, and the pages each signer has to open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

SAMPLE_AT_LEAST, SAMPLE_SHARE, SAMPLE_AT_MOST = 5, 100, 30


def list_digest(listed: Mapping[int, str] | Iterable[tuple[int, str]]) -> str:
    """Return the SHA-256 of the lines `record sha256`, in order of the records."""
    pairs = listed.items() if isinstance(listed, Mapping) else listed
    digest = sha256()
    for record_id, content in sorted(pairs):
        digest.update(f"{record_id} {content}\n".encode("ascii"))
    return digest.hexdigest()


def sample_size(count: int) -> int:
    """Return how many pages a signer opens: one in a hundred, at least 5, at most 30, never more than there are."""
    return min(count, max(SAMPLE_AT_LEAST, min(SAMPLE_AT_MOST, -(-count // SAMPLE_SHARE))))


def sample_of(record_ids: Iterable[int], digest: str) -> list[int]:
    """Return the records of the sample: nobody chooses them, and anybody can choose them again from the digest of the list."""
    ids = list(record_ids)
    ranked = sorted(ids, key=lambda number: sha256(f"{digest}:{number}".encode("ascii")).digest())
    return sorted(ranked[: sample_size(len(ids))])
