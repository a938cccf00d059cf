"""The demonstration's requests stand in every state, add up, and hold no real person."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gongkai.project import demonstration
from gongkai.project.demonstration.load import _Year
from gongkai.project.demonstration.year_requests import RequestsYear
from gongkai.requests import api
from gongkai.requests.core.states import State
from gongkai.requests.jobs import nightly
from gongkai.requests.models import Case, Proposal

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = NOW.date()


@pytest.mark.django_db
@pytest.mark.parametrize("now", [NOW, datetime(2026, 10, 4, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))])
def test_a_case_in_every_state_and_figures_that_add_up(now: datetime) -> None:
    demonstration.load(now=now, content=False, say=lambda words: None)
    count = RequestsYear(today=now.date(), now=now).carry_out(say=lambda words: None)
    assert count == Case.objects.count() >= 12
    assert set(Case.objects.values_list("state", flat=True)) == {str(state) for state in State}
    period: dict[str, Any] = {"org_code": "demo", "since": date(2025, 1, 1), "until": now.date()}
    tables = api.tables_from_facts(**period)
    assert api.check_equations(tables) == []
    assert tables.numbers3() == api.tables_from_cases(**period).numbers3()
    lights = api.lights(org_codes=("demo",), today=now.date())
    assert all(lights[light] for light in ("late", "near", "fine", "paused")), lights
    assert Case.objects.filter(round=2, is_open=True).exists()
    assert Case.objects.filter(closed_late=True).exists()
    assert nightly()["proposals"] == 1
    assert Proposal.objects.get().title.startswith("请公开本县急救站")


def test_nothing_is_told_of_the_future() -> None:
    early = datetime(2026, 11, 23, 3, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    year = _Year(people={}, today=early.date(), now=early, say=lambda words: None)
    assert year._moment(early.date(), 10, 2) == early
    assert year._moment(early.date() - timedelta(days=1), 10) < early
