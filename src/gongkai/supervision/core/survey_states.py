"""Where a satisfaction survey stands (满意度调查的状态)."""

from __future__ import annotations

from enum import StrEnum

from gongkai.kernel.machine import Table, Transition

BASIS = "本系统默认：先设计、再发码、到期关闭、核查后报告"


class SurveyState(StrEnum):
    """Where a survey stands."""

    DESIGN = "design"
    OPEN = "open"
    CLOSED = "closed"
    REPORTED = "reported"
    CANCELLED = "cancelled"


SURVEY_LABELS = {
    SurveyState.DESIGN: "设计中", SurveyState.OPEN: "进行中", SurveyState.CLOSED: "已截止，待报告", SurveyState.REPORTED: "已报告",
    SurveyState.CANCELLED: "已取消",
}  # fmt: skip
SURVEYS: Table = (
    Transition("open", (SurveyState.DESIGN,), SurveyState.OPEN, "manage", ("independent", "has_quota"), "SurveyOpened", BASIS),
    Transition("issue", (SurveyState.OPEN,), None, "manage", ("not_of_the_surveyed",), "TokensIssued", BASIS),
    Transition("close", (SurveyState.OPEN,), SurveyState.CLOSED, "manage", (), "SurveyClosed", BASIS),
    Transition(
        "report", (SurveyState.CLOSED,), SurveyState.REPORTED, "supervise", ("not_of_the_surveyed",), "SurveyReported", BASIS
    ),
    Transition("cancel", (SurveyState.DESIGN, SurveyState.OPEN), SurveyState.CANCELLED, "manage", ("reason_given",), "SurveyCancelled", BASIS),
)  # fmt: skip
