"""Score every organisation of an assessment (逐个考核对象计分): values, scores, outside score, satisfaction, grade."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from gongkai.catalogue import api as catalogue
from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.supervision.core.assessment import (
    Assessed,
    Scoring,
    assess,
    blend,
    combine,
    grade_of,
    share_of_parts,
)
from gongkai.supervision.core.indicator_system import System, read_system
from gongkai.supervision.models import AssessmentResult, AssessmentRun, AssessmentValue
from gongkai.supervision.services.bind_values import Bound, binder, pack_ids

SATISFACTION = "satisfaction"
_BY_PEOPLE = (AssessmentValue.GIVEN, AssessmentValue.APPEALED)
_CENT = Decimal("0.01")


def targets_of(org_code: str) -> Iterator[tuple[str, str]]:
    """Yield (code, level) of whom an assessment looks at: the authority, those below it, their sections and institutions."""
    yield org_code, "authority"
    kinds = {o.code: o.kind for o in organisations.list_organisations(under=org_code)} | {
        org_code: "authority"
    }
    for one in organisations.list_organisations(under=org_code):
        # A section inside a hospital is the hospital's own matter.
        if (
            one.code != org_code
            and one.closed_date is None
            and (one.kind != "section" or kinds.get(one.parent_code or "") == "authority")
        ):
            yield one.code, one.kind


def score_run(run: AssessmentRun, *, today: date) -> int:
    """Compute values and scores of every organisation and return how many there are."""
    system = read_system(run.system.content)
    count = 0
    for code, level in targets_of(run.org_code):
        if not system.of_level(level):
            continue
        result, _ = AssessmentResult.objects.get_or_create(
            run=run, target_code=code, defaults={"level": level}
        )
        score_result(result, run=run, system=system, today=today)
        count += 1
    return count


def score_result(result: AssessmentResult, *, run: AssessmentRun, system: System, today: date) -> None:
    """Fold the values of one organisation and score them; what people gave stays."""
    given = {v.name: v.value for v in result.values.filter(source__in=_BY_PEOPLE)}
    wanted = system.values_of_level(result.level)
    wide = organisations.authority_of(code=result.target_code).code
    found = binder(
        year=run.year, own=organisations.subtree_codes(code=result.target_code),
        wide=organisations.subtree_codes(code=wide), as_of=run.as_of, today=min(today, date(run.year + 1, 1, 1)),
        settings={"satisfaction_share": system.scoring.satisfaction_share},
        cadences={c.code: c.cadence_days for c in catalogue.list_columns(org_code=wide) if c.cadence_days},
    ).bind(wanted, given=given)  # fmt: skip
    survey = _satisfaction(result, run)
    if survey is not None:
        found[SATISFACTION] = survey
    result.values.exclude(source__in=_BY_PEOPLE).delete()
    AssessmentValue.objects.bulk_create(_row(result, name, bound) for name, bound in found.items())
    values = {name: bound.value for name, bound in found.items() if name != SATISFACTION} | given
    rules = system.of_level(result.level)
    bonus = sum(
        (b.points * given.times for given in result.bonuses.all() for b in system.scoring.bonuses if b.code == given.code),
        Decimal(0),
    )  # fmt: skip
    vetoes = tuple(result.vetoes.values_list("code", flat=True))
    assessed = assess(values=values, bonus=bonus, vetoes=vetoes, rules=rules, whole=system.scoring)
    _settle(result, assessed, system.scoring, survey.value if survey else None)
    result.save()


def _row(result: AssessmentResult, name: str, bound: Bound) -> AssessmentValue:
    source = AssessmentValue.DERIVED if bound.is_derived else AssessmentValue.FOLDED
    value = None if bound.value is None else bound.value.quantize(Decimal("0.000001"))
    return AssessmentValue(
        result=result,
        name=name,
        value=value,
        source=source,
        facts=pack_ids(bound.facts),
        fact_count=len(bound.facts),
    )


def _satisfaction(result: AssessmentResult, run: AssessmentRun) -> Bound | None:
    """Return the newest survey index of the year of this organisation itself."""
    newest = None
    for entry in journal.entries(names=("supervision.HospitalSurveyed",), orgs={result.target_code}):
        if entry.body["year"] == run.year and entry.at <= run.as_of:
            newest = entry
    return Bound(Decimal(str(newest.body["score"])), (newest.id,)) if newest else None


def _settle(result: AssessmentResult, assessed: Assessed, whole: Scoring, survey: Decimal | None) -> None:
    """Write totals with and without the survey, the grade, and the detail of every score."""
    result.base = assessed.base.quantize(Decimal("0.0001")) if assessed.base is not None else None
    result.bonus, result.satisfaction = assessed.bonus, survey
    result.unmeasured = list(assessed.unmeasured)
    result.detail = _detail(assessed)
    result.total = result.total_without = None
    result.grade = ""
    if assessed.base is None:
        return
    without = assessed.total or Decimal(0)
    routine = share_of_parts(assessed, whole.third_party_parts)[1]
    if result.outside is not None and routine is not None:
        without = (
            combine(third_party=result.outside, routine=routine, whole=whole) + assessed.bonus
        ).quantize(_CENT, ROUND_HALF_UP)
    total = blend(base=without, share=whole.satisfaction_share, satisfaction=survey)
    if assessed.vetoes:
        without, total = min(without, whole.veto_at_most), min(total, whole.veto_at_most)
    result.total_without, result.total, result.grade = without, total, grade_of(total, whole)


def _detail(assessed: Assessed) -> dict[str, Any]:
    def said(number: Decimal | None) -> str | None:
        return None if number is None else f"{number.quantize(Decimal('0.0001')).normalize():f}"

    return {
        "parts": [{"part": p.part, "name": p.name, "weight": said(p.weight), "points": said(p.points)} for p in assessed.parts],
        "scores": [
            {
                "id": s.indicator.id, "points": said(s.points), "weight": said(s.indicator.weight),
                "used": [name for name, _ in s.used], "unmeasured": list(s.unmeasured),
            }
            for s in assessed.scores
        ],
    }  # fmt: skip
