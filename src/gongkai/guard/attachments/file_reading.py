"""Reading a file in a bounded process (读取文件) and judging an upload before it is stored."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gongkai.guard.attachments.isolation import Outcome, run_job
from gongkai.guard.attachments.kinds import NAMES, sniff
from gongkai.guard.attachments.limits import DEFAULT_LIMITS, MEGABYTE, Limits
from gongkai.guard.attachments.names import name_findings
from gongkai.guard.attachments.rules import load_rules
from gongkai.guard.attachments.spool import load_findings, load_parts
from gongkai.guard.parts import Part
from gongkai.kernel.findings import Finding


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
            findings.append(stopped_finding(outcome, name, limits))
        parts = load_parts(folder)
        kind, media_type = "unknown", "application/octet-stream"
        if (folder / "kind").exists():
            known = json.loads((folder / "kind").read_text(encoding="utf-8"))
            kind, media_type = known["kind"], known["media_type"]
    return ReadResult(kind, parts, findings, media_type)


def stopped_finding(outcome: Outcome, name: str, limits: Limits) -> Finding:
    """Return the finding for a bounded process that did not come to its end."""
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
