"""The findings beside the editor (检查发现)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail.admin.ui.side_panels import BaseSidePanel

from gongkai.records.core.errors import BadInput
from gongkai.records.models import Record, RecordState
from gongkai.records.services.checking import Concern, concerns, place_label, stored_findings
from gongkai.records.services.content import draft_of

SEVERITY_LABELS = {"block": "拦截", "review": "请判断", "warn": "应改", "info": "提示"}


class FindingRow:
    """One finding as a template reads it."""

    def __init__(self, concern: Concern) -> None:
        finding = concern.finding
        self.key = concern.key
        self.severity = finding.severity.value
        self.severity_label = SEVERITY_LABELS[self.severity]
        self.place = place_label(finding.part)
        self.matched = finding.matched
        self.message = finding.message or finding.suggestion
        self.suggestion = finding.suggestion if finding.message else ""
        self.basis = finding.basis
        self.replacement = finding.replacement
        self.is_open = concern.is_open
        self.waived_by = concern.waived_by
        self.reason = concern.reason
        self.may_waive = concern.may_waive
        self.needed_before = concern.needed_before


def finding_rows(state: RecordState, record: Record | None = None) -> list[FindingRow]:
    """Return the findings of the newest text, gravest first; checked afresh if this text never was."""
    draft = draft_of(state, record)
    keyed = stored_findings(state.record_id, draft.sha256)
    if keyed is None:
        return []
    rows = [FindingRow(concern) for concern in concerns(state.record_id, keyed)]
    order = list(SEVERITY_LABELS)
    return sorted(rows, key=lambda row: (row.waived_by is not None, order.index(row.severity)))


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
