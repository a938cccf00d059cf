"""What can go wrong with a report (年报的拒绝): what happened, where, what to do."""

from __future__ import annotations


class ReportRefused(ValueError):
    """The act is refused; `code` for programs, the rest for people."""

    def __init__(self, code: str, message: str, *, where: str = "", remedy: str = "") -> None:
        self.code, self.message, self.where, self.remedy = code, message, where, remedy
        super().__init__(f"{message}；{remedy}" if remedy else message)
