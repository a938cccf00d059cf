"""Two workers, then one is killed (两个后台任务进程，杀掉一个): each job once, what the dead one held is taken up."""

from __future__ import annotations

import time
from collections import Counter

from django.db.models import QuerySet
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from gongkai.project.models import JobAttempt
from tools.drills.stage import Stage, wait_until, worker
from tools.drills.tasks import stamp


def run(stage: Stage) -> None:
    """Carry the drill out."""
    count, kills = stage.size(short=240, long=2000), stage.size(short=2, long=40)
    for number in range(count):
        stamp.enqueue(number)
    log = stage.environment.home / "stamps.log"
    first, second = worker("publish", periodic=False), worker("publish", periodic=False)
    held = 0
    for _ in range(kills):
        so_far = len(log.read_text().splitlines()) if log.exists() else 0
        wait_until(
            lambda n=so_far: log.exists() and len(log.read_text().splitlines()) > n + 4,
            "任务在做",
            seconds=240,
        )
        time.sleep(stage.dice.uniform(0, 0.05))
        first.kill()
        held += 1
        first, second = second, worker("publish", periodic=False)
    wait_until(_done, "所有任务做完", seconds=stage.size(short=240, long=900))
    first.ask_to_stop()
    second.ask_to_stop()
    stage.did(f"{count} 个任务，两个进程，{kills} 次杀掉其中一个")
    lines = Counter(log.read_text().splitlines())
    missing = [number for number in range(count) if not lines[f"end {number}"]]
    stage.require(not missing, f"任务 {missing[:5]} 没有做")
    again = sum(lines[f"begin {number}"] - 1 for number in range(count))
    taken = JobAttempt.objects.filter(task_path__endswith="tasks.stamp").count()
    stage.require(again <= taken <= held, f"{again} 个任务做了不止一次，收回的是 {taken} 个，杀了 {held} 次")
    stage.require(not _ours().exclude(status=TaskResultStatus.SUCCESSFUL).exists(), "有任务没有成功")
    stage.held(f"{count} 个任务都做完；只有被杀时手上的 {taken} 个收回重做，其余恰好一次")


def _done() -> bool:
    return not _ours().filter(status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING]).exists()


def _ours() -> QuerySet[DBTaskResult]:
    return DBTaskResult.objects.filter(task_path=stamp.module_path)
