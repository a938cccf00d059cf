"""Tables over the rows of a register for the public (公开汇总表): counts with totals, pass rates; small counts hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from gongkai.registers.core.aggregate import HIDDEN, Share, hidden_labels
from gongkai.registers.core.schema import Register, RegisterField, Summary
from gongkai.registers.core.values import Value, shown

Rows = Iterable[Mapping[str, Value]]
ALL = "总计"


@dataclass(frozen=True, slots=True)
class SummaryTable:
    """A table of words with its head row; `chart` holds labels and one number each for a picture beside it, if there is one."""

    title: str
    rows: tuple[tuple[str, ...], ...]
    chart: tuple[tuple[str, Decimal], ...] = ()
    chart_title: str = ""
    chart_unit: str = ""


def summary_table(rule: Register, summary: Summary, rows: Rows) -> SummaryTable:
    """Return the table of a summary over the rows."""
    return _pass_rate(rule, summary, rows) if summary.kind == "pass_rate" else _counts(rule, summary, rows)


@dataclass(slots=True)
class _Sum:
    group: str
    numbers: list[Decimal]
    people: Decimal = Decimal(0)


def _counts(rule: Register, summary: Summary, rows: Rows) -> SummaryTable:
    by, measures = rule.field(summary.by), [rule.field(m) for m in summary.measures]
    sums: dict[str, _Sum] = {}
    for row in rows:
        label = shown(by, row.get(by.id)) or "未填"
        group = shown(rule.field(summary.group), row.get(summary.group)) if summary.group else ""
        one = sums.setdefault(label, _Sum(group, [Decimal(0)] * max(len(measures), 1)))
        for place, measure in enumerate(measures):
            one.numbers[place] += Decimal(str(row.get(measure.id) or 0))
        if not measures:
            one.numbers[0] += 1
        one.people += Decimal(str(row.get(rule.suppress_by) or 0)) if rule.suppress_by else 1
    order = {code.name: position for position, code in enumerate(by.codes)}
    labels = sorted(sums, key=lambda label: (order.get(label, len(order)), label))
    parents = {code.name: code.parent for code in by.codes if code.parent}
    names = {code.id: code.name for code in by.codes}
    counted = [label for label in labels if names.get(parents.get(label, "")) not in sums]
    hidden = _hidden(rule, sums, labels)
    body: list[tuple[str, ...]] = [_member(ALL, _total(sums, counted), {})]
    chart: list[tuple[str, Decimal]] = []
    groups = [group for group in dict.fromkeys(sums[label].group for label in labels) if group]
    totals = {f"{g}合计": _total(sums, [n for n in counted if sums[n].group == g]) for g in groups}
    hidden_totals = _hidden(rule, totals, list(totals))
    for group, (label, total) in zip(groups, totals.items(), strict=True):
        body.append(_member(label, total, hidden_totals))
        body += [_member(name, sums[name], hidden) for name in labels if sums[name].group == group]
        chart.append((group, total.numbers[0]))
    if not groups:
        body += [_member(label, sums[label], hidden) for label in labels]
        chart = [(label, sums[label].numbers[0]) for label in labels]
    heads = [_head(m) for m in measures] or ["数量"]
    drawn = () if hidden or hidden_totals else tuple(chart)
    unit = measures[0].unit if measures else "项"
    return SummaryTable(summary.title, ((by.name, *heads), *body), drawn, summary.title, unit)


def _total(sums: Mapping[str, _Sum], labels: Iterable[str]) -> _Sum:
    members = [sums[label] for label in labels]
    columns = zip(*(member.numbers for member in members), strict=True)
    return _Sum(
        "", [sum(column, Decimal(0)) for column in columns], sum((m.people for m in members), Decimal(0))
    )


def _head(rule: RegisterField) -> str:
    return f"{rule.name}（{rule.unit}）" if rule.unit else rule.name


def _member(label: str, one: _Sum, hidden: Mapping[str, str]) -> tuple[str, ...]:
    if label in hidden:
        return (label, *((hidden[label],) * len(one.numbers)))
    return (label, *(_plain(number) for number in one.numbers))


def _hidden(rule: Register, sums: Mapping[str, _Sum], labels: Sequence[str]) -> dict[str, str]:
    """Return what is printed instead of a small count; each group hides on its own, because each prints its own total."""
    if not rule.suppress_below:
        return {}
    found: dict[str, str] = {}
    for group in dict.fromkeys(sums[label].group for label in labels):
        shares = [
            Share(label, sums[label].people, int(sums[label].people))
            for label in labels
            if sums[label].group == group
        ]
        small = hidden_labels(shares, below=rule.suppress_below)
        found |= {label: f"{HIDDEN}{limit}" for label, limit in small.items()}
    return found


@dataclass(slots=True)
class _Rate:
    points: set[str] = field(default_factory=set)
    units: set[str] = field(default_factory=set)
    bad_units: set[str] = field(default_factory=set)
    results: int = 0
    good: int = 0
    failed: dict[str, int] = field(default_factory=dict)

    def take(self, other: _Rate) -> None:
        self.points |= other.points
        self.units |= other.units
        self.bad_units |= other.bad_units
        self.results += other.results
        self.good += other.good


def _pass_rate(rule: Register, summary: Summary, rows: Rows) -> SummaryTable:
    """A unit (样品) passes only when every result of it does; both rates are named (样品合格率, 项次合格率)."""
    by = rule.field(summary.by)
    rates: dict[str, _Rate] = {}
    for row in rows:
        one = rates.setdefault(shown(by, row.get(by.id)) or "未填", _Rate())
        unit = str(row.get(summary.unit_field))
        one.units.add(unit)
        if summary.point_field:
            one.points.add(str(row.get(summary.point_field)))
        one.results += 1
        if row.get(summary.verdict) is True:
            one.good += 1
            continue
        one.bad_units.add(unit)
        words = [shown(rule.field(name), row.get(name)) for name in summary.failed]
        reason = words[0] + (f"（限值{words[1]}）" if len(words) > 1 and words[1] else "") if words else ""
        one.failed[reason] = one.failed.get(reason, 0) + 1
    order = {code.name: position for position, code in enumerate(by.codes)}
    labels = sorted(rates, key=lambda label: (order.get(label, len(order)), label))
    whole = _Rate()
    for label in labels:
        whole.take(rates[label])
    heads = (
        by.name,
        "监测点数",
        "样品数",
        "合格样品数",
        "样品合格率",
        "检测项次",
        "合格项次",
        "项次合格率",
        "不合格指标及限值",
    )
    body = [_rate_line(label, rates[label]) for label in labels]
    body.append(_rate_line("合计", whole))
    chart = tuple((label, _rate(len(r.units) - len(r.bad_units), len(r.units))) for label, r in rates.items())
    ordered = tuple(sorted(chart, key=lambda pair: labels.index(pair[0])))
    return SummaryTable(summary.title, (heads, *body), ordered, f"样品合格率（按{by.name}）", "%")


def _rate_line(label: str, one: _Rate) -> tuple[str, ...]:
    good_units = len(one.units) - len(one.bad_units)
    failed = "；".join(f"{reason} {count} 项次" for reason, count in sorted(one.failed.items())) or "无"
    return (
        label, str(len(one.points)), str(len(one.units)), str(good_units), f"{_rate(good_units, len(one.units))}%",
        str(one.results), str(one.good), f"{_rate(one.good, one.results)}%", failed if label != "合计" else "",
    )  # fmt: skip


def _rate(part: int, whole: int) -> Decimal:
    """Return a share in a hundred with two decimals, never 100 unless all do and never 0 unless none does."""
    if not whole:
        return Decimal(0)
    exact = Decimal(100 * part) / whole
    rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if rounded == 100 and part < whole:
        return Decimal("99.99")
    if rounded == 0 and part:
        return Decimal("0.01")
    return rounded


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
