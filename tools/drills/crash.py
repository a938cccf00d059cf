"""Kill -9 at random points of publications and withdrawals (断电): nothing lost, nothing doubled, the tree equals a full rebuild."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.utils import timezone

from gongkai.journal import jobs as journal_jobs
from gongkai.records import api as records
from gongkai.records.core.errors import StepRefused
from tools.drills import judge
from tools.drills.office import approved, people
from tools.drills.stage import Child, Stage, fork, idle, wait_until, worker

Act = tuple[str, int]


def run(stage: Stage) -> None:
    """Carry the drill out."""
    count = stage.size(short=8, long=200)
    acts = plan(stage, approved(count * 3 // 4), count)
    told = stage.environment.home / "acts.log"
    kills = _under_fire(stage, acts, told)
    after = worker()
    wait_until(idle, "所有任务、投递和封存做完", seconds=240)
    after.ask_to_stop()
    journal_jobs.seal.call()  # as every minute: a head whose row was killed away gets it
    stage.did(f"{len(acts)} 次发布与撤回，其间 {kills} 次 kill -9")
    _nothing_lost(stage, acts, told)
    judge.whole(stage)


def plan(stage: Stage, ids: list[int], count: int) -> list[Act]:
    """Return `count` acts: every record is published, some of them are withdrawn some time later."""
    acts: list[Act] = [("publish", number) for number in ids]
    for number in stage.dice.sample(ids, count - len(ids)):
        place = stage.dice.randint(acts.index(("publish", number)) + 1, len(acts))
        acts.insert(place, ("withdraw", number))
    return acts


def carry_out(acts: list[Act], told: Path) -> None:
    """Do the acts in order, going on where the process before was killed; each that was answered stands in `told` for good."""
    done = told.read_text(encoding="ascii").count("\n") if told.exists() else 0
    leader = people()["leader"]
    with told.open("a", encoding="ascii") as log:
        for verb, number in acts[done:]:
            try:
                if verb == "publish":
                    records.publish(record_id=number, user=leader, now=timezone.now())
                else:
                    records.withdraw(
                        record_id=number, reason_code="error", note="演练", replaced_by=None, user=leader, now=timezone.now()
                    )  # fmt: skip
            except StepRefused:
                pass  # committed before, but killed before it was answered
            log.write(f"{verb} {number}\n")
            log.flush()
            os.fsync(log.fileno())


def _under_fire(stage: Stage, acts: list[Act], told: Path) -> int:
    """Let a press and a worker run until every act is answered; kill one or both at random; return how often."""
    most, kills = stage.size(short=4, long=60), 0

    def new_press() -> Child:
        return fork(lambda: carry_out(acts, told))

    press, served = new_press(), worker()
    while True:
        time.sleep(stage.dice.uniform(0.02, 0.25))
        if not press.running():
            stage.require(press.code == 0, f"发布的进程出错退出（{press.code}）")
            break
        if kills >= most:
            continue
        victims = stage.dice.choice(("press", "worker", "both"))
        kills += 1
        if victims != "worker":
            press.kill()
            press = new_press()
        if victims != "press":
            served.kill()
            served = worker()
    for _ in range(
        stage.size(short=1, long=5)
    ):  # the worker still has work: it is killed while the public side lags
        served.kill()
        kills += 1
        served = worker()
        time.sleep(stage.dice.uniform(0.05, 0.5))
    served.kill()
    return kills + 1


def _nothing_lost(stage: Stage, acts: list[Act], told: Path) -> None:
    answered = [line.split() for line in told.read_text(encoding="ascii").splitlines()]
    stage.require(
        [(verb, int(number)) for verb, number in answered] == acts, "有动作没有得到答复，或答复了两次"
    )
    wanted = {number: "publish" for verb, number in acts if verb == "publish"}
    wanted |= {number: "withdraw" for verb, number in acts if verb == "withdraw"}
    for number, kind in wanted.items():
        releases = [release.kind for release in records.list_releases(record_id=number)]
        expected = ["publish"] if kind == "publish" else ["publish", "withdraw"]
        stage.require(releases == expected, f"信息 {number} 的发布件是 {releases}，应为 {expected}")
    stage.held(f"答复过的 {len(acts)} 个动作都在，每个恰好一次")
