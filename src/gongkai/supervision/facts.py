"""Facts of the supervision room (监督考核的事实): plans, orders, assessment, meetings, training, circulars, surveys."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from gongkai.journal.facts import Code, Fact, Sha256


class PlanImported(Fact, name="supervision.PlanImported"):
    """A work plan was imported (导入计划)."""

    year: int
    tasks: int
    source_sha256: Sha256


class TaskConfirmed(Fact, name="supervision.TaskConfirmed"):
    """Owner, deadline and duty of a task were confirmed by a person (确认任务)."""

    plan: Code
    owner: Code
    deadline_kind: Code
    due: date | None = None
    duty: Code | None = None
    proof: Code | None = None


class TaskAdded(Fact, name="supervision.TaskAdded"):
    """A person added a task to a plan by hand (新增任务)."""

    plan: Code


class EvidenceAttached(Fact, name="supervision.EvidenceAttached"):
    """Evidence was attached to a task (挂证据): `ref` names it, `sha256` is that of a file or release."""

    plan: Code
    evidence_kind: Code
    ref: Code
    sha256: Sha256 | None = None
    owner: Code | None = None


class TaskClosed(Fact, name="supervision.TaskClosed"):
    """A task was closed on its evidence (办结)."""

    plan: Code
    evidence: int
    in_time: bool
    owner: Code | None = None


class TaskReopened(Fact, name="supervision.TaskReopened"):
    """A closed task was opened again (重新办理)."""

    plan: Code


class TaskDropped(Fact, name="supervision.TaskDropped"):
    """A line of the plan was found to be no task (不作为任务)."""

    plan: Code


class TaskRestored(Fact, name="supervision.TaskRestored"):
    """A dropped line is a task again (恢复)."""

    plan: Code


class OrderIssued(Fact, name="supervision.OrderIssued"):
    """A supervision order was sent to its owner (下发督办单)."""

    number: Code
    owner: Code
    due: date
    task: Code | None = None


class OrderSignedFor(Fact, name="supervision.OrderSignedFor"):
    """The owner signed for the order (签收)."""

    number: Code
    owner: Code | None = None


class OrderReplied(Fact, name="supervision.OrderReplied"):
    """The owner replied (回复)."""

    number: Code
    in_time: bool
    owner: Code | None = None


class OrderSentBack(Fact, name="supervision.OrderSentBack"):
    """The reply was not enough (退回)."""

    number: Code
    owner: Code | None = None


class OrderClosed(Fact, name="supervision.OrderClosed"):
    """Another person verified the reply and closed the order (核验销号)."""

    number: Code
    in_time: bool
    owner: Code | None = None


class OrderExtended(Fact, name="supervision.OrderExtended"):
    """The one extension was given (延期)."""

    number: Code
    due: date
    owner: Code | None = None


class OrderEscalated(Fact, name="supervision.OrderEscalated"):
    """An overdue order was taken one level up (升级): 1 circular, 2 talk."""

    number: Code
    level: int
    owner: Code | None = None


class EscalationPutOff(Fact, name="supervision.EscalationPutOff"):
    """A person did not take a proposal to escalate up (暂不升级); `proposed` is 0 order, 1 circular, 2 talk."""

    proposed: int
    owner: Code | None = None


class OrderCancelled(Fact, name="supervision.OrderCancelled"):
    """The order was taken back (撤销)."""

    number: Code
    owner: Code | None = None


class EvidencePackMade(Fact, name="supervision.EvidencePackMade"):
    """An evidence pack of a plan was handed out (导出证据包)."""

    sha256: Sha256
    tasks: int
    pieces: int


class IndicatorSystemSet(Fact, name="supervision.IndicatorSystemSet"):
    """A version of the indicators came into force (启用指标体系)."""

    version: int
    sha256: Sha256
    indicators: int


class AssessmentComputed(Fact, name="supervision.AssessmentComputed"):
    """An assessment was folded (考核运算); `head` is the newest seal it rests on."""

    year: int
    system_version: int
    targets: int
    head_seq: int
    head: Sha256 | None = None


class ValueGiven(Fact, name="supervision.ValueGiven"):
    """A person gave a value that no fact tells (填报); without `value` it does not apply."""

    target: Code
    value_name: Code
    value: Decimal | None = None
    how: Code = "given"


class MarkGiven(Fact, name="supervision.MarkGiven"):
    """A veto was established or a bonus given (一票否决、加分); `times` 0 takes it back."""

    target: Code
    kind: Code
    code: Code
    times: int


class AssessmentAnnounced(Fact, name="supervision.AssessmentAnnounced"):
    """An assessment was shown to the assessed (公示)."""

    year: int
    appeal_until: date


class AppealLodged(Fact, name="supervision.AppealLodged"):
    """The assessed appealed against an indicator (申诉)."""

    run: Code
    target: Code
    indicator: Code


class AppealDecided(Fact, name="supervision.AppealDecided"):
    """An appeal was decided (申诉处理)."""

    run: Code
    target: Code
    indicator: Code
    upheld: bool


class AssessmentFrozen(Fact, name="supervision.AssessmentFrozen"):
    """An assessment became final (定案); `sha256` is over scores, values, appeals."""

    year: int
    sha256: Sha256
    targets: int
    replaces: Code | None = None


class OrganisationAssessed(Fact, name="supervision.OrganisationAssessed"):
    """The final score of one organisation (考核得分), two decimals; `satisfaction` where the survey counted."""

    run: Code
    year: int
    level: Code
    total: Decimal
    satisfaction: Decimal | None = None


class MeetingNoticed(Fact, name="supervision.MeetingNoticed"):
    """The notice of a meeting went out (会议通知)."""

    kind: Code
    held_on: date


class MeetingHeld(Fact, name="supervision.MeetingHeld"):
    """A meeting was held and its minutes are there (会议召开)."""

    kind: Code
    decisions: int
    minutes_sha256: Sha256


class MeetingCancelled(Fact, name="supervision.MeetingCancelled"):
    """A meeting was called off (会议取消)."""

    kind: Code


class DecisionTaken(Fact, name="supervision.DecisionTaken"):
    """A decision of a meeting became a task (议定事项转任务)."""

    task: Code
    owner: Code
    due: date


class TrainingHeld(Fact, name="supervision.TrainingHeld"):
    """A training was held (培训)."""

    topic: Code
    audience: Code
    attended: int


class RecruitEnrolled(Fact, name="supervision.RecruitEnrolled"):
    """A new civil servant was entered (登记新录用人员); `on` is the day of joining."""

    owner: Code


class RecruitTrained(Fact, name="supervision.RecruitTrained"):
    """A new civil servant was trained (新录用人员培训)."""

    training: Code
    owner: Code


class CircularIssued(Fact, name="supervision.CircularIssued"):
    """A monthly circular was issued (印发通报)."""

    year: int
    month: int
    sha256: Sha256
    problems: int


class CircularDrafted(Fact, name="supervision.CircularDrafted"):
    """A circular went on its way to the public, as a record (通报转公开稿)."""

    record: int


class ResponsibilityOpened(Fact, name="supervision.ResponsibilityOpened"):
    """A matter of responsibility was opened (责任追究立项)."""

    number: Code
    target: Code
    ground: Code
    order: Code | None = None


class ResponsibilityHeard(Fact, name="supervision.ResponsibilityHeard"):
    """The unit was heard (听取陈述)."""

    number: Code
    target: Code


class ResponsibilityDecided(Fact, name="supervision.ResponsibilityDecided"):
    """A measure was decided (责任追究决定)."""

    number: Code
    target: Code
    measure: Code


class ResponsibilityRevoked(Fact, name="supervision.ResponsibilityRevoked"):
    """The matter was revoked (撤销责任追究)."""

    number: Code
    target: Code


class SurveyOpened(Fact, name="supervision.SurveyOpened"):
    """A survey began with its design frozen (开始调查)."""

    year: int
    units: int
    quota: int
    design_sha256: Sha256


class TokensIssued(Fact, name="supervision.TokensIssued"):
    """Answering codes were printed for one stratum (发放答题码)."""

    stratum: int
    tokens: int


class SurveyClosed(Fact, name="supervision.SurveyClosed"):
    """A survey was closed (调查截止)."""

    answers: int


class SurveyCancelled(Fact, name="supervision.SurveyCancelled"):
    """A survey was called off (取消调查)."""

    answers: int


class SurveyReported(Fact, name="supervision.SurveyReported"):
    """A survey was reported (调查报告): `sha256` is over its whole result."""

    year: int
    units: int
    answers: int
    sha256: Sha256


class HospitalSurveyed(Fact, name="supervision.HospitalSurveyed"):
    """The index of one institution (机构满意度), 0 to 100 with its confidence interval; `org` is the institution."""

    survey: Code
    year: int
    level: int
    answers: int
    score: Decimal
    low: Decimal
    high: Decimal
