"""Tables three and four for any period (报表三、报表四), from facts; and a second count made straight from the cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db import connection
from django.db.models import Case as Choose
from django.db.models import Count, F, Value, When

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
from gongkai.requests.models import Case, Remedy, TallyLine

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
    """Return the numbers of table three in four grouped queries over the statistics lines; for screens and large offices."""
    cells = {row: dict.fromkeys(columns(), 0) for row in empty_tables(since, until).section3}

    def add(line: str, column: str, number: int) -> None:
        cells[line][column] += number
        cells[line][TOTAL] += number

    before, during = _grouped(org_code, "received", None, since), _grouped(org_code, "received", since, until)
    closed_before, closed = (
        _grouped(org_code, "closed", None, since),
        _grouped(org_code, "closed", since, until),
    )
    open_now: dict[str, int] = {}
    for groups, sign in ((before, 1), (closed_before, -1)):
        for _, column, number in groups:
            add("carried_in", column, sign * number)
            open_now[column] = open_now.get(column, 0) + sign * number
    for _, column, number in during:
        add("new_received", column, number)
        open_now[column] = open_now.get(column, 0) + number
    for line, column, number in closed:
        add(line, column, number)
        add("total_processed", column, number)
        open_now[column] = open_now.get(column, 0) - number
    for column, number in open_now.items():
        add("carried_out", column, number)
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


def _grouped(org_code: str, kind: str, since: date | None, until: date) -> list[tuple[str, str, int]]:
    """Return (row, column, number) for one kind of line: on or after `since` up to `until`, or before `until` when `since` is None."""
    table = connection.ops.quote_name(TallyLine._meta.db_table)
    on, row, column = (connection.ops.quote_name(name) for name in ("on", "row", "column"))
    span, params = (
        (f"{on} < %s", [until]) if since is None else (f"{on} >= %s AND {on} <= %s", [since, until])
    )
    sql = (
        f"SELECT {row}, {column}, COUNT(*) FROM {table} WHERE org_code = %s AND kind = %s AND {span} "  # noqa: S608
        f"GROUP BY {row}, {column}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [org_code, kind, *params])
        return [(str(r), str(c), int(n)) for r, c, n in cursor.fetchall()]
