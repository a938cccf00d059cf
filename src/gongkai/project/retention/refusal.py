"""The refusal of this part of the house."""

from __future__ import annotations


class RetentionRefused(Exception):
    """A step of disposal that cannot be taken: code, message, where, remedy."""

    def __init__(self, code: str, message: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.where, self.remedy = code, message, where, remedy
