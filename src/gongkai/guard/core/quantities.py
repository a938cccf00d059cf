"""Quantities in prose (文中数量): value, unit, how finely written, and whether it is only a bound."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_SCALE = {
    "": Decimal(1),
    "百": Decimal(100),
    "千": Decimal(1000),
    "万": Decimal(10_000),
    "十万": Decimal(100_000),
    "百万": Decimal(1_000_000),
    "千万": Decimal(10_000_000),
    "亿": Decimal(100_000_000),
}
_LOWER = (
    "余",
    "多",
    "以上",
    "上",
    "+",
    "不少于",
    "超",
    "超过",
    "逾",
    "近",
    "约",
    "大约",
    "左右",
    "不足",
    "以内",
    "以下",
    "至少",
    "最多",
)
QUANTITY = re.compile(
    r"(?P<lead>近|约|超过|超|逾|不少于|至少|达到|达|不足|大约|最多|累计)?\s?(?P<number>(?<![0-9A-Za-z.,〔\-/])(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)\s?(?P<few>余|多)?(?P<scale>千万|百万|十万|亿|万|千(?!克|米|瓦)|百(?!分))?(?P<more>余|多)?"
    r"(?P<unit>平方米|立方米|人次|例次|剂次|张次|户次|家次|万元|元|人|名|家|个|件|份|例|户|项|起|次|台|所|张|篇|条|场|支|剂|批|批次|吨|公里|册|套|处|间|辆|床|种|类|宗|部|期|班|组|村|镇|街道)?(?P<tail>以上|以下|左右|以内)?"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity: half-open span, exact value in base units, unit, size of its last written digit, bound or not."""

    start: int
    end: int
    value: Decimal
    unit: str
    grain: Decimal
    is_bound: bool


def read_quantity(match: re.Match[str]) -> Quantity:
    """Return the quantity of a match of QUANTITY."""
    number = match["number"].replace(",", "")
    scale = _SCALE[match["scale"] or ""]
    unit = match["unit"] or ""
    decimals = len(number.partition(".")[2])
    bound = any((match["few"], match["more"], match["tail"])) or (match["lead"] or "") in _LOWER
    return Quantity(
        match.start("number"), match.end(), Decimal(number) * scale, unit, scale / (10**decimals), bool(bound)
    )
