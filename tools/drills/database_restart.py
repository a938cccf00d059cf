"""The database goes away under load (数据库重启、长时间被锁): a clear 503 page meanwhile, then work resumes, nothing doubled."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import Error, close_old_connections, connection, connections
from django.utils import timezone

from gongkai.records import api as records
from gongkai.records.core.errors import StepRefused
from tools.drills import judge
from tools.drills.office import approved, people
from tools.drills.stage import Stage, fork, idle, wait_until, worker
from tools.postgres import Cluster, find_binaries, stoppable_cluster

LOCK_TIMEOUT = 1
PASSWORD = "yunling-demo-2026"


def run(stage: Stage) -> None:
    """Carry the drill out."""
    count, times = stage.size(short=6, long=100), stage.size(short=1, long=8)
    ids = approved(count)
    answers = stage.environment.home / "answers.log"
    with _breakable(stage) as go_away:
        press, served = fork(lambda: _publish_all(ids)), worker()
        visitor = fork(lambda: _visit(answers))
        wait_until(lambda: answers.exists() and "302" in answers.read_text(), "工作台第一次应答", seconds=60)
        for _ in range(times):
            time.sleep(stage.dice.uniform(0.1, 0.6))
            go_away(stage.size(short=3, long=8))
        code = press.wait(seconds=300)
        stage.require(code == 0, f"发布的进程没有接着做完（{code}）")
        stage.require(served.running(), "后台任务进程退出了")
        seen = len(answers.read_text().splitlines())
        wait_until(lambda: "302" in answers.read_text().splitlines()[seen:], "恢复后工作台应答", seconds=60)
        visitor.kill()
        wait_until(_idle, "所有任务做完", seconds=240)
        served.ask_to_stop()
        _say_answers(stage, answers, times)
        for number in ids:
            stage.require(
                len(records.list_releases(record_id=number)) == 1, f"信息 {number} 的发布件不是恰好一个"
            )
        judge.whole(stage)
        connections.close_all()


def _idle() -> bool:
    try:
        return idle()
    except Error:
        connections.close_all()
        return False


def _publish_all(ids: list[int]) -> None:
    """Publish each record, trying again when the database is away, as a person does who reads the page."""
    for number in ids:
        while True:
            try:
                records.publish(record_id=number, user=people()["leader"], now=timezone.now())
            except StepRefused:
                break  # committed, but the answer was lost
            except Error:
                connections.close_all()
                time.sleep(0.2)
            else:
                break
        time.sleep(0.1)


def _visit(answers: Path) -> None:
    """Log in at the desk again and again and note each answer: status, and whether the page says what to do."""
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    with answers.open("a", encoding="utf-8") as log:
        while True:
            close_old_connections()  # as the real server does before each request; the client of the tests does not
            client = Client(raise_request_exception=False)
            answer = client.post("/desk/login/", {"username": "editor", "password": PASSWORD})
            clear = answer.status_code != 503 or (
                "请约" in answer.content.decode() and "Retry-After" in answer.headers
            )
            log.write(f"{answer.status_code if clear else '503-unclear'}\n")
            log.flush()
            time.sleep(0.1)


def _say_answers(stage: Stage, answers: Path, times: int) -> None:
    found = answers.read_text(encoding="utf-8").split()
    strange = sorted(set(found) - {"302", "503"})
    stage.require(not strange, f"工作台答复过 {'、'.join(strange)}，只应有 302 和说明清楚的 503")
    stage.require("503" in found, "数据库不在的时候没有人得到 503")
    stage.did(f"发布进行中数据库离开 {times} 次；其间登录 {len(found)} 次，{found.count('503')} 次得到 503")
    stage.held("数据库不在时答复 503，说明原因和怎么办；回来后照常登录，后台任务进程没有退出")


@contextlib.contextmanager
def _breakable(stage: Stage) -> Iterator[Callable[[float], None]]:
    """Give a function that takes the database away for some seconds."""
    if connection.vendor == "sqlite":
        connection.settings_dict["OPTIONS"]["timeout"] = LOCK_TIMEOUT
        connections.close_all()
        yield _lock
        return
    with _own_server(stage) as go_away:
        yield go_away


def _lock(seconds: float) -> None:
    """Hold the one lock for writing for longer than anybody waits."""

    def hold() -> None:
        import sqlite3

        own = sqlite3.connect(connection.settings_dict["NAME"], timeout=30, isolation_level=None)
        own.execute("BEGIN EXCLUSIVE")
        time.sleep(seconds)
        own.execute("ROLLBACK")

    fork(hold).wait(seconds=seconds + 60)


@contextlib.contextmanager
def _own_server(stage: Stage) -> Iterator[Callable[[float], None]]:
    """Move the home's data to a durable server of this drill's own, whose plug can be pulled."""
    with moved(stage) as server:

        def go_away(seconds: float) -> None:
            server.pull_the_plug()
            time.sleep(seconds)
            server.start()
            connections.close_all()

        yield go_away


@contextlib.contextmanager
def moved(stage: Stage) -> Iterator[Cluster]:
    """Start a durable server, move the home's data there and use it from now on."""
    settings = connection.settings_dict
    dump = stage.environment.home / "moved.dump"
    binaries = find_binaries()
    environ = {**os.environ, "PGUSER": settings["USER"], "PGHOST": settings["HOST"]}
    subprocess.run(
        [str(binaries / "pg_dump"), "-Fc", "-f", str(dump), settings["NAME"]], env=environ, check=True
    )
    with stoppable_cluster(durable=True) as server:
        subprocess.run(
            [str(binaries / "pg_restore"), "-h", folder_of(server), "-U", "gongkai", "-d", "gongkai", "--no-owner", str(dump)],
            check=True,
        )  # fmt: skip
        use(server)
        yield server


def folder_of(server: Cluster) -> str:
    """Return the folder of a server's socket."""
    return server.url.rpartition("host=")[2]


def use(server: Cluster) -> None:
    """Let this process, and what it forks, work on that server."""
    connections.close_all()
    connection.settings_dict.update(HOST=folder_of(server), NAME="gongkai", USER="gongkai")
