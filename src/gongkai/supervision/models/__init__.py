"""Storage of the supervision room: plans and orders, assessment, governance, surveys."""

from gongkai.supervision.models.assessment import (
    Appeal,
    AssessmentResult,
    AssessmentRun,
    AssessmentValue,
    BonusGiven,
    IndicatorSystem,
    VetoMark,
)
from gongkai.supervision.models.governance import (
    Circular,
    EscalationPutOff,
    EvidencePack,
    Meeting,
    MeetingDecision,
    Recruit,
    ResponsibilityRecord,
    Training,
)
from gongkai.supervision.models.plans import Evidence, OrderStep, Plan, SupervisionOrder, Task
from gongkai.supervision.models.surveys import (
    SurveyAnswer,
    SurveyRound,
    SurveyStratum,
    SurveyToken,
    SurveyTry,
    SurveyUnit,
)

__all__ = [
    "Appeal",
    "AssessmentResult",
    "AssessmentRun",
    "AssessmentValue",
    "BonusGiven",
    "Circular",
    "EscalationPutOff",
    "Evidence",
    "EvidencePack",
    "IndicatorSystem",
    "Meeting",
    "MeetingDecision",
    "OrderStep",
    "Plan",
    "Recruit",
    "ResponsibilityRecord",
    "SupervisionOrder",
    "SurveyAnswer",
    "SurveyRound",
    "SurveyStratum",
    "SurveyToken",
    "SurveyTry",
    "SurveyUnit",
    "Task",
    "Training",
    "VetoMark",
]
