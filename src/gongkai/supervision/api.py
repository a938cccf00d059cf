"""The door of the supervision room (监督考核): plans, orders, assessment, meetings, training, circulars, surveys."""

from __future__ import annotations

from gongkai.supervision.core.duties import Duty, Offer, duties, offers_for
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.selectors import (
    TaskStanding,
    find_proof,
    list_orders,
    list_plans,
    list_standings,
    proof_key,
)
from gongkai.supervision.selectors_escalation import Proposal, list_proposals
from gongkai.supervision.selectors_governance import questions_of, results_of, strata_of, training_coverage
from gongkai.supervision.services.assess import announce_run, begin_run, compute_run, freeze_run
from gongkai.supervision.services.assess_by_hand import GivenValue, decide_appeal, give_values, lodge_appeal
from gongkai.supervision.services.attach_evidence import Offered, attach_evidence
from gongkai.supervision.services.change_task import TaskSettings, close_task, confirm_task
from gongkai.supervision.services.circulars import build_circular, draft_circular, issue_circular
from gongkai.supervision.services.escalation import put_off_escalation
from gongkai.supervision.services.evidence_pack import export_pack
from gongkai.supervision.services.import_plan import import_plan
from gongkai.supervision.services.indicator_systems import bring_into_force, new_version
from gongkai.supervision.services.meetings import (
    DecisionWords,
    MeetingWords,
    hold_meeting,
    notice_meeting,
    plan_meeting,
)
from gongkai.supervision.services.orders import (
    OrderWords,
    close_order,
    escalate_order,
    issue_order,
    reply_order,
    sign_for_order,
)
from gongkai.supervision.services.report_survey import report_survey
from gongkai.supervision.services.responsibility import (
    ResponsibilityWords,
    decide_responsibility,
    hear_responsibility,
    open_responsibility,
)
from gongkai.supervision.services.survey_tokens import answer as answer_survey
from gongkai.supervision.services.surveys import (
    StratumWords,
    SurveyWords,
    add_stratum,
    close_survey,
    design_survey,
    issue_tokens,
    open_survey,
)
from gongkai.supervision.services.training import TrainingWords, enrol_recruit, hold_training

__all__ = [
    "DecisionWords",
    "Duty",
    "GivenValue",
    "MeetingWords",
    "Offer",
    "Offered",
    "OrderWords",
    "Proposal",
    "ResponsibilityWords",
    "StratumWords",
    "SupervisionRefused",
    "SurveyWords",
    "TaskSettings",
    "TaskStanding",
    "TrainingWords",
    "add_stratum",
    "announce_run",
    "answer_survey",
    "attach_evidence",
    "begin_run",
    "bring_into_force",
    "build_circular",
    "close_order",
    "close_survey",
    "close_task",
    "compute_run",
    "confirm_task",
    "decide_appeal",
    "decide_responsibility",
    "design_survey",
    "draft_circular",
    "duties",
    "enrol_recruit",
    "escalate_order",
    "export_pack",
    "find_proof",
    "freeze_run",
    "give_values",
    "hear_responsibility",
    "hold_meeting",
    "hold_training",
    "import_plan",
    "issue_circular",
    "issue_order",
    "issue_tokens",
    "list_orders",
    "list_plans",
    "list_proposals",
    "list_standings",
    "lodge_appeal",
    "new_version",
    "notice_meeting",
    "offers_for",
    "open_responsibility",
    "open_survey",
    "plan_meeting",
    "proof_key",
    "put_off_escalation",
    "questions_of",
    "reply_order",
    "report_survey",
    "results_of",
    "sign_for_order",
    "strata_of",
    "training_coverage",
]
