"""The one error of this room: what a command cannot do."""

from __future__ import annotations

import errno


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


def as_full_disk(error: BaseException) -> CommandFailed | None:
    """Return what to say when an error comes from a full disk, whichever part met it first; None for any other error."""
    number = getattr(error, "errno", None)
    if number not in {errno.ENOSPC, errno.EDQUOT} and "disk is full" not in str(error):
        return None
    return CommandFailed(
        "disk_full",
        "磁盘已满，没有做成；已有的数据和网页不受影响，没有留下写了一半的",
        where=str(getattr(error, "filename", "") or ""),
        remedy="请腾出空间再做一次；没上网的由后台任务接着做",
    )
