"""The isolated worker (隔离读取进程): loads the libraries once, forks a child per job, bounds its memory and time.

Run as `python -m gongkai.guard.attachments.worker`. Reads one JSON request a line from standard input and answers with one
line `{"exit": code|null, "signal": number|null, "peak_bytes": number}`. The child writes its results into the folder named by the request.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from gongkai.guard.attachments.jobs_in_child import JOBS
from gongkai.guard.attachments.rules import load_rules


def _limit(memory_bytes: int, seconds: float) -> None:
    """Bound this process. The memory limit is soft, so that a converter started from here can lift it for itself."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, hard))
    cpu = int(seconds) + 5
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds + 3)


def _child(request: dict[str, Any]) -> int:
    """Do one job; the streams of the protocol are out of its reach."""
    silent = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(silent, number)
    # Temporary files of a child that is killed go with its folder, which the caller removes.
    tempfile.tempdir = request["folder"]
    limits = request["limits"]
    _limit(int(limits["memory_bytes"]), float(limits["wall_seconds"]))
    JOBS[request["job"]](request)
    return 0


def _answer(request: dict[str, Any]) -> dict[str, int | None]:
    child = os.fork()
    if child == 0:
        code = 70
        try:
            code = _child(request)
        except MemoryError:
            code = 71
        except BaseException as error:
            Path(request["folder"], "failure").write_text(type(error).__name__, encoding="utf-8")
        finally:
            os._exit(code)
    _, status, usage = os.wait4(child, 0)
    killed = os.WIFSIGNALED(status)
    return {
        "exit": None if killed else os.WEXITSTATUS(status),
        "signal": os.WTERMSIG(status) if killed else None,
        "peak_bytes": usage.ru_maxrss * 1024,
    }


def main() -> None:
    """Serve requests until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What every child would load again is loaded once, and kept out of the collector so that pages stay shared.
    load_rules()
    Image.init()
    gc.freeze()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_answer(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
