"""The loop of a worker: jobs first, then periodic work, then a short sleep; a signal ends it after the current job."""

from __future__ import annotations

import logging
import secrets
import signal
import socket
import time
from collections.abc import Sequence
from types import FrameType

from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from gongkai.journal import api as journal
from gongkai.project.worker import queue
from gongkai.project.worker.presence import Beat, leave, living, register
from gongkai.project.worker.schedule import run_due

log = logging.getLogger(__name__)

POLL_SECONDS = 0.05
REST_SECONDS = 0.2
AWAKE_SECONDS = 5.0
IDLE_POLL_SECONDS = 1.0
REAP_SECONDS = 5.0
PERIODIC_SECONDS = 0.5
ALL_QUEUES = ("publish", "default", "idle")


class WorkerLoop:
    """A worker for some queues; `run` returns when a signal or `stop` ended it."""

    def __init__(self, *, queues: Sequence[str] = ALL_QUEUES, periodic: bool = True) -> None:
        self.queues = tuple(queues)
        self.periodic = periodic
        self.worker_id = f"{socket.gethostname()[:40]}-{secrets.token_hex(6)}"
        self.poll_seconds = IDLE_POLL_SECONDS if self.queues == ("idle",) else POLL_SECONDS
        self.running = True
        self._next_reap = 0.0
        self._next_periodic = 0.0
        self._awake_until = 0.0

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """End after the current job."""
        self.running = False

    def run(self) -> None:
        """Work until stopped. A locked database only costs one round."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        register(worker_id=self.worker_id, queues=self.queues, now=timezone.now())
        beat = Beat(worker_id=self.worker_id)
        beat.start()
        log.info("worker %s started for %s", self.worker_id, ", ".join(self.queues))
        try:
            while self.running:
                try:
                    busy = self.turn()
                except (OperationalError, InterfaceError) as error:
                    log.warning("database busy: %s", error)
                    close_old_connections()
                    self._next_reap = 0.0
                    busy = False
                self._pause(busy=busy)
        finally:
            beat.stop()
            leave(worker_id=self.worker_id)
            log.info("worker %s stopped", self.worker_id)

    def _pause(self, *, busy: bool) -> None:
        """Sleep after a round without a job: shortly while more may follow, longer when nothing came for a while."""
        if busy:
            self._awake_until = time.monotonic() + AWAKE_SECONDS
        elif self.running:
            awake = time.monotonic() < self._awake_until
            time.sleep(self.poll_seconds if awake else max(self.poll_seconds, REST_SECONDS))

    def turn(self) -> bool:
        """Do one round: take back, one job, or periodic work. True when a job was run, so that the next follows at once."""
        close_old_connections()
        ticks = time.monotonic()
        if ticks >= self._next_reap:
            self._next_reap = ticks + REAP_SECONDS
            now = timezone.now()
            # Between two jobs nothing of ours is running: what still says so was cut off, as by a restart of the database.
            queue.take_back(alive=living(now=now) - {self.worker_id}, now=now)
            journal.take_back_deliveries(now=now, also_ours=True)
        job = queue.claim(queues=self.queues, worker_id=self.worker_id, now=timezone.now())
        if job is not None:
            self.run_job(job)
        if self.periodic and ticks >= self._next_periodic:
            self._next_periodic = ticks + PERIODIC_SECONDS
            run_due(queues=self.queues, now=timezone.now())
        return job is not None

    def run_job(self, job: DBTaskResult) -> None:
        """Run one claimed job and write how it ended."""
        started = time.perf_counter()
        try:
            arguments = job.args_kwargs
            value = job.task.call(*arguments["args"], **arguments["kwargs"])
        except Exception as error:  # every failure is kept with its reason and tried again
            given_up = queue.fail(job, error=error, now=timezone.now())
            log.exception("job %s (%s) failed%s", job.pk, job.task_path, ", given up" if given_up else "")
            return
        queue.succeed(job, value=value, now=timezone.now())
        log.debug("job %s (%s) done in %.3f s", job.pk, job.task_path, time.perf_counter() - started)
