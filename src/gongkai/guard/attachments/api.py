"""The door of the attachment checks (附件检查的门): read, judge, clean and redact files. No Django, no clock.

Everything hostile is done in a separate process with bounded memory and time. What cannot be read is itself a blocking
finding (`file.unreadable`, `file.overrun`); nothing here raises for a strange file.
"""

from __future__ import annotations

from dataclasses import replace

from gongkai.guard.attachments.clean_copy import CleanResult, clean, visible_text
from gongkai.guard.attachments.file_reading import ReadResult, check_upload, is_unreadable, read
from gongkai.guard.attachments.isolation import stop_workers
from gongkai.guard.attachments.kinds import MEDIA_TYPES, NAMES, FileKind, sniff
from gongkai.guard.attachments.limits import DEFAULT_LIMITS, Limits, Unreadable
from gongkai.guard.attachments.redacted_copy import RedactResult, find_boxes, page_png, redact_pdf
from gongkai.guard.attachments.redaction import Box
from gongkai.guard.attachments.rules import load_rules
from gongkai.guard.parts import Part
from gongkai.kernel.findings import Finding

__all__ = [
    "DEFAULT_LIMITS",
    "MEDIA_TYPES",
    "NAMES",
    "Box",
    "CleanResult",
    "FileKind",
    "Limits",
    "Part",
    "ReadResult",
    "RedactResult",
    "Unreadable",
    "as_attachment_finding",
    "check_upload",
    "clean",
    "find_boxes",
    "is_unreadable",
    "page_png",
    "read",
    "redact_pdf",
    "rules_version",
    "sniff",
    "stop_workers",
    "visible_text",
]


def rules_version() -> str:
    """Return id and version of the attachment rules, as findings carry it."""
    return load_rules().version


def as_attachment_finding(finding: Finding, part_kind: str) -> Finding:
    """Turn a finding of the text detectors (pii.*) in a name, an address or a recognised picture into its att.* finding.

    Other findings and other kinds of part come back unchanged.
    """
    detector = {"filename": "att.filename_pii", "url": "att.filename_pii", "ocr": "att.image_text_pii"}.get(
        part_kind
    )
    if detector is None or not finding.detector.startswith("pii."):
        return finding
    rule = load_rules().rules[detector]
    message = f"{rule.what}（{finding.detector}）" + (f"：{finding.message}" if finding.message else "")
    severity = max(rule.severity, finding.severity, key=lambda value: value.rank)
    return replace(
        finding,
        detector=detector,
        rule_version=rules_version(),
        severity=severity,
        suggestion=rule.remedy,
        message=message,
        replacement=None,
    )
