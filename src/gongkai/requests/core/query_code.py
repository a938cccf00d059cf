"""The query code of an applicant (查询码): random, shown once, stored as a digest."""

from __future__ import annotations

import hashlib
import hmac
import secrets

_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 signs without 0, 1, I and O: five bits each


def make_code(size_bytes: int = 20) -> str:
    """Return a new code in groups of four; at least 128 random bits."""
    if size_bytes < 16:
        raise ValueError("查询码不得少于 128 位")
    count = -(-size_bytes * 8 // 5)
    signs = "".join(secrets.choice(_SIGNS) for _ in range(count))
    return "-".join(signs[n : n + 4] for n in range(0, count, 4))


def normalise_code(text: str) -> str:
    """Return a typed code as it was issued: capitals, no spaces or dashes, look-alikes mended (0→O is not a sign: dropped)."""
    return "".join(sign for sign in text.upper() if sign in _SIGNS)


def code_digest(code: str) -> str:
    """Return the SHA-256 that is stored; the code has enough randomness of its own, so no salt."""
    return hashlib.sha256(normalise_code(code).encode()).hexdigest()


def fits(code: str, digest: str) -> bool:
    """Compare in constant time; an empty digest (erased case) never fits."""
    return bool(digest) and hmac.compare_digest(code_digest(code), digest)
