"""A finding as plain JSON, for what is checked in one place and stored in another."""

from __future__ import annotations

from typing import Any

from gongkai.kernel.findings import Finding, Severity


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain values; `replacement` stands there only when the repair is sure."""
    plain = {
        "detector": finding.detector,
        "rule_version": finding.rule_version,
        "part": finding.part,
        "span": list(finding.span) if finding.span else None,
        "matched": finding.matched,
        "severity": finding.severity.value,
        "confidence": finding.confidence,
        "suggestion": finding.suggestion,
        "basis": finding.basis,
        "message": finding.message,
    }
    return plain if finding.replacement is None else {**plain, "replacement": finding.replacement}


def finding_from_json(item: dict[str, Any], within: str = "") -> Finding:
    """Return a finding as it was stored; `within` is the file that its part is in."""
    span = item.get("span")
    return Finding(
        detector=item["detector"],
        rule_version=item["rule_version"],
        part=f"{within}>{item['part']}" if within else item["part"],
        span=tuple(span) if span else None,
        matched=item["matched"],
        severity=Severity(item["severity"]),
        confidence=item["confidence"],
        suggestion=item["suggestion"],
        basis=item["basis"],
        replacement=item.get("replacement"),
        message=item.get("message", ""),
    )
