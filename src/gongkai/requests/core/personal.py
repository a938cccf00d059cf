"""Sealing personal data: SM4-GCM with a random nonce, and a keyed SM3 digest to find a person again (个人信息加密).

Keys are passed in; where they live is not known here.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_VERSION = b"\x01"
_NONCE_BYTES, _TAG_BYTES = 12, 16


class SealBroken(ValueError):
    """The sealed bytes were changed, cut, or sealed with another key or for another owner."""


def seal(values: Mapping[str, str], *, key: bytes, owner: str) -> bytes:
    """Return `values` sealed for `owner` (such as `request:12`); the same bytes under another owner cannot be opened."""
    plain = json.dumps(dict(values), ensure_ascii=False, sort_keys=True).encode()
    return seal_bytes(plain, key=key, owner=owner)


def open_sealed(data: bytes, *, key: bytes, owner: str) -> dict[str, str]:
    """Return what was sealed; raises SealBroken."""
    return {str(k): str(v) for k, v in json.loads(open_bytes(data, key=key, owner=owner)).items()}


def seal_bytes(plain: bytes, *, key: bytes, owner: str) -> bytes:
    """Seal any bytes; see `seal`."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    encryptor = Cipher(algorithms.SM4(key[:16]), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(owner.encode())
    body = encryptor.update(plain) + encryptor.finalize()
    return _VERSION + nonce + encryptor.tag + body


def open_bytes(data: bytes, *, key: bytes, owner: str) -> bytes:
    """Open sealed bytes; raises SealBroken."""
    head = len(_VERSION) + _NONCE_BYTES + _TAG_BYTES
    if len(data) < head or data[:1] != _VERSION:
        raise SealBroken("加密内容已损坏，无法解开")
    nonce, tag = data[1 : 1 + _NONCE_BYTES], data[1 + _NONCE_BYTES : head]
    decryptor = Cipher(algorithms.SM4(key[:16]), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(owner.encode())
    try:
        return decryptor.update(data[head:]) + decryptor.finalize()
    except InvalidTag:
        raise SealBroken("加密内容已损坏，或不属于这个案卷，无法解开") from None


def lookup(kind: str, value: str, *, key: bytes) -> str:
    """Return the keyed SM3 digest of a value, by which equal values are found without being read."""
    digest = hmac.HMAC(key, hashes.SM3())
    digest.update(f"{kind}\x00{value}".encode())
    return digest.finalize().hex()
