"""The error of this room: what cannot be done to a plan, task or order."""

from __future__ import annotations


class SupervisionRefused(ValueError):
    """An act is refused; `code` is stable, the other three are Chinese sentences for the person."""

    def __init__(self, code: str, message: str, *, where: str = "", remedy: str = "") -> None:
        self.code, self.message, self.where, self.remedy = code, message, where, remedy
        super().__init__(f"{message}；{remedy}" if remedy else message)
