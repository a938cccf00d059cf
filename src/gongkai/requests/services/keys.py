"""The keys of this home that seal and find personal data (密钥)."""

from __future__ import annotations

from django.conf import settings

from gongkai.kernel.secrets import read_or_make_key


def sealing_key() -> bytes:
    """Return the SM4 key of this home."""
    return read_or_make_key(settings.ENVIRONMENT.secret_dir, "identity-sm4")


def lookup_key() -> bytes:
    """Return the key of the SM3 digests of this home; outside database and backup."""
    return read_or_make_key(settings.ENVIRONMENT.secret_dir, "identity-sm3")


def challenge_key() -> bytes:
    """Return the key that marks the tasks given to browsers (工作量证明)."""
    return read_or_make_key(settings.ENVIRONMENT.secret_dir, "counter-challenge")
