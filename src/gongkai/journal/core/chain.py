"""The hash chain (哈希链): each seal holds the hash of its entry and of the seal before it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from gongkai.journal.core.canonical import canonical_json

GENESIS = "0" * 64
"""What stands as `prev` in the first seal."""

ENTRY_COLUMNS = (
    "id",
    "name",
    "org",
    "subject",
    "on",
    "at",
    "actor_kind",
    "actor_user_id",
    "actor_role",
    "actor_on_behalf_of",
    "body",
)


def seal_hash(*, seq: int, entry: Mapping[str, Any], prev: str) -> str:
    """Return the SHA-256 over all columns of the entry, its place in the chain and the seal before it.

    `entry` maps each of ENTRY_COLUMNS to its value; `body` is the stored text itself, so that a change of its
    spelling is seen too.
    """
    sealed = {"entry": {column: entry[column] for column in ENTRY_COLUMNS}, "prev": prev, "seq": seq}
    return hashlib.sha256(canonical_json(sealed).encode()).hexdigest()
