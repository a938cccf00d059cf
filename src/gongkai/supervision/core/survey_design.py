"""The frozen design of a survey (调查设计): questionnaires and method as they were when it opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gongkai.kernel.rules import build
from gongkai.supervision.core.survey import Method, Questionnaire


def questionnaire_of(design: Mapping[str, Any], service: str) -> Questionnaire:
    """Return the questionnaire of a service. Raises LookupError, RuleError."""
    for raw in design["questionnaires"]:
        if raw["id"] == service:
            return build(Questionnaire, raw, file="调查设计", rule_id=service)
    raise LookupError(f"调查设计里没有“{service}”的问卷")


def method_of(design: Mapping[str, Any]) -> Method:
    """Return the method. Raises RuleError."""
    return build(Method, design["method"], file="调查设计", rule_id="method")
