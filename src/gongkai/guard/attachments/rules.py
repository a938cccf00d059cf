"""The attachment rules as data (附件检查规则), read from regulations/guard/attachments.yaml."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from gongkai.kernel.findings import Finding, Severity
from gongkai.kernel.regulations import read_yaml, regulations_dir


@dataclass(frozen=True, slots=True)
class Rule:
    """One detector: default severity, severities of its variants, what to do about it."""

    id: str
    what: str
    severity: Severity
    remedy: str
    basis: str
    confidence: float
    unreadable: bool = False
    variants: dict[str, Severity] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AttachmentRules:
    """All attachment rules with their version and the lists that go with them."""

    version: str
    rules: dict[str, Rule]
    publishable: frozenset[str]
    suffixes: dict[str, tuple[str, ...]]
    dangerous_suffixes: frozenset[str]
    litter: tuple[str, ...]

    def finding(
        self,
        detector: str,
        part: str,
        message: str,
        *,
        matched: str = "",
        variant: str | None = None,
        span: tuple[int, int] | None = None,
        confidence: float | None = None,
        suggestion: str | None = None,
    ) -> Finding:
        """Make a finding of `detector`; `variant` picks the severity that the rule file gives for that case."""
        rule = self.rules[detector]
        severity = rule.severity if variant is None else rule.variants.get(variant, rule.severity)
        return Finding(
            detector=detector,
            rule_version=self.version,
            part=part,
            span=span,
            matched=matched,
            severity=severity,
            confidence=rule.confidence if confidence is None else confidence,
            suggestion=suggestion or rule.remedy,
            basis=rule.basis,
            message=message,
        )


def _rule(row: dict[str, Any]) -> Rule:
    return Rule(
        id=row["id"],
        what=row["what"],
        severity=Severity(row["severity"]),
        remedy=row["remedy"],
        basis=row["basis"],
        confidence=float(row["certainty"]),
        unreadable=bool(row.get("unreadable", False)),
        variants={key: Severity(value) for key, value in (row.get("variants") or {}).items()},
    )


@lru_cache(maxsize=1)
def load_rules() -> AttachmentRules:
    """Read and check the rule file; raises KeyError or ValueError when a field is missing or a severity unknown."""
    data = read_yaml(regulations_dir() / "guard" / "attachments.yaml")
    rules = {row["id"]: _rule(row) for row in data["detectors"]}
    return AttachmentRules(
        version=f"{data['id']}@{data['version']}",
        rules=rules,
        publishable=frozenset(data["publishable"]),
        suffixes={key: tuple(value) for key, value in data["suffixes"].items()},
        dangerous_suffixes=frozenset(data["dangerous_suffixes"]),
        litter=tuple(data["litter"]),
    )
