"""Benches of the whole house (性能测量): starting, moving in, a filled home, and serving the public while the desk is saturated.

The last needs `wrk`. A home of its own under a temporary folder, a server on the loopback address that is stopped at the end.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from gongkai.portal.bench import RENDERING, rendering
from gongkai.project.filled import measure as filled
from gongkai.project.moving.bench import measure as moving

NAMES = ("project.start", "project.saturated", "project.move_in", *filled.NAMES)
SECONDS = 6
DESK_CLIENTS = 32
FROM_DATABASE = "gongkai.project.bench_rendering:from_database"
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")


def measure(only: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield the rows: name, value, unit, ratio_to, ratio, budget, met, n; those alone that begin as `only` says."""

    def wanted(*names: str) -> bool:
        said = only or "project"
        return any(name.startswith(said) or said.startswith(name) for name in names)

    if wanted("project.move_in"):
        yield from moving()
    if wanted("project.start", "project.saturated"):
        yield from _running_house()
    if wanted(*filled.NAMES):
        yield from filled.measure(only)


def _running_house() -> Iterator[dict[str, Any]]:
    home = Path(tempfile.mkdtemp(prefix="gongkai-bench-"))
    try:
        with _running(home) as (address, seconds):
            yield _row(
                "project.start.first",
                round(seconds, 1),
                "秒（建库、演示数据、建站）",
                "≤ 240",
                seconds <= 240,
            )
        with _running(home) as (address, seconds):
            yield _row("project.start.later", round(seconds, 1), "秒", "≤ 8", seconds <= 8)
            if shutil.which("wrk"):
                yield from _saturated(home, address)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _saturated(home: Path, address: str) -> Iterator[dict[str, Any]]:
    """Yield the rate of a public page alone and while 32 clients ask the desk without pause, against rendering per request."""
    record, page = _some_record(home)
    alone = _wrk(address + page)
    desk = subprocess.Popen(  # noqa: S603
        _command(address + "desk/login/", clients=DESK_CLIENTS, seconds=SECONDS + 2),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        time.sleep(1)
        busy = _wrk(address + page)
    finally:
        said, _ = desk.communicate(timeout=SECONDS + 30)
    alone = max(alone, _wrk(address + page))  # the workers have ended what a start gives them to do
    yield _row(
        "project.saturated.desk",
        round(_rate_of(said)),
        f"次/秒（工作台，{DESK_CLIENTS} 个客户端，公开页同时被压满）",
    )
    for target, kind in ((FROM_DATABASE, "逐次渲染，读数据库"), (RENDERING, "逐次渲染，不读数据库")):
        with rendering(home, record, page, target=target) as other:
            rendered = _wrk(other + page)
        suffix = "" if target == FROM_DATABASE else ".bare"
        yield _row(f"project.saturated.rendering{suffix}", round(rendered), f"次/秒（{kind}，工作台空闲）")
        for name, rate, least in (("alone", alone, 100), ("page", busy, 20)):
            yield _row(
                f"project.saturated.{name}{suffix}", round(rate), f"次/秒（公开页，{'工作台空闲' if name == 'alone' else '工作台压满'}）",
                f"≥ {least} 倍", rate / rendered >= least, ratio_to=kind, ratio=round(rate / rendered, 1),
            )  # fmt: skip


def _some_record(home: Path) -> tuple[int, str]:
    with closing(sqlite3.connect(home / "portal" / "state.sqlite3")) as db:
        row = db.execute(
            "SELECT record_id, path FROM record WHERE withdrawn=0 ORDER BY place LIMIT 1"
        ).fetchone()
    return int(row[0]), str(row[1])


@contextmanager
def _running(home: Path) -> Iterator[tuple[str, float]]:
    """Give the address of a started site and the seconds until it was ready."""
    environ = {**os.environ, "GONGKAI_HOME": str(home), "PORT": str(_free_port())}
    command = [sys.executable, "-m", "gongkai.project.command", "serve"]
    begun = time.perf_counter()
    with open(home / "bench.log", "ab") as log:
        process = subprocess.Popen(  # noqa: S603
            command, env=environ, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )
    address = f"http://127.0.0.1:{environ['PORT']}/"
    try:
        while f"READY {address}" not in (home / "bench.log").read_text(encoding="utf-8", errors="replace"):
            if process.poll() is not None:
                raise RuntimeError("服务没有启动：" + (home / "bench.log").read_text(errors="replace")[-500:])
            time.sleep(0.05)
        yield address, time.perf_counter() - begun
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def _command(address: str, *, clients: int, seconds: int) -> list[str]:
    return [shutil.which("wrk") or "wrk", "-t1", f"-c{clients}", f"-d{seconds}s", address]


def _wrk(address: str) -> float:
    """Return requests per second with 16 connections; a failed request is an error."""
    said = subprocess.run(  # noqa: S603
        _command(address, clients=16, seconds=SECONDS), capture_output=True, text=True, check=True
    ).stdout
    if "Non-2xx" in said:
        raise RuntimeError(f"服务没有正常应答：{said}")
    return _rate_of(said)


def _rate_of(said: str) -> float:
    match = _RATE.search(said)
    return float(match.group(1)) if match else 0.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _row(
    name: str, value: float, unit: str, budget: str | None = None, met: bool | None = None, **rest: Any
) -> dict[str, Any]:
    empty = {"ratio_to": None, "ratio": None, "n": None}
    return empty | {"name": name, "value": value, "unit": unit, "budget": budget, "met": met} | rest
