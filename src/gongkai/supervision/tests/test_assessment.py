"""Assessment: methods, caps, vetoes, what does not apply and what was not measured."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.kernel.rules import Confidence
from gongkai.supervision.core.assessment import (
    Deduction,
    Indicator,
    PartDeduction,
    SumPart,
    Tier,
    UnknownVeto,
    assess,
    blend,
    combine,
    indicators_of,
    score,
    scoring,
)
from gongkai.supervision.core.indicator_system import SystemInvalid, WeightLine, absolute_weights

ANY_WEIGHT = dataclasses.replace(scoring(), least_weight=Decimal(0))


def indicator(identity: str = "X1", **fields: Any) -> Indicator:
    base: dict[str, Any] = {
        "id": identity, "name": identity, "part": identity[0], "part_name": identity[0], "group": "", "weight": Decimal(4),
        "basis": ("内部规则",), "confidence": Confidence.DESIGN, "scope": "national",
    }  # fmt: skip
    return Indicator(**(base | fields))


def best() -> dict[str, Decimal | int | None]:
    """Return values with which every shipped indicator is full."""
    values: dict[str, Decimal | int | None] = {}
    for rule in indicators_of("authority"):
        values |= dict.fromkeys(rule.names, 1)
        values |= dict.fromkeys((d.value for d in rule.deductions), 0)
        if rule.method == "tier":
            top = max(rule.tiers, key=lambda t: t.points)
            values[rule.value] = top.at_least if top.at_least is not None else 0
    return values


def test_the_shipped_weights_are_one_hundred_and_full_marks_are_reachable() -> None:
    assert sum(rule.weight for rule in indicators_of("authority")) == 100
    found = assess(values=best())
    assert (found.total, found.grade) == (Decimal("100.00"), "优秀")
    assert [(p.part, p.weight) for p in found.parts] == [
        ("A", 40), ("B", 12), ("C", 10), ("D", 12), ("E", 10), ("F", 8), ("G", 8),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "values", "points"),
    [
        (indicator(method="binary", value="x"), {"x": True}, 4),
        (indicator(method="binary", value="x"), {"x": 0}, 0),
        (indicator(method="share", numerator="n", denominator="d"), {"n": 3, "d": 4}, 3),
        (indicator(method="share", numerator="n", denominator="d"), {"n": 9, "d": 4}, 4),
        (indicator(method="share", numerator="n", denominator="d"), {"n": 0, "d": 0}, None),
        (indicator(method="binary", value="x"), {"x": None}, None),
        (indicator(method="deduct", deductions=(Deduction("x", Decimal("1.5")),)), {"x": 2}, 1),
        (indicator(method="deduct", deductions=(Deduction("x", Decimal("1.5")),)), {"x": 99}, 0),
        (indicator(method="deduct", deductions=(Deduction("x", Decimal(3), 1),)), {"x": 99}, 1),
        (
            indicator(method="sum", parts=(SumPart(Decimal(2), "a", "b"), SumPart(Decimal(2), "c", "d"))),
            {"a": 1, "b": 2, "c": 5, "d": 1},
            3,
        ),
    ],
)
def test_methods(rule: Indicator, values: dict[str, Any], points: int | None) -> None:
    assert score(rule, values).points == points


@pytest.mark.parametrize(("value", "also", "points"), [(2, 1, 4), (2, 0, 1), (1, 1, 1), (0, 1, 0)])
def test_the_first_tier_whose_conditions_hold_counts(value: int, also: int, points: int) -> None:
    tiers = (
        Tier(Decimal(4), at_least=Decimal(2), also="published"), Tier(Decimal(1), at_least=Decimal(1)), Tier(Decimal(0)),
    )  # fmt: skip
    rule = indicator(method="tier", value="x", tiers=tiers)
    assert score(rule, {"x": value, "published": also}).points == points


def test_points_lost_in_a_part_never_exceed_its_weight() -> None:
    tier = indicator(
        "A1", method="tier", value="x", tiers=(Tier(Decimal(0)),), deductions=(Deduction("y", Decimal(3)),)
    )
    full = indicator("B1", method="binary", value="z")
    found = assess(values={"x": 0, "y": 5, "z": 1}, rules=(tier, full), whole=ANY_WEIGHT)
    assert [(p.part, p.points) for p in found.parts] == [("A", 0), ("B", 4)]
    assert found.total == 50


def test_what_does_not_apply_leaves_both_sides() -> None:
    rules = (
        indicator("A1", method="share", numerator="n", denominator="d"), indicator("A2", method="binary", value="x"),
    )  # fmt: skip
    assert assess(values={"n": 0, "d": 0, "x": 1}, rules=rules, whole=ANY_WEIGHT).total == 100


def test_an_unmeasured_value_gives_no_total_and_is_named() -> None:
    values = best()
    del values["a1_3.all"]
    found = assess(values=values)
    assert (found.total, found.grade, found.unmeasured) == (None, None, ("a1_3.all",))


def test_veto_caps_and_bonus_only_over_eighty() -> None:
    values = best()
    vetoed = assess(values=values, vetoes=("falsified",))
    assert (vetoed.total, vetoed.grade) == (59, "不合格")
    with pytest.raises(UnknownVeto):
        assess(values=values, vetoes=("没有这项",))
    assert assess(values=values, bonus=Decimal(50)).bonus == scoring().bonus_max
    nothing = assess(values=dict.fromkeys(values, 0), bonus=Decimal(5))
    assert nothing.bonus == 0


def test_combination_rounds_half_up() -> None:
    assert combine(third_party=Decimal("90.05"), routine=Decimal("80")) == Decimal("87.04")


@settings(max_examples=60)
@given(
    st.dictionaries(st.sampled_from(sorted(best())), st.one_of(st.none(), st.integers(0, 12)), max_size=40)
)
def test_a_score_stays_between_nothing_and_full_and_opens_to_its_values(changes: dict[str, Any]) -> None:
    found = assess(values=best() | changes, whole=ANY_WEIGHT)
    assert found.total is not None
    assert 0 <= found.total <= 100
    for one in found.scores:
        assert {name for name, _ in one.used} == set(one.indicator.names)
        assert one.points is None or one.points <= one.indicator.weight


def test_whoever_has_too_little_to_do_is_not_assessed() -> None:
    only = indicator("S1", method="deduct", weight=Decimal(10), deductions=(Deduction("x", Decimal(5)),))
    found = assess(values={"x": 0}, rules=(only,))
    assert (found.total, found.grade, found.unmeasured) == (None, None, ())


def test_a_part_of_a_sum_that_does_not_apply_leaves_both_sides() -> None:
    rule = indicator(method="sum", parts=(SumPart(Decimal(2), "a", "b"), SumPart(Decimal(2), "c", "d")))
    assert score(rule, {"a": 1, "b": 2, "c": 0, "d": 0}).points == 2
    assert score(rule, {"a": 1, "b": 2, "c": None, "d": None}).points == 2
    assert score(rule, {"a": 0, "b": 0, "c": 0, "d": 0}).points is None


@given(st.decimals(0, 100, places=2), st.decimals(0, 100, places=2), st.decimals(0, 1, places=2))
def test_the_survey_counts_with_its_share(base: Decimal, index: Decimal, share: Decimal) -> None:
    found = blend(base=base, share=share, satisfaction=index)
    assert min(base, index) - Decimal("0.01") <= found <= max(base, index) + Decimal("0.01")
    assert blend(base=base, share=share, satisfaction=None) == base


def test_points_under_a_part_are_lost_for_cases_and_capped_by_it() -> None:
    whole = dataclasses.replace(
        ANY_WEIGHT, part_deductions=(PartDeduction("A", "通报", "circulars", Decimal(3)),)
    )
    rules = (indicator("A1", method="binary", value="x"), indicator("B1", method="binary", value="x"))
    one = assess(values={"x": 1, "circulars": 1}, rules=rules, whole=whole)
    many = assess(values={"x": 1, "circulars": 9}, rules=rules, whole=whole)
    assert [p.points for p in one.parts] == [1, 4]
    assert [p.points for p in many.parts] == [0, 4]


@pytest.mark.parametrize(
    ("weights", "found"),
    [
        ([(1, 40), (2, 70), (2, 30), (1, 60)], {2: "28.0", 3: "12.0", 4: "60"}),
        ([(1, 40), (2, 25), (2, 15), (1, 60)], {2: "25", 3: "15", 4: "60"}),
        ([(1, 60), (1, 40), (2, 50), (2, 50)], {1: "60", 3: "20.0", 4: "20.0"}),
    ],
)
def test_weights_are_points_or_percent_of_the_parent(
    weights: list[tuple[int, int]], found: dict[int, str]
) -> None:
    lines = [WeightLine(depth, f"第{n}项", Decimal(w), n) for n, (depth, w) in enumerate(weights, start=1)]
    assert absolute_weights(lines) == {line: Decimal(value) for line, value in found.items()}


def test_weights_that_add_to_neither_are_refused() -> None:
    lines = [
        WeightLine(1, "主动公开", Decimal(100), 1),
        WeightLine(2, "目录", Decimal(30), 2),
        WeightLine(2, "时效", Decimal(30), 3),
    ]
    with pytest.raises(SystemInvalid, match="“主动公开”下各项合计 60"):
        absolute_weights(lines)
