"""Failures of this room as a person reads them: what happened, where, what to do."""

from __future__ import annotations


class RecordError(Exception):
    """Something could not be done to a record. `code` is stable, the other three are Chinese text."""

    def __init__(self, *, code: str, message: str, where: str, remedy: str) -> None:
        super().__init__(f"{where}：{message}。{remedy}")
        self.code, self.message, self.where, self.remedy = code, message, where, remedy


class StepRefused(RecordError):
    """The verb cannot be done in the record's state, or a condition of the verb does not hold."""


class ContentChanged(RecordError):
    """What was signed, shown or edited is not what the record holds now."""


class SeparationBroken(RecordError):
    """The same person would act twice, or an author would sign their own text."""


class FindingsOpen(RecordError):
    """The check found something that must be repaired or waived first; `keys` names the findings."""

    def __init__(self, *, keys: tuple[str, ...], message: str, where: str, remedy: str) -> None:
        super().__init__(code="findings_open", message=message, where=where, remedy=remedy)
        self.keys = keys


class NotFound(RecordError):
    """No such record, release, finding or file."""


class BadInput(RecordError):
    """What was given cannot be taken: a wrong value, an unreadable file, an unknown code."""
