"""The clock is set back (时钟调回): nothing goes out before its moment, work goes on, the health page says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest import mock

from django.utils import timezone

from gongkai.journal import jobs as journal_jobs
from gongkai.project.health import examine
from gongkai.project.worker.loop import WorkerLoop
from gongkai.project.worker.schedule import resolve
from gongkai.records import api as records
from tools.drills import judge
from tools.drills.office import approved, people
from tools.drills.stage import Stage, idle

REAL = timezone.now


@contextmanager
def clock(shift: timedelta) -> Iterator[None]:
    """Let the whole program read a clock that is off by `shift`."""
    with mock.patch.object(timezone, "now", side_effect=lambda: REAL() + shift):
        yield


def run(stage: Stage) -> None:
    """Carry the drill out."""
    ids = approved(4)
    leader = people()["leader"]
    moment = REAL() + timedelta(hours=1)
    records.schedule(record_id=ids[0], publish_at=moment, user=leader, now=REAL())
    records.publish(record_id=ids[1], user=leader, now=timezone.now())
    _work()
    for back in (
        timedelta(minutes=10),
        *([timedelta(days=1), timedelta(days=400)] if stage.long else [timedelta(days=1)]),
    ):
        with clock(-back):
            _set_back(stage, ids, back, leader)
    stage.did("时钟调回十分钟、一天，其间发布、撤下、到点发布、封存")
    early = [info.kind for info in records.list_releases(record_id=ids[0])]
    stage.require(not early, "定时发布提前了")
    with clock(timedelta(minutes=59)):
        resolve("gongkai.records.jobs.publish_scheduled")()
        stage.require(not records.list_releases(record_id=ids[0]), "还差一分钟就发布了")
    with clock(timedelta(minutes=61)):
        resolve("gongkai.records.jobs.publish_scheduled")()
        _work()
    stage.require(len(records.list_releases(record_id=ids[0])) == 1, "到了原定时刻没有发布")
    stage.held("时钟恢复后，定时的在原定时刻发布，一次")
    judge.whole(stage)


def _work() -> None:
    """Do what a worker does, in this process, under the clock of the moment."""
    loop = WorkerLoop(queues=("publish", "default", "idle"))
    for _ in range(200):
        loop._next_reap = loop._next_periodic = 0.0
        if not loop.turn() and idle():
            return


def _set_back(stage: Stage, ids: list[int], back: timedelta, leader: object) -> None:
    now = timezone.now()
    done = list(records.publish_due(now=now))
    stage.require(not done and not records.list_releases(record_id=ids[0]), "时钟调回后定时发布提前了")
    try:
        records.schedule(record_id=ids[3], publish_at=now - timedelta(minutes=1), user=leader, now=now)
    except records.BadInput:
        pass
    else:
        stage.require(False, "定到了已经过去的时刻")
    target = ids[1] if back < timedelta(hours=1) else ids[2]
    if back < timedelta(hours=1):
        records.withdraw(
            record_id=target, reason_code="error", note="演练", replaced_by=None, user=leader, now=now
        )
    elif not records.list_releases(record_id=target):
        records.publish(record_id=target, user=leader, now=now)
    _work()
    stage.require(idle(), f"时钟调回 {back} 后后台任务停了")
    journal_jobs.seal.call()
    found = {result.name: result for result in examine(stage.environment, now=now, expect_worker=False)}
    stage.require("clock" in found and found["clock"].state == "fail", f"时钟调回 {back}，健康检查没有说")
    judge.verified(stage)
    stage.held(f"时钟调回 {_words(back)}：撤下和发布照常上网，定时的没有提前，健康检查说明时钟被调回")


def _words(back: timedelta) -> str:
    return f"{back.days} 天" if back.days else f"{back.seconds // 60} 分钟"
