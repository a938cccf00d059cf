"""Bench of the requests room: the ledger, near-due list and tables at a million cases, limits with trace, fifty at once.

It fills a database of its own (embedded, in a throw-away folder) in another process, so the home it is asked in stays as it is.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from gongkai.kernel.measuring import measured_apart

NAMES = (
    "requests.limit",
    "requests.ledger",
    "requests.near_due",
    "requests.tables",
    "requests.at_once",
)
CASES, APPLICANTS = 1_000_000, 50
_START = date(2021, 1, 4)


def measure(cases: int = CASES) -> Iterator[dict[str, Any]]:
    """Yield the rows of this room."""
    yield _limits()
    yield from measured_apart("gongkai.requests.bench", cases, what="依申请公开")


def _limits() -> dict[str, Any]:
    """Measure how many limits a second are worked out, with their day-by-day trace."""
    from gongkai.kernel.calendar import load_calendar
    from gongkai.requests.core.case_clock import CaseEvents, reply_deadline

    calendar, count = load_calendar(), 4000
    cases = [
        CaseEvents(received=_START + timedelta(days=n % 1200), pauses=[(_START + timedelta(days=n % 1200 + 3), _START + timedelta(days=n % 1200 + 12))])
        for n in range(count)
    ]  # fmt: skip
    began = time.perf_counter()
    for case in cases:
        reply_deadline(events=case, version="1", calendar=calendar)
    rate = count / (time.perf_counter() - began)
    return {
        "name": "requests.limit",
        "value": round(rate),
        "unit": "/s",
        "budget": 2000,
        "met": rate >= 2000,
        "n": count,
    }


def _pick(values: Sequence[str], number: str) -> str:
    """Return SQL that takes one of the values in turn."""
    cases = " ".join(f"WHEN {n} THEN '{value}'" for n, value in enumerate(values))
    return f"CASE ({number}) % {len(values)} {cases} END"


def _columns() -> dict[str, str]:
    """Return SQL for every column of a case that is not empty: five years, one in twenty open and received of late."""
    from gongkai.requests.core.outcomes import derivation
    from gongkai.requests.core.rules import room_rules

    is_open = "n % 20 = 0"
    received = f"date('now', '-' || CASE WHEN {is_open} THEN n / 20 % 45 ELSE 40 + n % 1800 END || ' days')"
    closed = f"CASE WHEN {is_open} THEN NULL ELSE date({received}, '+' || (n % 38) || ' days') END"
    return {
        "id": "n + 1", "org_code": "'demo'", "number": "printf('DEMO-B%07d', n)", "year": "2000 + n % 5", "serial": "n + 1",
        "state": f"CASE WHEN {is_open} THEN 'handling' ELSE 'closed' END", "is_open": is_open, "channel": "'online'",
        "applicant_kind": _pick(list(room_rules().applicant_kinds), "n"), "title": "'第 ' || n || ' 件申请'",
        "content": "'请公开有关材料'", "arrived_date": received, "received_date": received, "receipt_basis": "'arrived'",
        "clock_version": "'1'", "due_date": f"date({received}, '+30 days')", "closed_date": closed,
        "closed_late": f"NOT ({is_open}) AND n % 38 > 30", "round": "1", "provisional": "0", "is_paused": "0",
        "handler_id": "CASE WHEN n % 200 = 0 THEN :handler END", "events_count": "0",
        "row": f"CASE WHEN {is_open} THEN '' ELSE {_pick(derivation().order, 'n')} END",
        "submission_key": "'bench:' || n", "registered_at": "'2026-01-05 00:00:00'",
    }  # fmt: skip


def _fill(cases: int) -> Any:
    """Fill the embedded database by statements of its own, with one handler with the ordinary post."""
    from django.db import connection

    from gongkai.organisations import testing
    from gongkai.requests.models import Case

    testing.make_tree()
    handler = testing.make_person("bench", ("request_handler", "demo-office"), org_code="demo-office")
    columns = {field.column: "''" for field in Case._meta.local_fields if not field.null} | _columns()
    counted = f"WITH RECURSIVE seq(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM seq WHERE n < {cases - 1})"  # noqa: S608
    names = ", ".join(f'"{name}"' for name in columns)
    line = 'INSERT INTO requests_tallyline (entry, org_code, case_id, kind, row, column, "on")'
    statements = (
        f"{counted} INSERT INTO requests_case ({names}) SELECT {', '.join(columns.values())} FROM seq",  # noqa: S608
        "INSERT INTO requests_applicant (case_id, sealed, masked_name, identity_lookup, phone_lookup, has_agent) "
        "SELECT id, x'', '测***', '', '', 0 FROM requests_case",
        f"{line} SELECT 2 * id, org_code, id, 'received', 'new_received', applicant_kind, received_date FROM requests_case",  # noqa: S608
        f"{line} SELECT 2 * id + 1, org_code, id, 'closed', row, applicant_kind, closed_date FROM requests_case WHERE NOT is_open",  # noqa: S608
        "INSERT INTO requests_remedy (case_id, kind, body, reference, lodged_date, result, ended_date, note) SELECT id, "
        "'review', '示范区', '', date(closed_date, '+9 days'), CASE WHEN id % 3 THEN 'upheld' ELSE '' END, "
        "CASE WHEN id % 3 THEN date(closed_date, '+60 days') END, '' FROM requests_case WHERE id % 50 = 3",
    )
    statements += (
        "INSERT INTO requests_tallymonth (org_code, kind, month, row, column, number) SELECT org_code, kind, "
        "date(\"on\", 'start of month'), row, column, COUNT(*) FROM requests_tallyline GROUP BY 1, 2, 3, 4, 5",
    )
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
        for statement in statements:
            cursor.execute(statement.replace(":handler", str(handler.pk)))
        cursor.execute("ANALYZE")
        cursor.execute("PRAGMA synchronous=FULL")
    return handler


def _screens(handler: Any, cases: int) -> Iterator[dict[str, Any]]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.force_login(handler, backend="gongkai.organisations.staff.backend.RoleBackend")
    for name, address in (
        ("requests.ledger", "/desk/requests/"),
        ("requests.near_due", "/desk/requests/?light=near"),
    ):
        client.get(address)
        times, worked = [], []
        for _ in range(15):
            began, begun = time.perf_counter(), time.process_time()
            assert client.get(address).status_code == 200  # noqa: S101
            times.append((time.perf_counter() - began) * 1000)
            worked.append((time.process_time() - begun) * 1000)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        median, queries = (
            statistics.median(times),
            sum("requests_" in row["sql"] for row in captured.captured_queries),
        )
        yield {"name": name, "value": round(median, 1), "unit": "ms", "budget": 150, "met": median <= 150 and queries <= 10, "n": cases, "queries": queries, "queries_all": len(captured), "cpu_ms": round(statistics.median(worked), 1)}  # fmt: skip


def _tables(cases: int) -> dict[str, Any]:
    from gongkai.requests.core.tables import REMEDY_KINDS
    from gongkai.requests.selectors import quick_numbers, quick_remedies

    today = date.fromtimestamp(time.time())  # noqa: DTZ012  (the data lie around today)
    period: dict[str, Any] = {
        "org_code": "demo",
        "since": date(today.year - 1, 1, 1),
        "until": date(today.year - 1, 12, 31),
    }
    began = time.perf_counter()
    numbers, remedies = quick_numbers(**period), quick_remedies(**period)
    seconds = time.perf_counter() - began
    top = {
        row: numbers[row]["total"] for row in ("new_received", "carried_in", "total_processed", "carried_out")
    }
    is_right = (
        top["new_received"] + top["carried_in"] == top["total_processed"] + top["carried_out"]
        and top["new_received"] > 0
        and sum(remedies[kind]["total"] for kind in REMEDY_KINDS) > 0
    )
    return {
        "name": "requests.tables",
        "value": round(seconds, 3),
        "unit": "s",
        "budget": 2,
        "met": seconds <= 2 and is_right,
        "n": cases,
    }


def _at_once(applicants: int) -> dict[str, Any]:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    from gongkai.requests import testing
    from gongkai.requests.models import Case
    from gongkai.requests.services.receive import receive

    before, day = Case.objects.count(), date(2025, 3, 3)
    submissions = [testing.submission(day, submission_key=f"at-once-{n}") for n in range(applicants)]

    def send(number: int) -> str:
        try:
            return receive(submission=submissions[number % applicants], now=testing.at(day)).number
        finally:
            connection.close()

    began = time.perf_counter()
    with ThreadPoolExecutor(max_workers=applicants) as pool:
        numbers = list(pool.map(send, range(2 * applicants)))  # everybody presses the button twice
    seconds = time.perf_counter() - began
    kept = Case.objects.count() - before
    is_right = kept == applicants and len(set(numbers)) == applicants
    return {
        "name": "requests.at_once",
        "value": round(seconds, 2),
        "unit": "s",
        "budget": "50 件，不丢不重",
        "met": is_right,
        "n": 2 * applicants,
    }


def main() -> None:
    """Fill and measure in this process; its home is the throw-away folder."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    cases = int(sys.argv[1])
    began = time.perf_counter()
    handler = _fill(cases)
    print(f"filled in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    for row in (*_screens(handler, cases), _tables(cases), _at_once(APPLICANTS)):
        print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    assert Path(os.environ["GONGKAI_HOME"]).is_dir()  # noqa: S101
    main()
