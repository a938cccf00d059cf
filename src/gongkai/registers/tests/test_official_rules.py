"""Rules over whole rows: water limits by date, diseases by month, double publicity, power changes, institution items; gates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalogue.api import institution_groups, items_for
from gongkai.kernel.calendar import load_calendar
from gongkai.kernel.clocks import clock
from gongkai.registers.core.code_lists import diseases
from gongkai.registers.core.gates import gate_problems, gates_of
from gongkai.registers.core.public_rows import is_shown, public_values
from gongkai.registers.core.rhythm import last_period, row_due
from gongkai.registers.core.row_checks import CHECKS
from gongkai.registers.core.rows import RowRefused, check_row
from gongkai.registers.core.schema import all_registers, register
from gongkai.registers.core.summaries import summary_table
from gongkai.registers.core.water import judge, limit_for, limits

TODAY = date(2026, 3, 18)
NEW, OLD = date(2023, 4, 1), date(2023, 3, 31)


def water(**changes):
    raw = {
        "sample_no": "W1", "sampled_date": "2026-03-02", "point_name": "一水厂", "point_type": "末梢水", "indicator": "砷",
        "value": "0.004",
    }  # fmt: skip
    return check_row(register("drinking_water_sample", on=TODAY), {**raw, **changes}, today=TODAY).values


def disease(**changes):
    raw = {"month": "2026-02-28", "disease": "手足口病", "cases": 12, "deaths": 0}
    return check_row(register("notifiable_disease_month", on=TODAY), {**raw, **changes}, today=TODAY).values


def penalty(**changes):
    raw = {
        "case_no": "p1", "decision_document": "云卫罚〔2026〕1号", "decided_date": "2026-03-02", "filed_date": "2026-02-02",
        "enforcement_field": "medical", "party_kind": "company", "party_name": "某某诊所", "party_code": "91999999MA00000000",
        "offence": "超出登记范围", "facts": "事实若干", "legal_basis": "医疗机构管理条例", "penalty_kind": "警告", "content": "警告",
    }  # fmt: skip
    return check_row(register("penalty_case", on=TODAY), {**raw, **changes}, today=TODAY).values


def refused(make, **changes):
    with pytest.raises(RowRefused) as found:
        make(**changes)
    return [str(problem) for problem in found.value.problems]


def test_43_routine_indicators_stand_in_the_standard_of_today_and_every_check_and_clock_exists():
    now = [limit for limit in limits() if limit.standard == "GB 5749-2022"]
    assert len(now) == 43
    assert all(limit.is_routine for limit in now)
    counts = {}
    for limit in now:
        counts[limit.group] = counts.get(limit.group, 0) + 1
    assert list(counts.values()) == [3, 18, 16, 2, 4]
    for rule in all_registers():
        assert set(rule.checks) <= set(CHECKS)
        for name in filter(None, (rule.due_clock, rule.row_clock)):
            assert clock(name, TODAY).id == name


@pytest.mark.parametrize(
    ("indicator", "value", "before", "after"),
    [
        ("free_chlorine", "3", True, False),
        ("arsenic", "0.01", True, True),
        ("arsenic", "0.011", False, False),
        ("ph", "8.6", False, False),
        ("ph", "6.5", True, True),
        ("total_coliform", "1", False, False),
    ],
)
def test_result_is_judged_by_the_standard_of_the_day_of_sampling(indicator, value, before, after):
    for day, passes in ((OLD, before), (NEW, after)):
        found = judge(
            limit_for(indicator, day), value=Decimal(value), not_detected=False, point_type="factory"
        )
        assert found.passes is passes, day


def test_below_detection_passes_except_where_a_residual_must_be_left():
    assert water(indicator="铅", value="", not_detected="是")["qualified"] is True
    assert water(indicator="游离氯", value="", not_detected="是")["qualified"] is False
    row = water(indicator="余氯", value="0.04")
    assert (row["qualified"], row["limit"], row["standard"]) == (False, "≥0.05且≤2mg/L", "GB 5749-2022")
    assert water(indicator="余氯", value="0.04", sampled_date="2022-01-05")["standard"] == "GB 5749-2006"


def test_water_row_names_what_only_a_person_knows_and_what_contradicts_the_limit():
    assert "这一项由人判定" in refused(water, indicator="臭和味", value="")[0]
    assert water(indicator="臭和味", value="", qualified="是")["qualified"] is True
    assert "应为“否”" in refused(water, value="0.02", qualified="是")[0]
    assert "至少填一项" in refused(water, value="")[0]
    assert "没有这一指标的限值" in refused(water, indicator="硒")[0]
    assert water(indicator="硒", sampled_date="2020-05-01")["standard"] == "GB 5749-2006"
    assert water(indicator="菌落总数", value="400", small_supply="是")["qualified"] is True


@given(st.decimals(0, 20, places=3, allow_nan=False), st.sampled_from([OLD, NEW]))
def test_lower_result_never_fails_where_a_higher_one_passes(value, day):
    limit = limit_for("iron", day)
    higher = judge(limit, value=value + 1, not_detected=False, point_type="tap")
    assert judge(limit, value=value, not_detected=False, point_type="tap").passes or not higher.passes


def test_pass_rate_counts_samples_and_results_apart_and_names_what_failed():
    rule = register("drinking_water_sample", on=TODAY)
    rows = [
        water(sample_no="A"), water(sample_no="A", indicator="铁", value="0.9"), water(sample_no="B"),
        water(sample_no="C", point_type="出厂水", point_name="二水厂"),
    ]  # fmt: skip
    made = summary_table(rule, rule.summaries[0], rows)
    assert made.rows[1:] == (
        ("出厂水", "1", "1", "1", "100.00%", "1", "1", "100.00%", "无"),
        ("末梢水", "1", "2", "1", "50.00%", "3", "2", "66.67%", "铁（限值≤0.3mg/L） 1 项次"),
        ("合计", "2", "3", "2", "66.67%", "4", "3", "75.00%", ""),
    )
    assert made.chart == (("出厂水", Decimal("100.00")), ("末梢水", Decimal("50.00")))


def test_list_of_diseases_follows_the_law_of_the_month():
    law_of_2025 = [d for d in diseases().values() if not d.parent and d.in_force_to is None]
    assert {g: sum(d.group == g for d in law_of_2025) for g in "abc"} == {"a": 2, "b": 27, "c": 11}
    assert disease()["disease_class"] == "c"
    assert "法定病种里没有猴痘" in refused(disease, disease="猴痘", month="2023-08-31")[0]
    assert "法定病种里没有人感染H7N9禽流感" in refused(disease, disease="人感染H7N9禽流感")[0]
    assert "属于丙类" in refused(disease, disease_class="乙类")[0]


def test_bulletin_totals_count_hepatitis_once_and_hide_small_counts():
    rule = register("notifiable_disease_month", on=TODAY)
    rows = [
        disease(disease=name, cases=cases, deaths=deaths)
        for name, cases, deaths in (
            ("病毒性肝炎", 30, 1), ("乙型肝炎", 20, 1), ("丙型肝炎", 10, 0), ("肺结核", 25, 0), ("麻疹", 2, 0), ("手足口病", 40, 0),
        )
    ]  # fmt: skip
    table = {row[0]: row[1:] for row in summary_table(rule, rule.summaries[0], rows).rows}
    assert table["总计"] == ("97", "1")
    assert table["乙类合计"] == ("57", "1")
    assert table["麻疹"] == ("＜5", "＜5")
    assert table["丙型肝炎"][0].startswith("＜"), "one hidden count alone could be worked out"
    assert table["病毒性肝炎"] == ("30", "1")


def test_bulletin_gate_asks_for_the_superior_source_until_the_law_of_2025():
    rule = register("notifiable_disease_month", on=TODAY)
    (before,), (after,) = (gates_of(rule, on=day) for day in (date(2025, 8, 31), date(2025, 9, 1)))
    rows = [disease(), disease(disease="麻疹", source="省疾控局2026年2月疫情通报")]
    (problem,) = gate_problems(before, rule, rows)
    assert "2026-02-28、手足口病" in str(problem)
    assert "上级来源" in str(problem)
    assert gate_problems(after, rule, rows) == []
    assert after.confidence.value == "knowledge", "the mark stays visible until somebody read the article"


def test_double_publicity_masks_persons_and_asks_for_what_the_party_and_penalty_need():
    person = {"party_kind": "自然人", "party_name": "", "party_code": "", "party_person": "测试甲"}
    row = penalty(**person)
    assert row["party_person"] == "测**"
    seen = public_values(register("penalty_case", on=TODAY), row)
    assert (seen["facts"], seen["party_person"], seen["offence"]) == (None, "测**", "超出登记范围")
    assert public_values(register("penalty_case", on=TODAY), penalty())["facts"] == "事实若干"
    assert "请填姓名" in refused(penalty, **{**person, "party_person": ""})[0]
    assert "这一列应为空" in refused(penalty, **{**person, "party_code": "91999999MA00000000"})[0]
    assert "必填" in refused(penalty, party_name="")[0]
    assert "罚款时必填" in refused(penalty, penalty_kind="罚款")[0]
    assert "早于前一步" in refused(penalty, filed_date="2026-03-05")[0]


def test_decision_is_due_in_seven_working_days_and_leaves_when_withdrawn_or_shown_long_enough():
    rule = register("penalty_case", on=TODAY)
    assert row_due(rule, counted_on=date(2026, 9, 25), calendar=load_calendar()) > date(2026, 10, 8)
    assert row_due(rule, counted_on=date(2026, 3, 2), calendar=load_calendar()) == date(2026, 3, 11)
    shown = penalty(published_date="2026-03-05", publicity_until="2026-03-10")
    assert is_shown(rule, shown, today=date(2026, 3, 10))
    assert not is_shown(rule, shown, today=date(2026, 3, 11))
    gone = penalty(published_date="2026-03-05", withdrawn_date="2026-03-12")
    assert [is_shown(rule, gone, today=date(2026, 3, d)) for d in (11, 12)] == [True, False]


def test_quarter_of_water_is_due_after_its_end_in_working_days():
    period = last_period(
        register("drinking_water_sample", on=TODAY), today=date(2026, 4, 2), calendar=load_calendar()
    )
    assert (period.start, period.end, period.name) == (date(2026, 1, 1), date(2026, 3, 31), "2026年第一季度")
    assert period.due_date == load_calendar().nth_working_day_after(date(2026, 3, 31), 20)
    assert last_period(register("media_post", on=TODAY), today=TODAY, calendar=load_calendar()) is None


def test_change_of_a_power_item_says_ground_and_day():
    rule = register("power_item", on=TODAY)
    raw = {
        "impl_code": "A1", "name": "事项", "type_code": "行政许可", "item_level": "二级事项", "state": "在用", "published": "是",
        "effective_date": "2026-01-01",
    }  # fmt: skip
    assert check_row(rule, raw).values["type_code"] == "01"
    with pytest.raises(RowRefused, match=r"调整依据.*这一列必填"):
        check_row(rule, {**raw, "change_type": "变更要素"})
    with pytest.raises(RowRefused, match="请填取消日期"):
        check_row(rule, {**raw, "state": "取消"})


def test_each_type_of_institution_is_bound_by_the_catalogues_of_the_day():
    for name in institution_groups():
        assert list(items_for(name, on=TODAY)), name
    hospital = {row["regime"] for row in items_for("hospital", on=TODAY)}
    assert {"2021-measures", "2022-basic-catalogue"} <= hospital
    assert "2021-measures" not in {row["regime"] for row in items_for("hospital", on=date(2020, 1, 1))}
    assert not {row["info_class"] for row in items_for("hospital", on=TODAY)} & {
        "规则",
        "不得公开",
        "机构类型",
    }
