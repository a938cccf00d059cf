"""The proof of a withdrawal: what is left, where, and how it was recognised."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Leftover:
    where: str


def prove(*a, **k):
    return []
