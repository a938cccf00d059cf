"""Bench of the requests room: the ledger, near-due list and tables at a million cases, limits with trace, fifty at once.

It fills a database of its own (embedded, in a throw-away folder) in another process, so the home it is asked in stays as it is.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

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
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as folder:
        environ = {
            **os.environ,
            "GONGKAI_HOME": folder,
            "DJANGO_SETTINGS_MODULE": "gongkai.project.settings.demonstration",
        }
        environ.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "gongkai.requests.bench", str(cases)]
        made = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
        if made.returncode:
            raise RuntimeError(f"依申请公开的测量没有完成：{made.stderr[-2000:]}")
        for line in made.stdout.splitlines():
            if line.startswith("{"):
                yield json.loads(line)


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


def _fill(cases: int) -> Any:
    """Fill the database with cases of five years, every twentieth open, and one handler with the ordinary post."""
    from gongkai.organisations import testing
    from gongkai.requests.core.outcomes import derivation
    from gongkai.requests.core.rules import room_rules
    from gongkai.requests.models import Applicant, Case, TallyLine

    testing.make_tree()
    handler = testing.make_person("bench", ("request_handler", "demo-office"), org_code="demo-office")
    kinds, lines = list(room_rules().applicant_kinds), derivation().order
    now, size = datetime(2026, 1, 5, tzinfo=UTC), 5000
    for first in range(0, cases, size):
        rows, applicants, tally = [], [], []
        for n in range(first, min(first + size, cases)):
            received, is_open = _START + timedelta(days=n % 1800), n % 20 == 0
            row = "" if is_open else lines[n % len(lines)]
            closed = None if is_open else received + timedelta(days=n % 28)
            rows.append(
                Case(
                    pk=n + 1, org_code="demo", number=f"DEMO-{received.year}-B{n:07d}", year=received.year, serial=n + 1,
                    state="handling" if is_open else "closed", is_open=is_open, channel="online", applicant_kind=kinds[n % 6],
                    title=f"第 {n} 件申请", content="请公开有关材料", arrived_date=received, received_date=received,
                    receipt_basis="arrived", clock_version="1", due_date=received + timedelta(days=30), handler_id=handler.pk if n % 200 == 0 else None,
                    row=row, closed_date=closed, submission_key=f"bench:{n}", registered_at=now,
                )
            )  # fmt: skip
            applicants.append(Applicant(case_id=n + 1, sealed=b"", masked_name="测***"))
            common = {"org_code": "demo", "case_id": n + 1, "column": kinds[n % 6]}
            tally.append(TallyLine(entry=2 * n, kind="received", row="new_received", on=received, **common))
            if closed:
                tally.append(TallyLine(entry=2 * n + 1, kind="closed", row=row, on=closed, **common))
        for model, made in ((Case, rows), (Applicant, applicants), (TallyLine, tally)):
            model.objects.bulk_create(made, batch_size=900)
    return handler


def _screens(handler: Any, cases: int) -> Iterator[dict[str, Any]]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.force_login(handler, backend="django.contrib.auth.backends.ModelBackend")
    for name, address in (
        ("requests.ledger", "/desk/requests/"),
        ("requests.near_due", "/desk/requests/?light=near"),
    ):
        client.get(address)
        times = []
        for _ in range(15):
            began = time.perf_counter()
            assert client.get(address).status_code == 200  # noqa: S101
            times.append((time.perf_counter() - began) * 1000)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        median, queries = (
            statistics.median(times),
            sum("requests_" in row["sql"] for row in captured.captured_queries),
        )
        yield {"name": name, "value": round(median, 1), "unit": "ms", "budget": 150, "met": median <= 150 and queries <= 10, "n": cases, "queries": queries, "queries_all": len(captured)}  # fmt: skip


def _tables(cases: int) -> dict[str, Any]:
    from gongkai.requests.selectors import quick_numbers

    began = time.perf_counter()
    numbers = quick_numbers(org_code="demo", since=date(2024, 1, 1), until=date(2024, 12, 31))
    seconds = time.perf_counter() - began
    assert numbers["new_received"]["total"] > 0  # noqa: S101
    return {
        "name": "requests.tables",
        "value": round(seconds, 3),
        "unit": "s",
        "budget": 2,
        "met": seconds <= 2,
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
    from django.db import connection

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    cases = int(sys.argv[1])
    handler = _fill(cases)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for row in (*_screens(handler, cases), _tables(cases), _at_once(APPLICANTS)):
        print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    assert Path(os.environ["GONGKAI_HOME"]).is_dir()  # noqa: S101
    main()
