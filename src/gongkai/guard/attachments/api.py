"""The door of the attachment checks (附件检查的门): read, judge, clean and redact files. No Django, no clock.

Everything hostile is read in a separate process with bounded memory and time. What cannot be read is itself a blocking
finding (`file.unreadable`, `file.overrun`); nothing here raises for a strange file.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gongkai.guard.attachments.isolation import Outcome, run_job
from gongkai.guard.attachments.kinds import MEDIA_TYPES, NAMES, FileKind, sniff
from gongkai.guard.attachments.limits import DEFAULT_LIMITS, MEGABYTE, Limits
from gongkai.guard.attachments.names import name_findings
from gongkai.guard.attachments.rules import load_rules
from gongkai.guard.attachments.spool import load_findings, load_parts
from gongkai.guard.parts import Part
from gongkai.kernel.findings import Finding

__all__ = [
    "DEFAULT_LIMITS",
    "MEDIA_TYPES",
    "NAMES",
    "FileKind",
    "Limits",
    "Part",
    "ReadResult",
    "as_attachment_finding",
    "check_upload",
    "is_unreadable",
    "read",
    "rules_version",
    "sniff",
]


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What is in a file. `kind` is a key of NAMES; `parts` may live on disk and is read one at a time when iterated."""

    kind: str
    parts: Sequence[Part]
    findings: list[Finding]
    media_type: str

    @property
    def unreadable(self) -> bool:
        """Tell whether something in the file could not be read (the command then exits with 2)."""
        return is_unreadable(self.findings)


def rules_version() -> str:
    """Return id and version of the attachment rules, as findings carry it."""
    return load_rules().version


def is_unreadable(findings: Iterable[Finding]) -> bool:
    """Tell whether one of the findings says that a file, or a part of it, could not be read."""
    rules = load_rules().rules
    return any(finding.detector in rules and rules[finding.detector].unreadable for finding in findings)


def read(path: Path | str, *, limits: Limits = DEFAULT_LIMITS, name: str | None = None) -> ReadResult:
    """Read a file of any kind: what the reader sees, what is hidden, and what stops it. Never raises for file content.

    `name` is the name its owner gave it (default: that of `path`); it is checked too and becomes the part `filename`.
    """
    path = Path(path)
    name = path.name if name is None else name
    with tempfile.TemporaryDirectory(prefix="gongkai-guard-") as made:
        folder = Path(made)
        outcome = run_job("read", folder, limits, path=str(path.resolve()), name=name)
        findings = load_findings(folder)
        if not outcome.is_done:
            findings.append(_stopped(outcome, name, limits))
        parts = load_parts(folder)
        kind_file = folder / "kind"
        kind = (
            json.loads(kind_file.read_text(encoding="utf-8"))
            if kind_file.exists()
            else {"kind": "unknown", "media_type": "application/octet-stream"}
        )
    return ReadResult(kind["kind"], parts, findings, kind["media_type"])


def _stopped(outcome: Outcome, name: str, limits: Limits) -> Finding:
    rules = load_rules()
    if outcome.state == "time":
        return rules.finding("file.overrun", "text", f"“{name}”读取超过 {limits.wall_seconds:g} 秒，没有读完")
    if outcome.state == "memory":
        return rules.finding(
            "file.overrun", "text", f"“{name}”读取时内存超过 {limits.memory_bytes // MEGABYTE} MB，没有读完"
        )
    return rules.finding("file.unreadable", "text", f"“{name}”使读取程序中断，文件可能已损坏或有害")


def check_upload(path: Path | str, name: str) -> list[Finding]:
    """Check an upload quickly by content and name, before it is stored: kind, password, macros, disguise, danger.

    Kinds outside the list `publishable` of the rule file are refused. A full reading is `read`.
    """
    rules = load_rules()
    try:
        kind = sniff(Path(path))
    except OSError as error:
        return [
            rules.finding(
                "file.unreadable", "text", f"“{name}”打不开（{error.strerror or type(error).__name__}）"
            )
        ]
    findings = name_findings(rules, name, kind)
    if kind.encrypted:
        findings.append(
            rules.finding("file.unreadable", "text", f"“{name}”设有打开口令，无法检查；请去掉口令后再上传")
        )
    elif kind.kind == "empty":
        findings.append(rules.finding("file.unreadable", "text", f"“{name}”是空文件（0 字节）"))
    elif kind.kind not in rules.publishable and kind.kind != "exe":
        findings.append(
            rules.finding("file.unreadable", "text", f"“{name}”是{kind.name}，不能作附件发布；请改用常用格式")
        )
    if kind.also:
        others = "、".join(NAMES.get(other, other) for other in kind.also)
        findings.append(
            rules.finding("file.disguised", "text", f"“{name}”是{kind.name}，同时又能当作{others}打开")
        )
    if kind.macros:
        findings.append(rules.finding("att.macro", "text", f"“{name}”带有宏（程序代码），打开时可能运行"))
    return findings


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
    severity = min(rule.severity, finding.severity, key=lambda value: -value.rank)
    return replace(
        finding,
        detector=detector,
        rule_version=rules_version(),
        severity=severity,
        suggestion=rule.remedy,
        message=message,
        replacement=None,
    )
