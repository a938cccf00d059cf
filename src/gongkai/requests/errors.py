"""What can go wrong in the requests room; each says what, where and what to do."""

from __future__ import annotations


class RequestError(Exception):
    """Base of the room's refusals."""

    code = "requests.refused"

    def __init__(self, message: str, *, where: str = "", remedy: str = "", code: str = "") -> None:
        self.message, self.where, self.remedy = message, where, remedy
        self.code = code or self.code
        super().__init__("；".join(part for part in (message, where, remedy) if part))


class Refused(RequestError, ValueError):
    """The act does not fit the case as it stands."""


class NoSuchCase(RequestError, LookupError):
    """No case has this number, or it is not for this person: the answer is the same."""

    code = "requests.no_such_case"


class SubmissionInvalid(RequestError, ValueError):
    """A request cannot be taken like this; `faults` holds field → what to mend."""

    code = "requests.submission_invalid"

    def __init__(self, faults: dict[str, str]) -> None:
        self.faults = faults
        super().__init__("申请填写有误", where="、".join(faults), remedy="；".join(faults.values()))


class TooMany(RequestError):
    """Too many tries from one place in a short time."""

    code = "requests.too_many"
