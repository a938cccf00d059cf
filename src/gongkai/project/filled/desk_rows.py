"""Rows of the desk over a filled home (工作台): lists of records, and the back-scan, killed in the middle and taken up again."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gongkai.organisations import api as organisations
from gongkai.project import home
from gongkai.project.environment import Environment
from gongkai.project.filled.fill import NOW, ORG
from gongkai.project.filled.marker import filled_with
from gongkai.project.filled.rows import p95, row
from gongkai.records import bench as records_bench
from gongkai.requests.bench_filling import fill_cases, has_cases

_LISTS = {
    "newest": "/desk/records/",
    "late_page": "/desk/records/?p=200",
    "released": "/desk/records/?state=released",
    "search": "/desk/records/?q=家庭医生",
    "nothing": "/desk/records/?q=没有这样的题目",
}
_LEDGER = {"ledger": "/desk/requests/", "near_due": "/desk/requests/?light=near"}
ROUNDS = 20


def lists(environment: Environment) -> Iterator[dict[str, Any]]:
    """Ask for the list of records as somebody of the disclosure office: the whole page with the desk's frame."""
    home.prepare_home(environment, say=lambda text: None)
    yield from _pages("project.desk", "office", _LISTS, filled_with(environment.home))


def requests_lists(environment: Environment) -> Iterator[dict[str, Any]]:
    """Put as many requests for information beside the records, once, and ask for the ledger as their handler."""
    count, handler = filled_with(environment.home), organisations.get_user(username="handler")
    if not has_cases():
        fill_cases(count=count, org_code=ORG, handler=handler, today=timezone.localdate())
    yield from _pages("project.desk.requests", "handler", _LEDGER, count)


def _pages(prefix: str, username: str, addresses: dict[str, str], count: int) -> Iterator[dict[str, Any]]:
    client = Client()
    user = organisations.get_user(username=username)
    client.force_login(user, backend="gongkai.organisations.staff.backend.RoleBackend")
    for name, address in addresses.items():
        client.get(address)
        times, worked = [], []
        for _ in range(ROUNDS):
            begun, used = time.perf_counter(), time.process_time()
            answer = client.get(address)
            times.append((time.perf_counter() - begun) * 1000)
            worked.append((time.process_time() - used) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} 没有正常应答：{answer.status_code}")
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        met = p95(times) <= 300 and len(asked) <= 10
        yield row(
            f"{prefix}.{name}", p95(times), "毫秒（整页，第 95 百分位）", budget="≤ 300，查询 ≤ 10 次", met=met, n=count,
            queries=len(asked), median_ms=round(statistics.median(times), 1), cpu_ms=round(statistics.median(worked), 1),
        )  # fmt: skip


def back_scan(environment: Environment) -> Iterator[dict[str, Any]]:
    """Check everything public again; the first process is killed (SIGKILL) when half is done, the second goes on."""
    total = filled_with(environment.home)
    command = [sys.executable, "-m", "gongkai.project.filled.step", "scan_on"]
    begun = time.perf_counter()
    with subprocess.Popen(command) as process:  # noqa: S603
        while process.poll() is None and records_bench.checked_releases() < total // 2:
            time.sleep(1.0)
        if process.poll() is not None:
            raise RuntimeError("回查在中途之前就结束了")
        os.kill(process.pid, signal.SIGKILL)
    until_killed, kept = time.perf_counter() - begun, records_bench.checked_releases()
    begun = time.perf_counter()
    done = records_bench.scan(now=NOW)
    seconds = time.perf_counter() - begun
    again = records_bench.scan(now=NOW)
    resumed = kept + done == records_bench.checked_releases() and again == 0
    yield row(
        "project.back_scan", done / seconds, "条/秒（中途 SIGKILL 后接着查）", budget="接着查，不重查", met=resumed, n=total,
        before_kill=kept, seconds_before_kill=round(until_killed, 1), after_kill=done,
    )  # fmt: skip


def scan_on(environment: Environment) -> Iterator[dict[str, Any]]:
    """Run the back-scan until it ends or is killed."""
    yield row("project.back_scan.first", records_bench.scan(now=NOW), "条")
