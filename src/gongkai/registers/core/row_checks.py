"""Checks over a whole row (整行核对) that a register names in `checks`; some fill fields that people need not type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from gongkai.registers.core.code_lists import diseases
from gongkai.registers.core.values import Value
from gongkai.registers.core.water import judge, limit_for

Values = dict[str, Value]
Problem = tuple[str, str]
"""A field id and what is wrong with it."""
_GROUPS = {"a": "甲类", "b": "乙类", "c": "丙类"}


def _water(values: Values) -> Iterator[Problem]:
    """Judge a result by the standard of the day; a judgement typed in must agree."""
    sampled, indicator = values.get("sampled_date"), values.get("indicator")
    if not isinstance(sampled, date) or not isinstance(indicator, str):
        return
    limit = limit_for(indicator, sampled)
    if limit is None:
        yield "indicator", f"{sampled} 有效的标准里没有这一指标的限值；请核对采样日期和指标"
        return
    value, absent = values.get("value"), values.get("not_detected") is True
    if limit.operator != "words" and value is None and not absent:
        yield "value", "检测值和“未检出”至少填一项"
        return
    found = judge(
        limit, value=Decimal(str(value)) if value is not None else None, not_detected=absent,
        point_type=str(values.get("point_type")), small_supply=values.get("small_supply") is True,
    )  # fmt: skip
    given = values.get("qualified")
    if found.passes is None and given is None:
        yield "qualified", "这一项由人判定，请填“是”或“否”"
    elif found.passes is not None and given is not None and given is not found.passes:
        right = "是" if found.passes else "否"
        yield "qualified", f"按 {limit.standard} 限值 {found.limit} 应为“{right}”；请核对检测值或判定"
    values["qualified"] = given if found.passes is None else found.passes
    values["limit"], values["standard"] = found.limit, limit.standard


def _disease(values: Values) -> Iterator[Problem]:
    """The disease must be on the list of that month, in the class that the list gives it."""
    month, one = values.get("month"), diseases().get(str(values.get("disease")))
    if one is None or not isinstance(month, date):
        return
    if (one.in_force_from and month < one.in_force_from) or (one.in_force_to and one.in_force_to < month):
        yield "disease", f"{month:%Y年%m月}的法定病种里没有{one.name}；请核对月份和病种"
    given = values.get("disease_class")
    if given is not None and given != one.group:
        yield "disease_class", f"{one.name}属于{_GROUPS[one.group]}"
    values["disease_class"] = one.group
    deaths, cases = values.get("deaths"), values.get("cases")
    if isinstance(deaths, int) and isinstance(cases, int) and not cases and deaths and one.id != "aids":
        yield "deaths", "发病数为 0 而有死亡数；请核对，跨月死亡请在备注中说明"


def _double_publicity(values: Values) -> Iterator[Problem]:
    """Who the decision is about decides which fields must be filled; the days must follow each other."""
    if values.get("party_kind") == "person":
        if not values.get("party_person"):
            yield "party_person", "相对人是自然人，请填姓名（按隐名规则保存）"
        yield from (
            (name, "相对人是自然人，这一列应为空")
            for name in ("party_name", "party_code")
            if values.get(name)
        )
    elif values.get("party_kind"):
        yield from (
            (name, "相对人是法人、其他组织或个体工商户时必填")
            for name in ("party_name", "party_code")
            if not values.get(name)
        )
        if values.get("party_person"):
            yield "party_person", "只在相对人是自然人时填写"
    if values.get("penalty_kind") == "fine" and values.get("fine_wan") is None:
        yield "fine_wan", "处罚类别是罚款时必填"
    if (
        values.get("penalty_kind") in ("confiscate_income", "confiscate_goods")
        and values.get("confiscated_wan") is None
    ):
        yield "confiscated_wan", "处罚类别是没收时必填"
    yield from _in_order(values, "filed_date", "decided_date", "published_date", "withdrawn_date")


def _power_change(values: Values) -> Iterator[Problem]:
    """A change of a power item says on what ground and when."""
    if values.get("change_type"):
        yield from (
            (name, "写了调整类型，这一列必填")
            for name in ("change_basis", "change_date")
            if values.get(name) is None
        )
    if values.get("state") == "cancelled" and values.get("cancelled_date") is None:
        yield "cancelled_date", "事项已取消，请填取消日期"


def _institution_item(values: Values) -> Iterator[Problem]:
    """An item that does not apply says why; one that is public says since when."""
    if values.get("state") == "not_applicable" and not values.get("reason"):
        yield "reason", "状态是“不适用”时必填"
    if values.get("state") == "public" and values.get("published_date") is None:
        yield "published_date", "状态是“已公开”时必填"


def _in_order(values: Values, *names: str) -> Iterator[Problem]:
    last: date | None = None
    for name in names:
        day = values.get(name)
        if not isinstance(day, date):
            continue
        if last is not None and day < last:
            yield name, f"{day} 早于前一步的 {last}"
        last = day


CHECKS: dict[str, Callable[[Values], Iterator[Problem]]] = {
    "water_limits": _water,
    "notifiable_disease": _disease,
    "double_publicity": _double_publicity,
    "power_change": _power_change,
    "institution_item": _institution_item,
}
