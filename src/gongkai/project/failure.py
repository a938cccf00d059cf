"""The one error of this room: what a command cannot do."""

from __future__ import annotations


class CommandFailed(Exception):
    """A command cannot do what was asked: what, where, remedy (Chinese), a code for programs, and the exit code."""

    def __init__(
        self, code: str, message: str, *, where: str = "", remedy: str = "", exit_code: int = 1
    ) -> None:
        self.code, self.message, self.where, self.remedy, self.exit_code = (
            code,
            message,
            where,
            remedy,
            exit_code,
        )
        super().__init__(message)
