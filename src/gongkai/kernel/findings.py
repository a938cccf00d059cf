"""One finding (检查发现): what was seen, where, how serious, how to mend it. Shared by every room that checks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How serious a finding is; the order of the members is the order of gravity, gravest first."""

    BLOCK = "block"
    REVIEW = "review"
    WARN = "warn"
    INFO = "info"

    @property
    def rank(self) -> int:
        """Return 0 for the gravest severity, 3 for the mildest."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """A place in a document that breaks a rule, or may break it.

    `span` counts Unicode code points, half-open, within `part`; None when the finding is about the whole part.
    `matched` of personal data is already masked unless the caller asked otherwise.
    `replacement` is the exact text that repairs the span when the repair is certain, else None.
    `confidence` lies in 0..1. `basis` names the rule's legal or trade source.
    """

    detector: str
    rule_version: str
    part: str
    span: tuple[int, int] | None
    matched: str
    severity: Severity
    confidence: float
    suggestion: str
    basis: str
    replacement: str | None = None
    message: str = ""

    @property
    def is_blocking(self) -> bool:
        """Tell whether the document must not go out with this finding."""
        return self.severity is Severity.BLOCK
