"""Who is alive: each worker writes its row every few seconds; a silent or vanished one counts as dead (心跳)."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from gongkai.journal import api as journal
from gongkai.project.models import Worker

log = logging.getLogger(__name__)

BEAT_SECONDS = 3.0
SILENT = timedelta(seconds=60)


def register(*, worker_id: str, queues: Sequence[str], now: datetime) -> None:
    """Write the row of a new worker."""
    Worker.objects.create(
        worker_id=worker_id,
        host=socket.gethostname(),
        pid=os.getpid(),
        process=journal.this_process(),
        queues=",".join(queues),
        started_at=now,
        seen_at=now,
    )


def leave(*, worker_id: str) -> None:
    """Remove the row of a worker that stops."""
    Worker.objects.filter(pk=worker_id).delete()


def living(*, now: datetime) -> set[str]:
    """Return the ids of living workers and drop the rows of dead ones.

    On this host a worker whose process is gone is dead at once; elsewhere after a minute of silence.
    """
    alive, dead, host = set(), [], socket.gethostname()
    for worker in Worker.objects.all():
        gone = (
            journal.is_gone(worker.process)
            if worker.process and worker.host == host
            else now - worker.seen_at > SILENT
        )
        (dead.append if gone else alive.add)(worker.worker_id)
    if dead:
        Worker.objects.filter(pk__in=dead).delete()
        log.warning("dead workers: %s", ", ".join(dead))
    return alive


class Beat(threading.Thread):
    """The thread that keeps the row of this worker fresh, also while a long job runs."""

    def __init__(self, *, worker_id: str) -> None:
        super().__init__(name="beat", daemon=True)
        self.worker_id = worker_id
        self.stopped = threading.Event()

    def run(self) -> None:
        """Write the row until stopped; a busy database only delays the next beat."""
        while not self.stopped.wait(BEAT_SECONDS):
            try:
                Worker.objects.filter(pk=self.worker_id).update(seen_at=timezone.now())
            except (DatabaseError, InterfaceError) as error:
                log.warning("heartbeat delayed: %s", error)
                connection.close()
        connection.close()

    def stop(self) -> None:
        """Stop the thread and wait for it."""
        self.stopped.set()
        if self.is_alive():
            self.join(timeout=BEAT_SECONDS + 2)
