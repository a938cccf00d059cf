"""Make a run (运算年报): verify the journal, fold every figure, fill the official tables, check them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from gongkai.annual_report.core.bound_text import FigureUnknown, render
from gongkai.annual_report.core.checking import check_report, outcome_to_json
from gongkai.annual_report.core.derived import check_relations
from gongkai.annual_report.core.errors import ReportRefused
from gongkai.annual_report.core.formats import ReportFormat, format_of_year
from gongkai.annual_report.core.metrics import Metric, cells_of, metrics
from gongkai.annual_report.core.report import addresses, label_of
from gongkai.annual_report.core.texts import offered
from gongkai.annual_report.facts import ReportRunMade
from gongkai.annual_report.models import ReportCell, ReportRun
from gongkai.annual_report.services.evaluate import Figure, evaluate, period_of
from gongkai.annual_report.services.request_tables import VERSION, RequestTables, request_tables
from gongkai.annual_report.services.run_report import annual_text, previous_run, report_of
from gongkai.journal import api as journal
from gongkai.organisations import api as organisations

OWN, ALL = "own", "all"
GENESIS = "0" * 64


def build_run(
    *, org_code: str, year: int, actor: journal.Actor, now: datetime, today: date, scope: str = OWN,
    replaces: int | None = None, reason: str = "", heads_folder: Path | None = None,
) -> ReportRun:  # fmt: skip
    """Compute the report of a year and keep it as a draft with cells, facts, cross-checks and relations.

    `scope` own leaves authorities below aside, all takes them in. With `replaces` (a frozen run) it is a correction: texts are
    taken over and the cells that differ are listed. The journal is sealed and verified first.

    Raises:
        ReportRefused: the journal does not verify, the year is not over-reachable, a frozen report stands and nothing is replaced.
        FormatUnknown: no official format serves the year.
    """
    form = format_of_year(year)
    if year > today.year:
        raise ReportRefused(
            "report.year_ahead", f"{year} 年还没有开始，不能运算", where="年度", remedy="请核对年度"
        )
    old = _replaced(org_code, year, scope, replaces, reason)
    journal.seal_pending(now=now)
    entries = _verified(heads_folder)
    orgs = organisation_codes(org_code=org_code, scope=scope)
    definitions = metrics(on=today)
    figures = evaluate(definitions, year=year, orgs=orgs, as_of=now)
    tables = request_tables(form, period=period_of(year), orgs=orgs, as_of=now)
    seal = journal.newest_seal() or (0, GENESIS)
    with transaction.atomic():
        run = ReportRun.objects.create(
            org_code=org_code, year=year, format=form.name, scope=scope, period_start=period_of(year)[0],
            period_end=period_of(year)[1], made_at=now, made_by=actor.user_id, head_seq=seal[0], head=seal[1],
            verified_entries=entries, definitions_sha256=definitions_digest(definitions), format_basis=list(form.basis),
            replaces=old, reason=reason.strip()[:300], texts=_texts(year, old), editors=_editors(actor, old),
        )  # fmt: skip
        _store(run, form, figures, tables)
        check_run(run, unplaced=tables.unplaced)
        if old is not None:
            run.differences = differences(old, run)
        run.relations = _relations(figures)
        run.save()
        journal.record_fact(_made(run), actor=actor, now=now)
    return run


def organisation_codes(*, org_code: str, scope: str) -> frozenset[str]:
    """Return the organisations whose facts count: with `own` without the authorities below and what belongs to them."""
    codes = organisations.subtree_codes(code=org_code)
    if scope == ALL:
        return codes
    below = organisations.list_organisations(under=org_code, kind="authority", include_closed=True)
    for other in below:
        if other.code != org_code:
            codes -= organisations.subtree_codes(code=other.code)
    return codes


def definitions_digest(definitions: Mapping[str, Metric]) -> str:
    """Return the SHA-256 over every definition that a run used."""
    text = json.dumps(
        [asdict(m) for m in definitions.values()], ensure_ascii=False, sort_keys=True, default=str
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _replaced(org_code: str, year: int, scope: str, replaces: int | None, reason: str) -> ReportRun | None:
    standing = ReportRun.objects.filter(
        org_code=org_code, year=year, scope=scope, state=ReportRun.APPROVED
    ).first()
    if replaces is None:
        if standing is not None:
            raise ReportRefused(
                "report.frozen", f"{year} 年的报告已定稿（第 {standing.pk} 号）", where="年度报告",
                remedy="要更正请打开已定稿的报告，点“更正这份报告”",
            )  # fmt: skip
        return None
    if standing is None or standing.pk != replaces:
        raise ReportRefused(
            "report.not_in_force", "只能更正现行的定稿报告", where="年度报告", remedy="请刷新后重试"
        )
    if not reason.strip():
        raise ReportRefused(
            "report.reason_missing", "没有写更正理由", where="更正理由", remedy="请写明为什么更正"
        )
    return standing


def _verified(heads_folder: Path | None) -> int:
    outcome = journal.verify(heads_folder=heads_folder)
    if not outcome.ok:
        first = outcome.first_bad
        words = first.message if first else f"有 {len(outcome.differences)} 处不一致"
        raise ReportRefused(
            "report.journal_unverified", f"账本核验没有通过，不能运算：{words}", where=first.where if first else "账本",
            remedy="请运行 gongkai journal verify 查明，必要时从备份恢复",
        )  # fmt: skip
    return outcome.entries


def _texts(year: int, old: ReportRun | None) -> dict[str, str]:
    if old is not None:
        return dict(old.texts)
    return {name: text.text.strip() for name, text in offered(year=year).items()}


def _editors(actor: journal.Actor, old: ReportRun | None) -> list[int]:
    before = list(old.editors) if old is not None else []
    return sorted({*before, *([actor.user_id] if actor.user_id else [])})


def _store(run: ReportRun, form: ReportFormat, figures: Mapping[str, Figure], tables: RequestTables) -> None:
    ReportCell.objects.bulk_create(cells_for(run, form, figures, tables), batch_size=200)


def cells_for(
    run: ReportRun, form: ReportFormat, figures: Mapping[str, Figure], tables: RequestTables
) -> list[ReportCell]:
    """Return the cells of a run, not stored: figures, section 2 by address, sections 3 and 4."""
    rows = [_figure_cell(run, figure) for figure in figures.values()]
    section2 = cells_of(figures_metrics(figures), format_name=form.name)
    for address in addresses(form):
        if address in section2:
            rows.append(_address_cell(run, form, address, figures[section2[address]]))
    for cell in tables.cells:
        rows.append(
            ReportCell(
                run=run, cell=cell.address, name=label_of(form, cell.address), value=str(cell.value),
                printed=str(cell.value), unit="件", definition="annual_report.requests", definition_version=VERSION,
                parts=list(cell.parts), fact_count=cell.fact_count, facts=cell.facts,
            )
        )  # fmt: skip
    for position, row in enumerate(rows):
        row.position = position
    return rows


def figures_metrics(figures: Mapping[str, Figure]) -> dict[str, Metric]:
    """Return the metrics of figures by id."""
    return {name: figure.metric for name, figure in figures.items()}


def _figure_cell(run: ReportRun, figure: Figure) -> ReportCell:
    metric, value = figure.metric, figure.value
    kind = ReportCell.NUMBER
    if isinstance(value, date):
        kind = ReportCell.DATE
    elif isinstance(value, str):
        kind = ReportCell.TEXT
    return ReportCell(
        run=run, cell=metric.id, name=metric.name, ref=metric.ref or "", kind=kind, value=exact_text(value),
        printed=figure.printed, unit=metric.unit, definition=metric.id, definition_version=metric.version,
        parts=list(metric.of), fact_count=figure.fact_count, facts=figure.facts,
    )  # fmt: skip


def exact_text(value: object) -> str:
    """Return an exact value as it is kept: numbers without exponent, days as ISO, nothing for not applicable."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _address_cell(run: ReportRun, form: ReportFormat, address: str, figure: Figure) -> ReportCell:
    metric = figure.metric
    return ReportCell(
        run=run, cell=address, name=label_of(form, address), value=exact_text(figure.shown or 0), printed=figure.printed,
        unit=metric.unit, definition=metric.id, definition_version=metric.version, parts=[metric.id],
    )  # fmt: skip


def check_run(run: ReportRun, *, unplaced: tuple[str, ...] | None = None) -> None:
    """Check the cross-checks and the texts of a run and keep the outcome on it (not saved)."""
    report = report_of(run)
    before = previous_run(run)
    report.previous = report_of(before) if before else None
    printed = dict(run.cells.values_list("cell", "printed"))
    try:
        report.narrative = render(annual_text(run), printed)
    except FigureUnknown as unknown:
        report.narrative = ""
        run.outcome = {"unknown_figures": list(unknown.names)}
        return
    outcome = check_report(report)
    found = outcome_to_json(report, outcome)
    found["has_errors"] = outcome.has_errors
    found["unplaced"] = list(unplaced if unplaced is not None else run.outcome.get("unplaced", ()))
    found["previous_run"] = before.pk if before else None
    run.outcome = found


def _relations(figures: Mapping[str, Figure]) -> list[dict[str, object]]:
    outcomes = check_relations(
        {name: figure.value for name, figure in figures.items()},
        {name: figure.shown for name, figure in figures.items()},
    )
    return [
        {
            "id": o.relation.id, "name": o.relation.name, "op": o.relation.op, "left": exact_text(o.left),
            "right": exact_text(o.right), "holds": o.holds, "expected": o.relation.expected, "as_expected": o.as_expected,
        }
        for o in outcomes
    ]  # fmt: skip


def differences(old: ReportRun, new: ReportRun) -> list[dict[str, str]]:
    """List the cells that differ between two runs: both exact values and both printed ones."""
    return differing(old.cells.all(), new.cells.all())


def differing(old: Iterable[ReportCell], new: Iterable[ReportCell]) -> list[dict[str, str]]:
    """List the cells that differ between two sets of cells, in the order of the second."""
    before, after = {cell.cell: cell for cell in old}, {cell.cell: cell for cell in new}
    found = []
    for name in dict.fromkeys((*after, *before)):
        one, two = before.get(name), after.get(name)
        if one and two and (one.value, one.printed) == (two.value, two.printed):
            continue
        shown = two or one
        assert shown is not None  # noqa: S101  (the name came from one of them)
        found.append(
            {
                "cell": name, "name": shown.name, "before": one.value if one else "", "after": two.value if two else "",
                "printed_before": one.printed if one else "", "printed_after": two.printed if two else "",
            }
        )  # fmt: skip
    return found


def _made(run: ReportRun) -> ReportRunMade:
    return ReportRunMade(
        org=run.org_code, subject=f"report:{run.pk}", on=run.period_end, run=int(run.pk), year=run.year, format=run.format,
        period_start=run.period_start, period_end=run.period_end, head_seq=run.head_seq, head=run.head,
        definitions=run.definitions_sha256, cells=run.cells.count(), failures=len(run.outcome.get("failures", ())),
        replaces=run.replaces_id,
    )  # fmt: skip
