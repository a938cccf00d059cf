"""Tables three and four for any period (报表三、报表四), from facts; and a second count made straight from the cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Case as Choose
from django.db.models import Count, F, Sum, Value, When

from gongkai.journal import api as journal
from gongkai.requests.core.tables import (
    REMEDY_KINDS,
    REMEDY_RESULTS,
    TOTAL,
    CaseFact,
    Tables,
    columns,
    empty_tables,
    fold,
)
from gongkai.requests.models import Case, Remedy, TallyLine, TallyMonth

ONE_DAY = timedelta(days=1)
FACT_NAMES = tuple(
    f"requests.{name}"
    for name in ("RequestRegistered", "ReceiptConfirmed", "RequestClosed", "RemedyLodged", "RemedyEnded")
)


def case_facts(*, org_code: str, all_names: bool = False, until: date | None = None) -> Iterator[CaseFact]:
    """Yield the facts of an authority's cases in the order of writing."""
    names = () if all_names else FACT_NAMES
    for entry in journal.entries(names=names, orgs={org_code}, until=until):
        if entry.name.startswith("requests.") and entry.subject.startswith("request:"):
            body = dict(entry.body)
            yield CaseFact(
                name=entry.name.partition(".")[2], case=entry.subject, on=entry.on, seq=int(body["seq"]),
                state=str(body["state"]), body=body,
            )  # fmt: skip


def tables_from_facts(*, org_code: str, since: date, until: date) -> Tables:
    """Fold the journal into both tables; every cell keeps its cases. The authority for the annual report."""
    return fold(case_facts(org_code=org_code, until=until), since=since, until=until)


def tables_from_cases(*, org_code: str, since: date, until: date) -> Tables:
    """Count both tables straight from the cases; must agree with the facts."""
    tables = empty_tables(since, until)
    rows = Case.objects.filter(org_code=org_code, received_date__isnull=False, received_date__lte=until)
    for pk, kind, received, closed, row in rows.order_by("pk").values_list(
        "pk", "applicant_kind", "received_date", "closed_date", "row"
    ):
        number, is_closed = f"request:{pk}", closed is not None and closed <= until
        lines = ["new_received"] if received >= since else []
        if received < since and not (closed is not None and closed < since):
            lines.append("carried_in")
        if is_closed and closed >= since:
            lines += [row, "total_processed"]
        elif not is_closed:
            lines.append("carried_out")
        for line in lines:
            tables.section3[line][kind].append(number)
            tables.section3[line][TOTAL].append(number)
    remedies = Remedy.objects.filter(case__org_code=org_code, lodged_date__lte=until)
    for pk, case_id, kind, result, ended in remedies.values_list(
        "pk", "case_id", "kind", "result", "ended_date"
    ):
        if ended is not None and ended < since:
            continue
        cells, number = tables.section4[kind], f"request:{case_id}/{pk}"
        cells[result if ended is not None and ended <= until else "pending"].append(number)
        cells[TOTAL].append(number)
    return tables


def quick_numbers(*, org_code: str, since: date, until: date) -> dict[str, dict[str, int]]:
    """Return the numbers of table three from the statistics lines and their months; for screens and large offices."""
    cells = {row: dict.fromkeys(columns(), 0) for row in empty_tables(since, until).section3}

    def add(line: str, column: str, number: int) -> None:
        cells[line][column] += number
        cells[line][TOTAL] += number

    eve = since - ONE_DAY
    for (_, column), number in _grouped(org_code, "received", None, eve).items():
        add("carried_in", column, number)
        add("carried_out", column, number)
    for (_, column), number in _grouped(org_code, "closed", None, eve).items():
        add("carried_in", column, -number)
        add("carried_out", column, -number)
    for (_, column), number in _grouped(org_code, "received", since, until).items():
        add("new_received", column, number)
        add("carried_out", column, number)
    for (line, column), number in _grouped(org_code, "closed", since, until).items():
        add(line, column, number)
        add("total_processed", column, number)
        add("carried_out", column, -number)
    return cells


def quick_remedies(*, org_code: str, since: date, until: date) -> dict[str, dict[str, int]]:
    """Return the numbers of table four in one grouped query: remedies lodged by `until` and not ended before `since`."""
    cells = {kind: dict.fromkeys((*REMEDY_RESULTS, "pending", TOTAL), 0) for kind in REMEDY_KINDS}
    found = Remedy.objects.filter(case__org_code=org_code, lodged_date__lte=until).exclude(
        ended_date__lt=since
    )
    standing = Choose(When(ended_date__lte=until, then=F("result")), default=Value("pending"))
    for kind, result, number in (
        found.annotate(standing=standing).values_list("kind", "standing").annotate(n=Count("pk")).order_by()
    ):
        cells[kind][result] += number
        cells[kind][TOTAL] += number
    return cells


def _grouped(org_code: str, kind: str, since: date | None, until: date) -> Counter[tuple[str, str]]:
    """Count one kind of line by (row, column) from `since` (None: from the beginning) to `until`, both days included.

    Whole months come from the months' counts; only the days of broken months are read line by line.
    """
    months = TallyMonth.objects.filter(org_code=org_code, kind=kind, month__lt=_month_after(until))
    broken: list[tuple[date, date]] = []
    if _month_after(until) - ONE_DAY != until:
        months = months.filter(month__lt=until.replace(day=1))
        first = until.replace(day=1)
        broken.append((max(first, since) if since else first, until))
    if since is not None:
        whole = since if since.day == 1 else _month_after(since)
        months = months.filter(month__gte=whole)
        if since.day != 1 and (since.year, since.month) != (until.year, until.month):
            broken.append((since, _month_after(since) - ONE_DAY))
        elif since.day != 1 and not broken:
            broken.append((since, until))
    counts: Counter[tuple[str, str]] = Counter()
    for row, column, number in months.values_list("row", "column").annotate(n=Sum("number")).order_by():
        counts[row, column] += number
    lines = TallyLine.objects.filter(org_code=org_code, kind=kind)
    for first, last in broken:
        found = lines.filter(on__gte=first, on__lte=last).values_list("row", "column").annotate(n=Count("pk"))
        for row, column, number in found.order_by():
            counts[row, column] += number
    return counts


def _month_after(day: date) -> date:
    return (day.replace(day=28) + 4 * ONE_DAY).replace(day=1)
