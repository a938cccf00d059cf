"""The demonstration year carries a plan, orders, meetings, training, a survey and an assessment that the journal bears out."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from gongkai.journal import api as journal
from gongkai.project import demonstration
from gongkai.project.demonstration.year_supervision import load_supervision
from gongkai.supervision import api as supervision

NOW = datetime(2021, 3, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.django_db
def test_the_supervised_year_is_whole_and_verified() -> None:
    demonstration.load(now=NOW, content=False, say=lambda words: None)
    tasks = load_supervision(org_code="demo", now=NOW, seed=2020)
    assert load_supervision(org_code="demo", now=NOW, seed=2020) == 0
    plan = supervision.list_plans(org_codes=["demo"])[0]
    standings = supervision.list_standings(plan=plan, today=date(2020, 12, 31))
    assert len(standings) == tasks > 20
    assert all(s.task.owner_code for s in standings)
    assert sum(s.evidence > 0 for s in standings) > tasks / 2
    assert {s.light.light for s in standings} >= {"green", "red"}
    assert all(s.evidence or s.found for s in standings if s.light.light == "green")
    frozen = list(journal.entries(names=("supervision.OrganisationAssessed",)))
    assert {e.body["level"] for e in frozen} == {"authority", "section", "institution"}
    surveyed = {e.org: e.body["score"] for e in journal.entries(names=("supervision.HospitalSurveyed",))}
    assert set(surveyed) == {"demo-yy1", "demo-fy"}
    assert journal.verify().differences == ()
