"""Lights of tasks: evidence decides, time presses."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.kernel.calendar import load_calendar
from gongkai.kernel.machine import check_table, states_of
from gongkai.supervision.core.duties import duties, expected_periods, offers_for, share_met
from gongkai.supervision.core.lights import Light, TaskTime, light_rule, order_light, read_light
from gongkai.supervision.core.states import ORDER_LABELS, ORDERS, TASK_LABELS, TASKS, OrderState, TaskState

START, DUE = date(2020, 1, 1), date(2020, 6, 30)


def light(today: date, **changes: Any) -> Light:
    values: dict[str, Any] = {
        "kind": "date", "start": START, "due": DUE, "progress": 0.0, "evidence_days": (), "is_closed": False,
    }  # fmt: skip
    time = TaskTime(**(values | changes))
    return read_light(time=time, today=today, calendar=load_calendar(), rule=light_rule()).light


@pytest.mark.parametrize(
    ("today", "changes", "wanted"),
    [
        (date(2019, 12, 20), {}, Light.GREY),
        (date(2020, 1, 6), {}, Light.GREY),
        (date(2020, 2, 10), {}, Light.YELLOW),
        (date(2020, 4, 1), {}, Light.RED),
        (date(2020, 4, 1), {"progress": 0.5, "evidence_days": (START,)}, Light.GREEN),
        (date(2020, 6, 28), {"progress": 0.95, "evidence_days": (START,)}, Light.YELLOW),
        (date(2020, 7, 1), {"progress": 0.9, "evidence_days": (START,)}, Light.RED),
        (date(2020, 7, 1), {"progress": 1.0, "evidence_days": (START,)}, Light.GREEN),
        (date(2020, 7, 1), {"progress": 1.0, "is_closed": True}, Light.RED),
        (
            date(2020, 5, 4),
            {"kind": "continuous", "due": None, "evidence_days": (date(2020, 4, 2),)},
            Light.BLUE,
        ),
        (
            date(2020, 5, 4),
            {"kind": "continuous", "due": None, "evidence_days": (date(2020, 2, 2),)},
            Light.YELLOW,
        ),
        (
            date(2020, 8, 4),
            {"kind": "continuous", "due": None, "evidence_days": (date(2020, 2, 2),)},
            Light.RED,
        ),
        (date(2020, 2, 4), {"kind": "continuous", "due": None}, Light.YELLOW),
    ],
)
def test_lights_by_day_and_evidence(today: date, changes: dict[str, Any], wanted: Light) -> None:
    assert light(today, **changes) == wanted


@given(st.integers(0, 400), st.floats(0, 1), st.booleans(), st.sampled_from(["date", "continuous", "none"]))
def test_nothing_turns_green_without_evidence(days: int, progress: float, closed: bool, kind: str) -> None:
    due = None if kind != "date" else DUE
    found = light(START + timedelta(days=days), progress=progress, is_closed=closed, kind=kind, due=due)
    assert found not in (Light.GREEN, Light.BLUE)


def test_an_order_presses_by_its_due_day() -> None:
    calendar, rule = load_calendar(), light_rule()
    lights = [
        order_light(due=DUE, today=day, is_open=True, calendar=calendar, rule=rule).light
        for day in (date(2020, 5, 6), date(2020, 6, 24), date(2020, 7, 1))
    ]
    assert lights == [Light.GREY, Light.YELLOW, Light.RED]


def test_state_tables_are_sound_and_every_state_has_words() -> None:
    check_table(TASKS, TaskState.PROPOSED)
    check_table(ORDERS, OrderState.DRAFT)
    assert set(states_of(TASKS)) == set(TASK_LABELS)
    assert set(states_of(ORDERS)) == set(ORDER_LABELS)


def test_seventy_six_duties_of_which_the_system_proves_fifty_six_and_gives_reasons_for_the_rest() -> None:
    every = duties()
    assert len(every) == len({duty.id for duty in every}) == 76
    provable = [duty for duty in every if duty.is_provable]
    assert len(provable) == 56
    assert all(len(duty.proof.why) >= 10 for duty in every if not duty.is_provable)


def test_a_duty_is_offered_by_its_words_and_not_for_other_words() -> None:
    offered = offers_for(text="每季度公布饮用水水质监测结果。", heading="饮用水")
    assert (offered[0].duty.id, offered[0].confidence) == ("P一三-1", 1.0)
    assert not offers_for(text="做好其他事情。", heading="其他")


@pytest.mark.parametrize(
    ("cadence", "count"), [("quarterly", 4), ("continuous", 4), ("monthly", 12), ("yearly", 1)]
)
def test_share_met_counts_periods_not_pieces(cadence: str, count: int) -> None:
    expected = expected_periods(cadence=cadence, year=2020)
    assert len(expected) == count
    days = [date(2020, 1, 5), date(2020, 1, 9)]
    assert share_met(days=days, expected=expected) == 1 / count
    assert share_met(days=[], expected=expected) == 0
