"""Doing hostile work in a bounded process (隔离): a pool of workers, one request at a time each, restarted when they fail."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

from gongkai.guard.attachments.limits import Limits

_GRACE_SECONDS = 15.0
_MOST_IDLE = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended: `done`, or why not: `memory`, `time`, `crash`; and the most memory it held."""

    state: str
    peak_bytes: int = 0

    @property
    def is_done(self) -> bool:
        """Tell whether the job came to its end."""
        return self.state == "done"


class _Worker:
    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        self.owner = os.getpid()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gongkai.guard.attachments.worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, start_new_session=True,
        )  # fmt: skip

    def ask(self, request: dict[str, object], seconds: float) -> Outcome | None:
        """Send one request; None when the worker itself is gone."""
        assert self.process.stdin is not None  # noqa: S101
        assert self.process.stdout is not None  # noqa: S101
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
        except (BrokenPipeError, OSError):
            return None
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        if not ready:
            return Outcome("time")
        line = self.process.stdout.readline()
        return _outcome(json.loads(line)) if line else None

    def stop(self) -> None:
        """End the worker and its children."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


def _outcome(answer: dict[str, int | None]) -> Outcome:
    peak = answer["peak_bytes"] or 0
    if answer["exit"] == 0:
        return Outcome("done", peak)
    if answer["exit"] == 71 or answer["signal"] == signal.SIGKILL:
        return Outcome("memory", peak)
    if answer["signal"] in (signal.SIGALRM, signal.SIGXCPU):
        return Outcome("time", peak)
    return Outcome("crash", peak)


_idle: list[_Worker] = []
_lock = threading.Lock()


def _take() -> _Worker:
    with _lock:
        while _idle:
            worker = _idle.pop()
            if worker.owner == os.getpid() and worker.process.poll() is None:
                return worker
    return _Worker()


def _give_back(worker: _Worker) -> None:
    with _lock:
        if len(_idle) < _MOST_IDLE:
            _idle.append(worker)
            return
    worker.stop()


def run_job(job: str, folder: Path, limits: Limits, **request: str) -> Outcome:
    """Do `job` in a bounded process that writes into `folder`; a worker that died is replaced once."""
    seconds = limits.wall_seconds + _GRACE_SECONDS
    body: dict[str, object] = {"job": job, "folder": str(folder), "limits": asdict(limits), **request}
    for _ in range(2):
        worker = _take()
        outcome = worker.ask(body, seconds)
        if outcome is not None and worker.process.poll() is None and outcome.state != "time":
            _give_back(worker)
            return outcome
        worker.stop()
        if outcome is not None:
            return outcome
    return Outcome("crash")


@atexit.register
def stop_workers() -> None:
    """End all idle workers of this process."""
    with _lock:
        while _idle:
            worker = _idle.pop()
            if worker.owner == os.getpid():
                worker.stop()
