"""Compute the figures of a period (折算指标): folds in the database, derivations over them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from gongkai.annual_report.core.bound_text import NOT_APPLICABLE
from gongkai.annual_report.core.derived import derive
from gongkai.annual_report.core.display import Exact, printed, shown_number
from gongkai.annual_report.core.fact_ids import pack
from gongkai.annual_report.core.metrics import DERIVED, ROW_FACTS, Metric
from gongkai.journal import api as journal

Period = tuple[date, date]
ShelfOf = Callable[[str], journal.Shelf]


@dataclass(frozen=True, slots=True)
class Figure:
    """A computed figure: exact value (None = not applicable), packed fact ids with their number, the figures it is derived from."""

    metric: Metric
    value: Exact | None
    facts: bytes = b""
    fact_count: int = 0

    @property
    def printed(self) -> str:
        """Return the figure as the text prints it."""
        if self.value is None:
            return NOT_APPLICABLE
        return printed(self.value, self.metric.display, unit=self.metric.unit)

    @property
    def shown(self) -> Decimal | None:
        """Return the number that the printed form says."""
        return None if self.value is None else shown_number(self.value, self.metric.display)


def period_of(year: int) -> Period:
    """Return the statistical period of a year (统计期间)."""
    return date(year, 1, 1), date(year, 12, 31)


def evaluate(
    metrics: Mapping[str, Metric], *, year: int, orgs: Collection[str], as_of: datetime | None = None
) -> dict[str, Figure]:
    """Compute metrics (ordered so that parts come first) over the facts of these organisations written up to `as_of`."""
    with journal.newest_shelf(
        names=ROW_FACTS, per="subject", part_field="register", orgs=orgs, as_of=as_of
    ) as shelf_of:
        return _evaluate(metrics, year, orgs, as_of, shelf_of)


def _evaluate(
    metrics: Mapping[str, Metric], year: int, orgs: Collection[str], as_of: datetime | None, shelf_of: ShelfOf
) -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    for metric in metrics.values():
        shelf = shelf_of(metric.register) if metric.register else None
        period = period_of(year - 1 if metric.period == "previous" else year)
        if metric.kind in DERIVED:
            parts = {part: figures[part].value for part in metric.of}
            known = {name: value for name, value in parts.items() if value is not None}
            figures[metric.id] = Figure(metric, derive(metric, known) if len(known) == len(parts) else None)
        elif metric.kind == "year":
            figures[metric.id] = Figure(metric, year)
        elif metric.kind == "constant":
            figures[metric.id] = Figure(metric, Decimal(metric.value))
        elif metric.kind == "text":
            figures[metric.id] = Figure(metric, metric.value)
        elif metric.kind == "latest":
            figures[metric.id] = _latest(metric, period, orgs, as_of, shelf)
        else:
            definition = journal.read_definition(metric.fold_of(start=period[0], end=period[1]))
            folded = journal.fold(definition=definition, period=period, orgs=orgs, as_of=as_of, shelf=shelf)
            packed, count = pack(folded.fact_ids() if folded.facts else ())
            figures[metric.id] = Figure(metric, folded.value, packed, count)
    return figures


def _latest(
    metric: Metric, period: Period, orgs: Collection[str], as_of: datetime | None, shelf: journal.Shelf | None
) -> Figure:
    """Return the newest day in a field, over all the facts that have one."""
    definition = journal.read_definition(metric.fold_of(start=period[0], end=period[1]))
    cells = journal.fold_cells(definition=definition, period=period, orgs=orgs, as_of=as_of, shelf=shelf)
    days = [key[0] for key in cells if key[0] is not None]
    if not days:
        return Figure(metric, None)
    ids = sorted(number for key, cell in cells.items() if key[0] is not None for number in cell.fact_ids())
    return Figure(metric, date.fromisoformat(max(days)), *pack(ids))
