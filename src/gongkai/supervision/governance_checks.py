"""What `journal verify` compares: assessments, meetings, training, responsibility, circulars and surveys with their facts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import Decimal

from gongkai.journal import api as journal
from gongkai.supervision.core.assessment_states import RUNS, AppealState, RunState
from gongkai.supervision.core.governance_states import (
    MEETINGS,
    RESPONSIBILITIES,
    MeetingState,
    ResponsibilityState,
)
from gongkai.supervision.core.indicator_system import content_digest
from gongkai.supervision.core.survey_states import SURVEYS, SurveyState
from gongkai.supervision.models import (
    Appeal,
    AssessmentRun,
    AssessmentValue,
    Circular,
    IndicatorSystem,
    Meeting,
    Recruit,
    ResponsibilityRecord,
    SurveyAnswer,
    SurveyRound,
    Training,
)
from gongkai.supervision.services.assess import run_digest
from gongkai.supervision.table_checks import by_subject, difference, facts_of, replay


def differences_in_assessments() -> Iterator[journal.Difference]:
    """Yield runs whose state or frozen content their facts do not bear out, and systems changed while in use."""
    sets = by_subject("IndicatorSystemSet")
    for system in IndicatorSystem.objects.exclude(state=IndicatorSystem.DRAFT).order_by("pk"):
        entries = sets.pop(f"indicators:{system.pk}", [])
        if not entries or not entries[-1].body["sha256"] == system.sha256 == content_digest(system.content):
            yield difference(
                "supervision_assessment", f"指标体系 {system.pk}", "启用之后内容被改动，或没有启用的事实"
            )
    appeals = by_subject("AppealLodged", "AppealDecided")
    facts = by_subject(
        "AssessmentComputed", "ValueGiven", "MarkGiven", "AssessmentAnnounced", "AssessmentFrozen"
    )
    for run in AssessmentRun.objects.order_by("pk"):
        entries = [e for e in facts.pop(f"assessment:{run.pk}", []) if not _moves_nothing(e)]
        state = replay(RUNS, RunState.OPEN, entries)
        expected = RunState.FROZEN if run.state == RunState.REPLACED else run.state
        if state != expected:
            yield difference("supervision_assessment", run.pk, "状态与事实不一致")
        if run.content_sha256:
            frozen = [e for e in entries if e.name == "supervision.AssessmentFrozen"]
            if not frozen or not frozen[-1].body["sha256"] == run.content_sha256 == run_digest(run):
                yield difference("supervision_assessment", run.pk, "定案之后内容被改动")
    for subject in sorted(facts):
        yield difference("supervision_assessment", subject, "事实所指的考核不在")
    for appeal in Appeal.objects.order_by("pk"):
        entries = appeals.pop(f"appeal:{appeal.pk}", [])
        decided = entries[-1].body.get("upheld") if len(entries) == 2 else None
        expected = {None: AppealState.LODGED, True: AppealState.UPHELD, False: AppealState.REJECTED}[decided]
        if not entries or expected != appeal.state:
            yield difference("supervision_assessment", f"申诉 {appeal.pk}", "状态与事实不一致")


def _moves_nothing(entry: journal.Entry) -> bool:
    """Tell whether a fact is no step of the run itself: a mark, or a value corrected by an appeal."""
    return entry.name == "supervision.MarkGiven" or entry.body.get("how") == AssessmentValue.APPEALED


def differences_in_meetings() -> Iterator[journal.Difference]:
    """Yield meetings whose state, minutes or decisions their facts do not bear out."""
    facts = by_subject(*facts_of(MEETINGS))
    taken = by_subject("DecisionTaken")
    for meeting in Meeting.objects.order_by("pk"):
        entries = facts.pop(f"meeting:{meeting.pk}", [])
        if replay(MEETINGS, MeetingState.PLANNED, entries) != meeting.state:
            yield difference("supervision_meeting", meeting.pk, "状态与事实不一致")
        held = [e for e in entries if e.name == "supervision.MeetingHeld"]
        digest = hashlib.sha256(meeting.minutes.encode()).hexdigest()
        if held and not held[-1].body["minutes_sha256"] == meeting.minutes_sha256 == digest:
            yield difference("supervision_meeting", meeting.pk, "纪要与事实不一致")
        tasks = [f"task:{d.task_id}" for d in meeting.decisions.order_by("position")]
        if tasks != [e.body["task"] for e in taken.pop(f"meeting:{meeting.pk}", [])]:
            yield difference("supervision_meeting", meeting.pk, "议定事项与事实不一致")
    for subject in sorted({*facts, *taken}):
        yield difference("supervision_meeting", subject, "事实所指的会议不在")


def differences_in_training() -> Iterator[journal.Difference]:
    """Yield sessions and recruits that differ from their facts."""
    held = by_subject("TrainingHeld")
    for training in Training.objects.order_by("pk"):
        entries = held.pop(f"training:{training.pk}", [])
        if not entries or (entries[-1].body["attended"], entries[-1].on) != (
            training.attended,
            training.held_on,
        ):
            yield difference("supervision_training", training.pk, "人次或日期与事实不一致")
    enrolled, trained = by_subject("RecruitEnrolled"), by_subject("RecruitTrained")
    for recruit in Recruit.objects.order_by("pk"):
        entries = enrolled.pop(f"recruit:{recruit.pk}", [])
        if not entries or entries[-1].on != recruit.joined_on:
            yield difference("supervision_training", f"新录用 {recruit.pk}", "登记与事实不一致")
        last = trained.pop(f"recruit:{recruit.pk}", [])
        said = last[-1].body["training"] if last else None
        if said != (f"training:{recruit.training_id}" if recruit.training_id else None):
            yield difference("supervision_training", f"新录用 {recruit.pk}", "培训与事实不一致")
    for subject in sorted({*held, *enrolled, *trained}):
        yield difference("supervision_training", subject, "事实所指的培训或人员不在")


def differences_in_responsibility() -> Iterator[journal.Difference]:
    """Yield responsibility records whose state or measure their facts do not lead to."""
    facts = by_subject("ResponsibilityOpened", *facts_of(RESPONSIBILITIES))
    for record in ResponsibilityRecord.objects.order_by("pk"):
        entries = facts.pop(f"responsibility:{record.pk}", [])
        opened = bool(entries) and entries[0].name == "supervision.ResponsibilityOpened"
        if not opened or replay(RESPONSIBILITIES, ResponsibilityState.OPENED, entries[1:]) != record.state:
            yield difference("supervision_responsibility", record.pk, "状态与事实不一致")
        measures = [e.body["measure"] for e in entries if "measure" in e.body]
        if (measures[-1] if measures else "") != record.measure:
            yield difference("supervision_responsibility", record.pk, "处理方式与事实不一致")
    for subject in sorted(facts):
        yield difference("supervision_responsibility", subject, "事实所指的记录不在")


def differences_in_circulars() -> Iterator[journal.Difference]:
    """Yield issued circulars whose content is not what was issued."""
    facts = by_subject("CircularIssued")
    for circular in Circular.objects.filter(state=Circular.ISSUED).order_by("pk"):
        entries = facts.pop(f"circular:{circular.pk}", [])
        if not entries or not entries[-1].body["sha256"] == circular.sha256 == content_digest(
            circular.content
        ):
            yield difference("supervision_circular", circular.pk, "印发之后内容被改动，或没有印发的事实")
    for subject in sorted(facts):
        yield difference("supervision_circular", subject, "已印发的通报不在，或被改回待印发")


def differences_in_surveys() -> Iterator[journal.Difference]:
    """Yield surveys whose state, design, number of answers or result their facts do not bear out."""
    facts = by_subject(*facts_of(SURVEYS))
    scores = by_subject("HospitalSurveyed")
    for found in SurveyRound.objects.order_by("pk"):
        key = f"survey:{found.pk}"
        entries = facts.pop(key, [])
        if replay(SURVEYS, SurveyState.DESIGN, entries) != found.state:
            yield difference("supervision_survey", found.pk, "状态与事实不一致")
            continue
        by_name = {e.name.removeprefix("supervision."): e for e in entries}
        opened, closed, reported = (
            by_name.get(n) for n in ("SurveyOpened", "SurveyClosed", "SurveyReported")
        )
        if opened and opened.body["design_sha256"] != content_digest(found.design):
            yield difference("supervision_survey", found.pk, "开始之后设计被改动")
        answers = SurveyAnswer.objects.filter(stratum__unit__round=found).count()
        if closed and closed.body["answers"] != answers:
            yield difference("supervision_survey", found.pk, "截止之后答卷数变了")
        if reported and not reported.body["sha256"] == found.result_sha256 == content_digest(found.result):
            yield difference("supervision_survey", found.pk, "报告之后结果被改动")
        said = {e.org: Decimal(str(e.body["score"])) for e in scores.pop(key, [])}
        kept = {
            u["institution"]: Decimal(u["total"]["mean"]) for u in found.result.get("units", []) if u["total"]
        }
        if said != kept:
            yield difference("supervision_survey", found.pk, "机构得分与事实不一致")
    for subject in sorted({*facts, *scores}):
        yield difference("supervision_survey", subject, "事实所指的调查不在")
