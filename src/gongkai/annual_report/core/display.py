"""How a figure is printed (显示规则): the exact value stays, the printed one follows a rule that is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Literal

Exact = int | Decimal | date | str
WAN = Decimal(10_000)
RULE_WORDS = {
    "exact": "照实", "half_up": "四舍五入", "floor": "舍去尾数", "万": "以万为单位，四舍五入", "lower_bound": "取整后写“余”", "date": "月日",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Display:
    """A display rule. `exact` prints as it is; `half_up` and `floor` keep `decimals` after dividing by `divide`; `万` is in 万
    with `decimals`, half up; `lower_bound` cuts (see `bound_step`) and adds 余;
    `date` prints month and day.
    """

    rule: Literal["exact", "half_up", "floor", "万", "lower_bound", "date"] = "exact"
    decimals: int = 0
    divide: int = 1

    def __post_init__(self) -> None:
        """Refuse what cannot be printed."""
        if self.decimals < 0 or self.divide < 1:
            raise ValueError("decimals 不能为负，divide 至少为 1")


def shown_number(value: Exact, display: Display) -> Decimal | None:
    """Return the number that the printed form says, in the unit of the metric; None for dates and texts."""
    if isinstance(value, (str, date)):
        return None
    exact = Decimal(value)
    match display.rule:
        case "exact":
            return exact
        case "万":
            return _cut(exact / WAN, display.decimals, ROUND_HALF_UP) * WAN
        case "lower_bound":
            step = bound_step(exact)
            return exact // step * step
        case "floor":
            return _cut(exact / display.divide, display.decimals, ROUND_DOWN)
        case _:
            return _cut(exact / display.divide, display.decimals, ROUND_HALF_UP)


def printed(value: Exact, display: Display, *, unit: str = "") -> str:
    """Return a figure as the text prints it: number, 万, 余 and % included, the unit of measure not."""
    if isinstance(value, date):
        return f"{value.month}月{value.day}日" if display.rule == "date" else value.isoformat()
    if isinstance(value, str):
        return value
    number = shown_number(value, display)
    assert number is not None  # noqa: S101  (dates and texts have been dealt with)
    sign = "%" if unit == "%" else ""
    if display.rule == "万":
        return f"{_plain(number / WAN)}万"
    if display.rule == "lower_bound":
        return f"{_plain(number)}{'余' if number < Decimal(value) else ''}{sign}"
    return f"{_plain(number)}{sign}"


def bound_step(exact: Decimal) -> Decimal:
    """Return to what a lower bound is cut: tens below a thousand (493 → 490余), then the second digit (1,234 → 1,200余)."""
    if exact < 10:
        return Decimal(1)
    if exact < 1000:
        return Decimal(10)
    return Decimal(10) ** (exact.adjusted() - 1)


def _cut(number: Decimal, decimals: int, rounding: str) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), rounding)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
