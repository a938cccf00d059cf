"""The worker: every job runs once, failures are tried again with a reason, a dead worker's job is taken back."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection, connections, transaction
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from hypothesis import given
from hypothesis import strategies as st

from gongkai.journal.core.process import birth, is_gone, this_process
from gongkai.project.models import JobAttempt, PeriodicRun, Worker
from gongkai.project.worker import presence, queue
from gongkai.project.worker.loop import ALL_QUEUES, WorkerLoop
from gongkai.project.worker.schedule import SCHEDULE, Periodic, resolve, run_due
from tools.testing import jobs

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clean_calls() -> None:
    jobs.CALLS.clear()


def drain(loop: WorkerLoop) -> int:
    count = 0
    while loop.turn():
        count += 1
    return count


@pytest.mark.django_db(transaction=True)
def test_job_enqueued_in_a_transaction_runs_after_commit_and_never_after_rollback() -> None:
    with transaction.atomic():
        jobs.note.enqueue("lost")
        transaction.set_rollback(True)
    with transaction.atomic():
        jobs.note.enqueue("kept")
    assert drain(WorkerLoop(periodic=False)) == 1
    assert jobs.CALLS == ["kept"]
    job = DBTaskResult.objects.get()
    assert (job.status, job.return_value) == (TaskResultStatus.SUCCESSFUL, "kept")


@pytest.mark.django_db
def test_claim_leaves_other_queues_and_later_jobs_alone() -> None:
    jobs.note.enqueue("now")
    jobs.note.using(run_after=NOW + timedelta(hours=1)).enqueue("later")
    assert queue.claim(queues=["idle"], worker_id="w", now=NOW) is None
    first = queue.claim(queues=["publish"], worker_id="w", now=NOW)
    assert first is not None
    assert first.worker_ids == ["w"]
    assert queue.claim(queues=["publish"], worker_id="w", now=NOW) is None
    assert queue.claim(queues=["publish"], worker_id="w", now=NOW + timedelta(hours=2)) is not None


@pytest.mark.django_db(transaction=True)
def test_many_workers_never_claim_one_job_twice() -> None:
    for number in range(30):
        jobs.note.enqueue(str(number))
    claimed: list[str] = []
    lock = threading.Lock()

    def work(name: str) -> None:
        try:
            while (
                job := queue.claim(queues=["publish"], worker_id=name, now=NOW)
            ) is not None or queue.ready(queues=["publish"], now=NOW):
                if job is not None:
                    with lock:
                        claimed.append(str(job.pk))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)
    assert len(claimed) == 30
    assert len(set(claimed)) == 30


@pytest.mark.django_db(transaction=True)
def test_failing_job_is_tried_again_with_reason_then_given_up() -> None:
    jobs.stumble.enqueue("手机 13900000000 拒收")
    now = NOW
    for number, pause in enumerate(queue.RETRY_AFTER, start=1):
        job = queue.claim(queues=["default"], worker_id="w", now=now)
        assert job is not None
        WorkerLoop(periodic=False).run_job(job)
        job.refresh_from_db()
        assert job.status == TaskResultStatus.READY, f"try {number}"
        assert (
            queue.claim(queues=["default"], worker_id="w", now=job.run_after - timedelta(milliseconds=1))
            is None
        )
        now = job.run_after
        assert pause > timedelta(0)
    last = queue.claim(queues=["default"], worker_id="w", now=now)
    assert last is not None
    WorkerLoop(periodic=False).run_job(last)
    last.refresh_from_db()
    assert last.status == TaskResultStatus.FAILED
    attempts = list(JobAttempt.objects.order_by("number"))
    assert [a.final for a in attempts] == [False] * len(queue.RETRY_AFTER) + [True]
    assert "13900000000" not in attempts[0].reason + last.traceback
    assert "拒收" in attempts[0].reason


@pytest.mark.django_db
def test_job_of_a_killed_process_is_taken_back_at_once() -> None:
    victim = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    host = socket.gethostname()
    Worker.objects.create(
        worker_id="victim",
        host=host,
        pid=victim.pid,
        process=f"{host[:60]}:{victim.pid}:{birth(victim.pid)}",
        queues="publish",
        started_at=NOW,
        seen_at=NOW,
    )
    jobs.note.enqueue("again")
    assert queue.claim(queues=["publish"], worker_id="victim", now=NOW) is not None
    assert "victim" in presence.living(now=NOW + timedelta(hours=1))
    victim.kill()
    victim.wait()
    alive = presence.living(now=NOW)
    assert "victim" not in alive
    assert queue.take_back(alive=alive, now=NOW) == 1
    job = DBTaskResult.objects.get()
    assert job.status == TaskResultStatus.READY
    assert "victim" in JobAttempt.objects.get().reason


def test_a_number_given_again_is_another_process() -> None:
    """After a restart of the machine somebody else has the number of the worker that was killed."""
    host, number, born = this_process().rsplit(":", 2)
    assert not is_gone(this_process())
    assert is_gone(f"{host}:{number}:{born}1")
    assert not is_gone(f"elsewhere:{number}:{born}1")


@pytest.mark.django_db
def test_silent_worker_on_another_host_dies_after_a_minute() -> None:
    Worker.objects.create(
        worker_id="far", host="elsewhere", pid=1, queues="idle", started_at=NOW, seen_at=NOW
    )
    assert presence.living(now=NOW + timedelta(seconds=59)) == {"far"}
    assert presence.living(now=NOW + timedelta(seconds=61)) == set()
    assert not Worker.objects.exists()


@pytest.mark.django_db
def test_job_that_kills_its_worker_every_time_is_given_up() -> None:
    jobs.note.enqueue("poison")
    now = NOW
    for _ in range(len(queue.RETRY_AFTER) + 1):
        assert queue.claim(queues=["publish"], worker_id="dead", now=now) is not None
        assert queue.take_back(alive=set(), now=now) == 1
        now += timedelta(hours=1)
    assert DBTaskResult.objects.get().status == TaskResultStatus.FAILED
    assert queue.take_back(alive=set(), now=now) == 0


@pytest.mark.django_db
def test_registered_worker_is_this_process() -> None:
    presence.register(worker_id="me", queues=ALL_QUEUES, now=NOW)
    assert Worker.objects.get().pid == os.getpid()
    assert presence.living(now=NOW + timedelta(days=1)) == {"me"}
    presence.leave(worker_id="me")
    assert presence.living(now=NOW) == set()


DAILY = Periodic(name="daily", path="tools.testing.jobs.tick", queue="idle", at=time(2, 30))


@given(hours=st.integers(0, 24 * 14))
def test_daily_work_runs_exactly_once_a_day(hours: int) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    last: datetime | None = start
    turns = 0
    for hour in range(1, hours + 1):
        now = start + timedelta(hours=hour)
        if DAILY.is_due(last=last, now=now):
            turns, last = turns + 1, now
    # 02:30 in Shanghai is 18:30 UTC, so the turn shows at 19:00 UTC
    assert turns == sum(1 for hour in range(1, hours + 1) if hour % 24 == 19)


@pytest.mark.django_db
def test_periodic_work_runs_once_per_turn_and_keeps_its_error_without_personal_data() -> None:
    every = timedelta(seconds=10)
    table = (
        Periodic(name="good", path="tools.testing.jobs.tick", queue="default", every=every),
        Periodic(name="bad", path="tools.testing.jobs.break_down", queue="default", every=every),
        Periodic(name="other", path="tools.testing.jobs.tick", queue="idle", every=every),
    )
    assert run_due(queues=["default"], now=NOW, schedule=table) == ["good", "bad"]
    assert run_due(queues=["default"], now=NOW + timedelta(seconds=9), schedule=table) == []
    assert run_due(queues=["default"], now=NOW + timedelta(seconds=10), schedule=table) == ["good", "bad"]
    assert jobs.CALLS == ["tick", "tick"]
    error = PeriodicRun.objects.get(pk="bad").error
    assert "有误" in error
    assert "119999199001011234" not in error


@pytest.mark.parametrize("work", SCHEDULE, ids=lambda work: work.name)
def test_schedule_names_work_that_exists(work: Periodic) -> None:
    assert callable(resolve(work.path))
    assert work.queue in ALL_QUEUES
    assert (work.every is None) != (work.at is None)


@pytest.mark.django_db
def test_prune_drops_old_successes_only() -> None:
    for word in ("old", "new"):
        jobs.note.enqueue(word)
        job = queue.claim(queues=["publish"], worker_id="w", now=NOW)
        assert job is not None
        queue.succeed(job, value=None, now=NOW if word == "old" else NOW + timedelta(days=8))
    assert queue.prune(older_than=NOW + timedelta(days=7)) == 1
    assert DBTaskResult.objects.count() == 1
    assert connection.in_atomic_block
