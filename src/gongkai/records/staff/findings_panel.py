"""The findings beside the editor (检查发现)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpRequest
from wagtail.admin.ui.side_panels import BaseSidePanel

from gongkai.records.core.errors import BadInput
from gongkai.records.core.places import place_label
from gongkai.records.models import Record, RecordState
from gongkai.records.services.checking import Concern, concerns, guard_parts, stored_findings
from gongkai.records.services.content import Draft, draft_of
from gongkai.records.services.repair import is_repairable

SEVERITY_LABELS = {"block": "拦截", "review": "请判断", "warn": "应改", "info": "提示"}
_AROUND = 12


class FindingRow:
    """One finding as a template reads it; `number` ties it to its mark in the text."""

    def __init__(self, concern: Concern, text: str) -> None:
        finding = concern.finding
        self.number = 0
        self.key = concern.key
        self.detector = finding.detector
        self.part = finding.part
        self.span = finding.span
        self.severity = finding.severity.value
        self.severity_label = SEVERITY_LABELS[self.severity]
        self.place = place_label(finding.part)
        self.matched = finding.matched
        self.message = finding.message or finding.suggestion
        self.suggestion = finding.suggestion if finding.message else ""
        self.basis = finding.basis
        self.replacement = finding.replacement
        self.sureness = f"{finding.confidence:.0%}"
        self.is_open = concern.is_open
        self.waived_by = concern.waived_by
        self.reason = concern.reason
        self.may_waive = concern.may_waive
        self.needed_before = concern.needed_before
        self.is_marked = bool(text) and finding.span is not None
        self.is_repairable = is_repairable(finding) and not self.waived_by
        self.alike = 0
        start, end = finding.span or (0, 0)
        self.old = text[start:end]
        self.before, self.after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]


def finding_rows(state: RecordState, record: Record | None = None) -> list[FindingRow]:
    """Return the findings of the newest text, gravest first; none when this text was never checked."""
    return rows_of(state, draft_of(state, record))


def rows_of(state: RecordState, draft: Draft) -> list[FindingRow]:
    """Return the findings of a draft, gravest first, numbered from 1."""
    keyed = stored_findings(state.record_id, draft.sha256)
    if keyed is None:
        return []
    texts = {part.name: part.text for part in guard_parts(draft.payload)}
    rows = [
        FindingRow(concern, texts.get(concern.finding.part, ""))
        for concern in concerns(state.record_id, keyed)
    ]
    order = list(SEVERITY_LABELS)
    rows.sort(key=lambda row: (row.waived_by is not None, order.index(row.severity)))
    alike = Counter(row.detector for row in rows if row.is_repairable)
    for number, row in enumerate(rows, 1):
        row.number = number
        if row.is_repairable:
            row.alike = max(alike.pop(row.detector, 0), 0)
    return rows


class FindingsSidePanel(BaseSidePanel):
    """What the check found in the saved text, with place and remedy."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        """The button that opens the panel, with the number of open findings."""

        aria_label = "检查发现"
        icon_name = "warning"

        def get_context_data(self, parent_context: Any) -> dict[str, Any]:
            """Count what is open."""
            context = super().get_context_data(parent_context)
            context["count"] = sum(row.is_open and not row.waived_by for row in self.panel.rows)
            return context

    name = "findings"
    title = "检查发现"
    template_name = "records/findings_panel.html"
    order = 50

    def __init__(self, record: Record, request: HttpRequest, state: RecordState) -> None:
        super().__init__(record, request)
        self.state = state
        try:
            self.rows = finding_rows(state)
            self.problem = ""
        except BadInput as error:
            self.rows, self.problem = [], f"{error.message}。{error.remedy}。"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Hand the rows to the template."""
        context = super().get_context_data(parent_context)
        return {**context, "rows": self.rows, "problem": self.problem, "state": self.state}
