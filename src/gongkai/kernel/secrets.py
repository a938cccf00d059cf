"""The keys of this home (密钥): made once, readable by the owner only, kept outside database and backup."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

KEY_NAMES = ("django", "identity-sm4", "identity-sm3")


def read_or_make_key(folder: Path, name: str, *, size_bytes: int = 32) -> bytes:
    """Return the key `name`, making it on first use.

    Two processes that start at once agree on one key: the file is linked into place, the loser reads the winner's.
    """
    path = folder / f"{name}.key"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(secrets.token_bytes(size_bytes))
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
    return path.read_bytes()
