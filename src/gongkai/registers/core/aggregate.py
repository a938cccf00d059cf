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
    """One part of a total: its label, value, and how many rows (or people) stand behind it."""

    label: str
    value: Decimal
    rows: int


def totals(
    rule: Register, rows: Iterable[Mapping[str, Value]], *, by: str, measure: str = "rows"
) -> list[Share]:
    """Add rows (or the field `measure`) up by a field: choices in the order of the list, dates by month, others by label.

    `rows` of a share counts people where the register says which field does (`suppress_by`), else rows.
    """
    field = rule.field(by)
    sums: dict[str, Decimal] = {}
    counts: dict[str, Decimal] = {}
    for row in rows:
        value = row.get(by)
        label = f"{value.year}年{value.month}月" if isinstance(value, date) else shown(field, value) or "未填"
        added = Decimal(1) if measure == "rows" else Decimal(str(row.get(measure) or 0))
        sums[label] = sums.get(label, Decimal(0)) + added
        people = Decimal(str(row.get(rule.suppress_by) or 0)) if rule.suppress_by else Decimal(1)
        counts[label] = counts.get(label, Decimal(0)) + people
    order = {code.name: position for position, code in enumerate(field.codes)}
    if field.type == "date":
        labels = sorted(
            sums,
            key=lambda label: tuple(int(part) for part in label.rstrip("月").split("年") if part.isdigit()),
        )
    else:
        labels = sorted(sums, key=lambda label: (order.get(label, len(order)), label))
    return [Share(label, sums[label], int(counts[label])) for label in labels]


def hidden_labels(shares: Iterable[Share], *, below: int) -> dict[str, int]:
    """Return the labels whose counts must not be seen, with the number they are printed to be less than.

    Counts from 1 to `below` - 1 are hidden; when only one is, the next smallest is hidden too, so that it cannot be worked out
    from the total.
    """
    listed = list(shares)
    small = {share.label: below for share in listed if below and 0 < share.rows < below}
    if len(small) == 1:
        rest = [share for share in listed if share.label not in small and share.rows]
        if rest:
            next_one = min(rest, key=lambda share: share.rows)
            small[next_one.label] = max(below, next_one.rows + 1)
    return small


def suppressed(shares: Iterable[Share], *, below: int) -> list[tuple[str, str]]:
    """Return label and printed value, with the counts of `hidden_labels` printed as ＜n."""
    listed = list(shares)
    small = hidden_labels(listed, below=below)
    return [
        (s.label, f"{HIDDEN}{small[s.label]}" if s.label in small else f"{s.value.normalize():f}")
        for s in listed
    ]
