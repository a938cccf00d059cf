"""Work a survey out and report it (满意度结果): estimates by service, institution, dimension; rank; checks."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from gongkai.journal.api import record_fact
from gongkai.supervision import facts
from gongkai.supervision.core.indicator_system import content_digest
from gongkai.supervision.core.survey import (
    Estimate,
    Method,
    Stratum,
    dimension_scores,
    estimate,
    institution_total,
    person_index,
    shares_for,
)
from gongkai.supervision.core.survey_checks import perfect_share
from gongkai.supervision.core.survey_design import method_of, questionnaire_of
from gongkai.supervision.models import SurveyAnswer, SurveyRound, SurveyToken, SurveyUnit
from gongkai.supervision.services.rights import acting
from gongkai.supervision.services.surveys import as_answer, locked_round, refuse_surveyed


def result_of(found: SurveyRound) -> dict[str, Any]:
    """Work the result out as JSON: no single answer in it, cells of fewer people than the method allows left blank."""
    rule = method_of(found.design)
    units = [_unit(unit, found, rule) for unit in found.units.all()]
    _rank(units, rule)
    return {"units": units, "method": found.design["method"], "answers": sum(u["answers"] for u in units)}


def _unit(unit: SurveyUnit, found: SurveyRound, rule: Method) -> dict[str, Any]:
    services: dict[str, Estimate] = {}
    shown = []
    for service in dict.fromkeys(unit.strata.values_list("service", flat=True)):
        one, row = _service(unit, service, found, rule)
        # A service of very few people is left out of the total too, or the total would tell what they said.
        if one is not None and one.answers >= rule.hide_below:
            services[service] = one
        shown.append(row)
    total = institution_total(services, rule=rule)
    shares = shares_for(services, rule=rule)
    for row in shown:
        row["share"] = f"{shares.get(row['service'], 0):.2f}"
    rows = list(SurveyAnswer.objects.filter(stratum__unit=unit).order_by("pk"))
    flags = Counter(flag for row in rows for flag in row.flags)
    perfect = perfect_share([as_answer(row) for row in rows])
    if perfect > rule.perfect_share:
        flags["perfect"] = round(perfect * len(rows))
    return {
        "institution": unit.institution_code, "level": unit.level, "kind": unit.kind, "services": shown,
        "answers": len(rows), "total": said(total, rule), "flags": dict(sorted(flags.items())), "rank": None,
        "flagged": sum(bool(row.flags) for row in rows),
    }  # fmt: skip


def _service(
    unit: SurveyUnit, service: str, found: SurveyRound, rule: Method
) -> tuple[Estimate | None, dict[str, Any]]:
    sheet = questionnaire_of(found.design, service)
    strata, by_dimension = [], defaultdict(list)
    for row in unit.strata.filter(service=service):
        scores = [dimension_scores(sheet, a.marks, rule=rule) for a in row.answers.order_by("pk")]
        people = [index for s in scores if (index := person_index(sheet, s)) is not None]
        strata.append(Stratum(row.volume, tuple(people)))
        for dimension in sheet.dimensions:
            by_dimension[dimension.id].append(
                Stratum(row.volume, tuple(s[dimension.id] for s in scores if dimension.id in s))
            )
    one = estimate(strata, rule=rule)
    issued = SurveyToken.objects.filter(stratum__unit=unit, stratum__service=service).count()
    answers = sum(len(s.values) for s in strata)
    return one, {
        "service": service, "name": sheet.name, "issued": issued, "answers": answers,
        "quota": sum(s.quota for s in unit.strata.filter(service=service)), "index": said(one, rule),
        "dimensions": [
            {"name": d.name, "weight": d.weight, "index": said(estimate(by_dimension[d.id], rule=rule), rule)}
            for d in sheet.dimensions
        ],
    }  # fmt: skip


def said(one: Estimate | None, rule: Method) -> dict[str, Any] | None:
    """Return an estimate with two decimals, nothing of a cell with too few people."""
    if one is None or one.answers < rule.hide_below:
        return None
    return {
        "mean": f"{one.mean:.2f}", "low": f"{one.low:.2f}", "high": f"{one.high:.2f}", "answers": one.answers,
        "capped": one.is_capped,
    }  # fmt: skip


def _rank(units: list[dict[str, Any]], rule: Method) -> None:
    """Rank within level and type only, and only where enough people answered."""
    groups: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    for unit in units:
        if unit["total"] and unit["answers"] >= rule.rank_from:
            groups[(unit["level"], unit["kind"])].append(unit)
    for group in groups.values():
        for unit in group:
            better = sum(Decimal(o["total"]["mean"]) > Decimal(unit["total"]["mean"]) for o in group)
            unit["rank"] = f"{better + 1}/{len(group)}"


@transaction.atomic
def report_survey(*, round_id: int, user: object | None, today: date, now: datetime) -> None:
    """Freeze the result; the index of each institution becomes a fact that the assessment can use."""
    found = locked_round(round_id, "report")
    actor = acting(user=user, action="supervise", org_code=found.org_code, today=today)
    refuse_surveyed(found, user, today)
    found.result = result_of(found)
    found.result_sha256 = content_digest(found.result)
    found.save(update_fields=["state", "result", "result_sha256"])
    fact = facts.SurveyReported(
        org=found.org_code, subject=f"survey:{found.pk}", on=today, year=found.year, units=len(found.result["units"]),
        answers=found.result["answers"], sha256=found.result_sha256,
    )  # fmt: skip
    record_fact(fact, actor=actor, now=now)
    for unit in found.result["units"]:
        if unit["total"] is None:
            continue
        total = unit["total"]
        fact_of = facts.HospitalSurveyed(
            org=unit["institution"], subject=f"survey:{found.pk}", on=today, survey=f"survey:{found.pk}", year=found.year,
            level=unit["level"], answers=unit["answers"], score=Decimal(total["mean"]), low=Decimal(total["low"]),
            high=Decimal(total["high"]),
        )  # fmt: skip
        record_fact(fact_of, actor=actor, now=now)
