"""Totals for tables and pictures (汇总): rows or a measured field by choice, code or month; small counts hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gongkai.registers.core.schema import Register
from gongkai.registers.core.values import Value, shown

HIDDEN = "＜"


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a total: its label, value, and how many rows stand behind it."""

    label: str
    value: Decimal
    rows: int


def totals(
    rule: Register, rows: Iterable[Mapping[str, Value]], *, by: str, measure: str = "rows"
) -> list[Share]:
    """Add rows (or the field `measure`) up by a field: choices in the order of the list, dates by month, others by label."""
    field = rule.field(by)
    sums: dict[str, Decimal] = {}
    counts: dict[str, int] = {}
    for row in rows:
        value = row.get(by)
        label = f"{value.year}年{value.month}月" if isinstance(value, date) else shown(field, value) or "未填"
        added = Decimal(1) if measure == "rows" else Decimal(str(row.get(measure) or 0))
        sums[label] = sums.get(label, Decimal(0)) + added
        counts[label] = counts.get(label, 0) + 1
    order = {code.name: position for position, code in enumerate(field.codes)}
    if field.type == "date":
        labels = sorted(
            sums,
            key=lambda label: tuple(int(part) for part in label.rstrip("月").split("年") if part.isdigit()),
        )
    else:
        labels = sorted(sums, key=lambda label: (order.get(label, len(order)), label))
    return [Share(label, sums[label], counts[label]) for label in labels]


def suppressed(shares: Iterable[Share], *, below: int) -> list[tuple[str, str]]:
    """Return label and printed value with counts from 1 to `below` - 1 printed as ＜n; when only one part is hidden the next
    smallest is hidden too, so that it cannot be worked out from the total."""
    listed = list(shares)
    small = {share.label for share in listed if below and 0 < share.rows < below}
    if len(small) == 1:
        rest = [share for share in listed if share.label not in small and share.rows]
        if rest:
            small.add(min(rest, key=lambda share: share.rows).label)
    return [
        (s.label, f"{HIDDEN}{max(below, s.rows + 1)}" if s.label in small else f"{s.value.normalize():f}")
        for s in listed
    ]
