"""Carry a satisfaction survey out (满意度调查): design, open, print codes, close, report."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.journal.api import Actor, record_fact
from gongkai.kernel.machine import NotAllowed, step
from gongkai.organisations import api as organisations
from gongkai.supervision import facts
from gongkai.supervision.core.indicator_system import content_digest, plain
from gongkai.supervision.core.survey import method, questionnaires, quotas, sample_size
from gongkai.supervision.core.survey_checks import Answer, conductor_faults, flags_of
from gongkai.supervision.core.survey_design import method_of, questionnaire_of
from gongkai.supervision.core.survey_states import SURVEY_LABELS, SURVEYS, SurveyState
from gongkai.supervision.errors import SupervisionRefused
from gongkai.supervision.models import SurveyAnswer, SurveyRound, SurveyStratum, SurveyToken, SurveyUnit
from gongkai.supervision.services.rights import acting
from gongkai.supervision.services.survey_tokens import make_codes


@dataclass(frozen=True, slots=True)
class SurveyWords:
    """What a survey is set up with."""

    year: int
    title: str
    conductor: str
    contract: str
    opens_on: date
    closes_on: date


@dataclass(frozen=True, slots=True)
class StratumWords:
    """One department of one institution: `networks` are address ranges of the institution, one a line."""

    institution_code: str
    level: int
    service: str
    department: str
    volume: int
    networks: str = ""


def locked_round(round_id: int, verb: str) -> SurveyRound:
    """Return the survey locked, standing where the verb is allowed."""
    found = SurveyRound.objects.select_for_update().filter(pk=round_id).first()
    if found is None:
        raise SupervisionRefused("no_survey", "没有这次调查", remedy="请刷新页面")
    try:
        found.state = step(table=SURVEYS, state=found.state, verb=verb).lands_in(found.state)
    except NotAllowed as refused:
        label = dict(SURVEY_LABELS)[found.state]  # type: ignore[index]
        raise SupervisionRefused(
            "wrong_state", f"调查“{label}”，现在不能这样做", remedy="请刷新页面查看状态"
        ) from refused
    return found


def design_survey(
    *, org_code: str, words: SurveyWords, user: object | None, today: date, now: datetime
) -> SurveyRound:
    """Set a survey up with the shipped questionnaires and method, to be changed until it opens."""
    acting(user=user, action="manage", org_code=org_code, today=today)
    if words.closes_on < words.opens_on:
        raise SupervisionRefused("bad_days", "结束日期早于开始日期", remedy="请核对日期")
    if not words.title.strip():
        raise SupervisionRefused("no_title", "没有写明调查名称", remedy="请填写名称")
    design = {"questionnaires": [plain(q) for q in questionnaires()], "method": plain(method())}
    return SurveyRound.objects.create(
        org_code=org_code, year=words.year, title=words.title.strip()[:200], conductor=words.conductor.strip()[:200],
        contract=words.contract.strip()[:200], opens_on=words.opens_on, closes_on=words.closes_on, design=design,
    )  # fmt: skip


@transaction.atomic
def add_stratum(*, round_id: int, words: StratumWords, user: object | None, today: date) -> SurveyStratum:
    """Enter a department with its volume of the year; quotas of the service are worked out anew."""
    found = SurveyRound.objects.select_for_update().filter(pk=round_id, state=SurveyState.DESIGN).first()
    if found is None:
        raise SupervisionRefused("not_design", "调查已经开始，分层不能再改", remedy="请新建一次调查")
    acting(user=user, action="manage", org_code=found.org_code, today=today)
    known = {o.code: o for o in organisations.list_organisations(under=found.org_code, kind="institution")}
    if words.institution_code not in known:
        raise SupervisionRefused("no_institution", "没有这家机构", remedy="请从列表中选择")
    if words.volume <= 0 or not words.department.strip():
        raise SupervisionRefused("no_volume", "没有写明科室或年服务量", remedy="请填写科室和大于 0 的服务量")
    if words.service not in {sheet["id"] for sheet in found.design["questionnaires"]}:
        raise SupervisionRefused("no_service", "没有这类问卷", remedy="请从列表中选择")
    unit, _ = SurveyUnit.objects.get_or_create(
        round=found, institution_code=words.institution_code,
        defaults={"level": words.level, "kind": known[words.institution_code].institution_type},
    )  # fmt: skip
    if words.networks.strip():
        unit.networks = _networks(words.networks)
        unit.save(update_fields=["networks"])
    stratum, _ = SurveyStratum.objects.update_or_create(
        unit=unit, service=words.service, department=words.department.strip()[:100],
        defaults={"volume": words.volume, "quota": 0},
    )  # fmt: skip
    _share_out(unit, words.service)
    stratum.refresh_from_db()
    return stratum


def _networks(text: str) -> list[str]:
    try:
        return [
            str(ipaddress.ip_network(line.strip(), strict=False)) for line in text.split() if line.strip()
        ]
    except ValueError as error:
        raise SupervisionRefused(
            "bad_network", "网段写法不对", remedy="请每行写一个网段，如 10.1.0.0/16"
        ) from error


def _share_out(unit: SurveyUnit, service: str) -> None:
    strata = list(unit.strata.filter(service=service))
    total = sample_size(sum(s.volume for s in strata), rule=method())
    shared = quotas({str(s.pk): s.volume for s in strata}, total)
    for stratum in strata:
        stratum.quota = shared[str(stratum.pk)]
        stratum.save(update_fields=["quota"])


def independence_faults(found: SurveyRound) -> list[str]:
    """Say what speaks against the independence of whoever conducts the survey."""
    names = {o.code: o.name for o in organisations.list_organisations(under=found.org_code)}
    surveyed = [names.get(u.institution_code, "") for u in found.units.all()]
    own = [organisations.get_organisation(code=found.org_code).name]
    own += [o.name for o in organisations.list_organisations(under=found.org_code, kind="section")]
    return conductor_faults(
        conductor=found.conductor,
        contract=found.contract,
        surveyed_names=[n for n in surveyed if n],
        own_names=own,
    )


@transaction.atomic
def open_survey(*, round_id: int, user: object | None, today: date, now: datetime) -> None:
    """Freeze the design and let people answer; refused while whoever runs it is not independent."""
    found = locked_round(round_id, "open")
    actor = acting(user=user, action="manage", org_code=found.org_code, today=today)
    refuse_surveyed(found, user, today)
    faults = independence_faults(found)
    if faults:
        raise SupervisionRefused("not_independent", "；".join(faults), remedy="请改正后再开始")
    quota = sum(s.quota for s in SurveyStratum.objects.filter(unit__round=found))
    if not quota:
        raise SupervisionRefused("no_strata", "还没有填写被调查机构的科室和服务量", remedy="请先填写分层")
    found.save(update_fields=["state"])
    fact = facts.SurveyOpened(
        org=found.org_code, subject=f"survey:{found.pk}", on=today, year=found.year, units=found.units.count(), quota=quota,
        design_sha256=content_digest(found.design),
    )  # fmt: skip
    record_fact(fact, actor=actor, now=now)


def refuse_surveyed(found: SurveyRound, user: object | None, today: date) -> None:
    """Refuse whoever has a post in an institution that is surveyed (调查人不得是被调查机构的人)."""
    if user is None:
        return
    inside: set[str] = set()
    for unit in found.units.all():
        inside |= organisations.subtree_codes(code=unit.institution_code)
    if any(post.org_code in inside for post in organisations.roles_of(user=user, today=today)):
        raise SupervisionRefused(
            "surveyed_person",
            "被调查机构的人不能组织这次调查，也不能领取答题码",
            remedy="请由机关或第三方的人办理",
        )


@transaction.atomic
def issue_tokens(
    *, stratum_id: int, count: int, user: object | None, today: date, now: datetime
) -> list[str]:
    """Make answering codes for a department and return them: this once, only hashes are kept."""
    stratum = SurveyStratum.objects.select_related("unit__round").filter(pk=stratum_id).first()
    if stratum is None:
        raise SupervisionRefused("no_stratum", "没有这个分层", remedy="请刷新页面")
    found = locked_round(stratum.unit.round_id, "issue")
    actor = acting(user=user, action="manage", org_code=found.org_code, today=today)
    refuse_surveyed(found, user, today)
    if not 1 <= count <= 5000:
        raise SupervisionRefused("bad_count", "一次可印 1 至 5000 个答题码", remedy="请分几次印")
    codes, digests = make_codes(count)
    SurveyToken.objects.bulk_create(SurveyToken(stratum=stratum, digest=d) for d in digests)
    fact = facts.TokensIssued(
        org=found.org_code, subject=f"survey:{found.pk}", on=today, stratum=stratum.pk, tokens=count
    )
    record_fact(fact, actor=actor, now=now)
    return codes


@transaction.atomic
def close_survey(*, round_id: int, user: object | None, today: date, now: datetime) -> None:
    """Close a survey: answers are checked institution by institution, then where they came from is wiped."""
    found = locked_round(round_id, "close")
    actor = acting(user=user, action="manage", org_code=found.org_code, today=today)
    found.save(update_fields=["state"])
    total = 0
    for unit in found.units.all():
        for service in sorted(set(unit.strata.values_list("service", flat=True))):
            total += _check_answers(unit, service, found)
    SurveyToken.objects.filter(stratum__unit__round=found, is_used=False).update(is_used=True)
    _say(facts.SurveyClosed, found, actor, today, now, answers=total)


def _check_answers(unit: SurveyUnit, service: str, found: SurveyRound) -> int:
    sheet = questionnaire_of(found.design, service)
    rows = list(SurveyAnswer.objects.filter(stratum__unit=unit, stratum__service=service).order_by("pk"))
    flags = flags_of([as_answer(row) for row in rows], rule=method_of(found.design), at_work=sheet.at_work)
    for row, found_flags in zip(rows, flags, strict=True):
        row.flags, row.place = found_flags, ""
    SurveyAnswer.objects.bulk_update(rows, ["flags", "place"], batch_size=500)
    return len(rows)


def as_answer(row: SurveyAnswer) -> Answer:
    """Return what the checks look at."""
    return Answer(row.marks, row.seconds, row.place, row.day.isoformat(), row.is_inside)


@transaction.atomic
def cancel_survey(*, round_id: int, user: object | None, today: date, now: datetime) -> None:
    """Call a survey off."""
    found = locked_round(round_id, "cancel")
    actor = acting(user=user, action="manage", org_code=found.org_code, today=today)
    found.save(update_fields=["state"])
    count = SurveyAnswer.objects.filter(stratum__unit__round=found).count()
    _say(facts.SurveyCancelled, found, actor, today, now, answers=count)


def _say(
    kind: type[Any], found: SurveyRound, actor: Actor, today: date, now: datetime, **values: Any
) -> None:
    record_fact(
        kind(org=found.org_code, subject=f"survey:{found.pk}", on=today, **values), actor=actor, now=now
    )
