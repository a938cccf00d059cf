"""Signed heads (封存头): what the chain looked like at a moment, signed with Ed25519 so that others can keep it."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gongkai.journal.core.canonical import canonical_json


@dataclass(frozen=True, slots=True)
class Head:
    """One published head: the seal `seq` (of entry `entry`) had `hash` at the moment `at` (ISO text).

    `previous` is the sequence number of the head published before, 0 for the first.
    """

    seq: int
    entry: int
    hash: str
    at: str
    previous: int
    key: str
    signature: str

    def document(self) -> dict[str, Any]:
        """Return the head as the published file holds it."""
        return {**_signed_part(self), "key": self.key, "signature": self.signature}


def _signed_part(head: Head) -> dict[str, Any]:
    return {
        "schema": 1,
        "seq": head.seq,
        "entry": head.entry,
        "hash": head.hash,
        "at": head.at,
        "previous": head.previous,
    }


def key_id(public: Ed25519PublicKey) -> str:
    """Return a short name of a public key: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public.public_bytes_raw()).hexdigest()[:16]


def sign_head(secret: bytes, *, seq: int, entry: int, hash: str, at: str, previous: int) -> Head:
    """Return the signed head; `secret` is the 32-byte seed of an Ed25519 key."""
    private = Ed25519PrivateKey.from_private_bytes(secret)
    unsigned = Head(seq, entry, hash, at, previous, key_id(private.public_key()), "")
    signature = private.sign(canonical_json(_signed_part(unsigned)).encode())
    return Head(seq, entry, hash, at, previous, unsigned.key, base64.b64encode(signature).decode())


def read_head(document: Mapping[str, Any]) -> Head:
    """Return the head of a published file; raises ValueError when the file does not have the shape of one."""
    try:
        return Head(
            int(document["seq"]),
            int(document["entry"]),
            str(document["hash"]),
            str(document["at"]),
            int(document["previous"]),
            str(document["key"]),
            str(document["signature"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("不是一份完整的封存头") from error


def is_signed_by(head: Head, public: Ed25519PublicKey) -> bool:
    """Tell whether the head bears a valid signature of this key."""
    try:
        public.verify(
            base64.b64decode(head.signature, validate=True), canonical_json(_signed_part(head)).encode()
        )
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def public_key(secret: bytes) -> Ed25519PublicKey:
    """Return the public half of the signing key."""
    return Ed25519PrivateKey.from_private_bytes(secret).public_key()
