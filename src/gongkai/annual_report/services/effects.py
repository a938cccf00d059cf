"""What a change in the ledgers does to a report (变动影响): figures, equations, relations and sentences that fall."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from gongkai.annual_report.core.bound_text import bound_names, render
from gongkai.annual_report.core.derived import RelationOutcome, check_relations
from gongkai.annual_report.core.display import Exact, shown_number
from gongkai.annual_report.core.equations import Instance, instances
from gongkai.annual_report.core.formats import format_named, formulas
from gongkai.annual_report.core.metrics import Metric, all_metrics, metrics
from gongkai.annual_report.core.narrative import agrees, find_said, said_rules, table_value
from gongkai.annual_report.core.report import Report, label_of
from gongkai.annual_report.models import ReportCell, ReportRun
from gongkai.annual_report.services.build_run import cells_for, differing, organisation_codes
from gongkai.annual_report.services.evaluate import evaluate, period_of
from gongkai.annual_report.services.request_tables import request_tables
from gongkai.annual_report.services.run_report import (
    exact_value,
    previous_run,
    report_of,
    report_with,
    section_texts_of,
)

_SENTENCE = re.compile(r"[^。；\n]+[。；]?")


@dataclass(frozen=True, slots=True)
class EquationEffect:
    """An instance of a formula or a relation whose sides are others now; `held` before, `holds` now."""

    formula: str
    place: str
    before: tuple[Decimal | None, Decimal | None]
    after: tuple[Decimal | None, Decimal | None]
    held: bool | None
    holds: bool | None


@dataclass(frozen=True, slots=True)
class SentenceEffect:
    """A sentence that says something else now, or that contradicts the tables now (`after` is then the same words)."""

    section: str
    before: str
    after: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effects:
    """Everything that would be different if the report were computed now; all empty when nothing would."""

    figures: tuple[dict[str, str], ...]
    equations: tuple[EquationEffect, ...]
    sentences: tuple[SentenceEffect, ...]


def effects_of(*, run: ReportRun, today: date, now: datetime) -> Effects:
    """Compute the figures of a run's year as the facts stand now and tell what differs. Nothing is stored."""
    form = format_named(run.format)
    orgs = organisation_codes(org_code=run.org_code, scope=run.scope)
    figures = evaluate(metrics(on=today), year=run.year, orgs=orgs, as_of=now)
    tables = request_tables(form, period=period_of(run.year), orgs=orgs, as_of=now)
    old = list(run.cells.all())
    new = cells_for(run, form, figures, tables)
    changed = differing(old, new)
    names = {one["cell"] for one in changed}
    equations = (*_equations(run, old, new), *_relations(old, new)) if names else ()
    sentences = tuple(_sentences(run, old, new, names)) if names else ()
    return Effects(tuple(changed), equations, sentences)


def _equations(run: ReportRun, old: list[ReportCell], new: list[ReportCell]) -> Iterator[EquationEffect]:
    reports = [report_with(run, ((c.cell, c.value) for c in cells)) for cells in (old, new)]
    before_it = previous_run(run)
    for report in reports:
        report.previous = report_of(before_it) if before_it else None
    was = {(i[0], i[1]): i for i in instances(reports[0])}
    for instance in instances(reports[1]):
        formula, where, left, right, holds = instance
        earlier = was.get((formula, where))
        if earlier is not None and earlier[2:4] == (left, right):
            continue
        sides = earlier[2:4] if earlier else (None, None)
        place = f"{label_of(reports[1].format, where)}：{formulas()[formula].name}"
        yield EquationEffect(
            formula, place, sides, (left, right), _known(earlier), _known(instance) and holds
        )


def _known(instance: Instance | None) -> bool | None:
    if instance is None or instance[2] is None or instance[3] is None:
        return None
    return instance[4]


def _relations(old: list[ReportCell], new: list[ReportCell]) -> Iterator[EquationEffect]:
    was, now = _outcomes(old), _outcomes(new)
    for one, two in zip(was, now, strict=True):
        if (one.left, one.right) != (two.left, two.right):
            rule = two.relation
            yield EquationEffect(
                rule.id, rule.name, (one.left, one.right), (two.left, two.right), one.holds, two.holds
            )


def _outcomes(cells: list[ReportCell]) -> list[RelationOutcome]:
    known = {(m.id, m.version): m for m in all_metrics()}
    values: dict[str, Exact | None] = {}
    shown: dict[str, Decimal | None] = {}
    for cell in cells:
        metric = known.get((cell.definition, cell.definition_version))
        if metric is not None and metric.id == cell.cell:
            values[cell.cell] = exact_value(cell)
            shown[cell.cell] = _shown(metric, values[cell.cell])
    return check_relations(values, shown)


def _shown(metric: Metric, value: Exact | None) -> Decimal | None:
    return None if value is None else shown_number(value, metric.display)


def _sentences(
    run: ReportRun, old: list[ReportCell], new: list[ReportCell], changed: set[str]
) -> Iterator[SentenceEffect]:
    before = {cell.cell: cell.printed for cell in old}
    after = {cell.cell: cell.printed for cell in new}
    report = report_with(run, ((cell.cell, cell.value) for cell in new))
    for section, text in section_texts_of(run):
        for sentence in _SENTENCE.findall(text):
            bound = tuple(name for name in bound_names(sentence) if name in changed)
            if bound and all(name in before and name in after for name in bound_names(sentence)):
                yield SentenceEffect(
                    section.heading, render(sentence, before).strip(), render(sentence, after).strip(), bound
                )
            elif section.document == "annual" and not bound_names(sentence):
                cells = tuple(_contradicted(report, sentence, changed))
                if cells:
                    yield SentenceEffect(section.heading, sentence.strip(), sentence.strip(), cells)


def _contradicted(report: Report, sentence: str, changed: Collection[str]) -> Iterator[str]:
    """Yield the changed cells that a sentence with typed numbers does not agree with any more (F9)."""
    for said in find_said(sentence):
        rule = said_rules()[said.rule]
        exact = table_value(report, rule)
        if set(rule.cells) & set(changed) and exact is not None and agrees(said, exact) is None:
            yield from (cell for cell in rule.cells if cell in changed)
