"""Reads of meetings, training, responsibility and circulars."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from gongkai.journal import api as journal
from gongkai.supervision.core.survey_design import questionnaire_of
from gongkai.supervision.core.training import Coverage
from gongkai.supervision.models import (
    AssessmentResult,
    Circular,
    Meeting,
    Recruit,
    ResponsibilityRecord,
    SurveyStratum,
    Training,
)


def training_coverage(*, org_code: str, year: int, owner_code: str = "") -> Coverage:
    """Return of the new civil servants of a year how many were trained by its end; `owner_code` narrows it to a section."""
    hired = Recruit.objects.filter(org_code=org_code, joined_on__year=year)
    if owner_code:
        hired = hired.filter(owner_code=owner_code)
    trained = hired.filter(training__held_on__lte=date(year, 12, 31))
    return Coverage(hired.count(), trained.count())


@dataclass(frozen=True, slots=True)
class SectionCoverage:
    """Coverage of one section."""

    owner_code: str
    coverage: Coverage


def coverage_by_section(*, org_code: str, year: int) -> list[SectionCoverage]:
    """Return the coverage of every section that hired somebody in a year."""
    codes = (
        Recruit.objects.filter(org_code=org_code, joined_on__year=year)
        .order_by("owner_code")
        .values_list("owner_code", flat=True)
        .distinct()
    )
    return [
        SectionCoverage(code, training_coverage(org_code=org_code, year=year, owner_code=code))
        for code in codes
    ]


def list_meetings(*, org_codes: Collection[str]) -> list[Meeting]:
    """Return the meetings of some authorities, newest first."""
    return list(Meeting.objects.filter(org_code__in=org_codes))


def list_trainings(*, org_codes: Collection[str], year: int) -> list[Training]:
    """Return the sessions of a year, newest first."""
    return list(Training.objects.filter(org_code__in=org_codes, held_on__year=year))


def list_recruits(*, org_codes: Collection[str], year: int) -> list[Recruit]:
    """Return the new civil servants of a year."""
    return list(
        Recruit.objects.filter(org_code__in=org_codes, joined_on__year=year).select_related("training")
    )


def list_responsibility(*, org_codes: Collection[str]) -> list[ResponsibilityRecord]:
    """Return responsibility records of authorities, or against units, that a person may see; newest first."""
    rows = ResponsibilityRecord.objects.filter(org_code__in=org_codes) | ResponsibilityRecord.objects.filter(
        target_code__in=org_codes
    )
    return list(rows.distinct())


def list_circulars(*, org_codes: Collection[str]) -> list[Circular]:
    """Return circulars, newest first."""
    return list(Circular.objects.filter(org_code__in=org_codes))


def results_of(*, run_id: int) -> list[AssessmentResult]:
    """Return the results of an assessment."""
    return list(AssessmentResult.objects.filter(run=run_id))


def strata_of(*, round_id: int) -> list[SurveyStratum]:
    """Return the strata of a survey in the order they were entered."""
    return list(
        SurveyStratum.objects.filter(unit__round=round_id).select_related("unit__round").order_by("pk")
    )


def questions_of(*, stratum: SurveyStratum) -> list[str]:
    """Return the codes of the questions that people of a stratum answer."""
    sheet = questionnaire_of(stratum.unit.round.design, stratum.service)
    return [code for code, _, _ in sheet.questions()]


def facts_behind(ids: Collection[int], *, most: int = 200) -> list[journal.Entry]:
    """Return the facts with these ids, the first `most` of them."""
    return journal.entries_with(ids=sorted(ids)[:most]) if ids else []
