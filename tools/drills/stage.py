"""The stage of a drill: one process over a throw-away home with Django loaded, which forks the processes that it kills.

`python -m tools.drills.stage NAME [--long] [--seed N]` with GONGKAI_HOME (and DATABASE_URL) set; `tools.drills.ground` calls it.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tools.drills import LEFT_OUT

if TYPE_CHECKING:
    from gongkai.project.environment import Environment


_PR_SET_PDEATHSIG = 1


class Broken(AssertionError):
    """Something that must hold did not; the message says what, in Chinese."""


class LeftOut(Exception):
    """The drill cannot be carried out here; the message says why. Nothing is said to have held."""


@dataclass
class Stage:
    """What a drill works with: the surroundings, its length, its dice, and two ways to speak."""

    environment: Environment
    long: bool
    seed: int
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def size(self, *, short: int, long: int) -> int:
        """Return how much of something this run does."""
        return long if self.long else short

    def did(self, text: str) -> None:
        """Say what was done."""
        print(f"    做了  {text}", flush=True)

    def held(self, text: str) -> None:
        """Say what held."""
        print(f"    守住  {text}", flush=True)

    def require(self, condition: Any, text: str) -> None:
        """Raise Broken unless the condition holds."""
        if not condition:
            raise Broken(text)


class Patience:
    """How much longer than usual is waited. A long drill takes hours on a machine that does other work meanwhile."""

    factor = 1.0


def wait_until(
    condition: Callable[[], Any], text: str, *, seconds: float = 240.0, pause: float = 0.05
) -> Any:
    """Return what the condition gives once it is true; raise Broken with the text after so many seconds."""
    seconds *= Patience.factor
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise Broken(f"{seconds:.0f} 秒内没有等到：{text}")
        time.sleep(pause)
    return found


@dataclass
class Child:
    """A forked process; `kill` is the plug pulled, `ask_to_stop` the polite way."""

    pid: int
    code: int | None = None

    def running(self) -> bool:
        """Say whether the process still runs, and keep its exit code when it does not."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.code = os.waitstatus_to_exitcode(status) if pid else None
        return self.code is None

    def kill(self) -> None:
        """Kill the process without any warning (kill -9) and wait until it is gone."""
        if self.running():
            os.kill(self.pid, signal.SIGKILL)
            self.wait(seconds=120)

    def ask_to_stop(self) -> None:
        """Send SIGTERM and wait."""
        if self.running():
            os.kill(self.pid, signal.SIGTERM)
            self.wait(seconds=240)

    def wait(self, *, seconds: float) -> int:
        """Wait for the end and return the exit code."""
        wait_until(lambda: not self.running(), f"进程 {self.pid} 结束", seconds=seconds, pause=0.01)
        return int(self.code or 0)


def fork(work: Callable[[], None]) -> Child:
    """Run `work` in a process of its own, with connections of its own; it leaves with 0, after an exception with 1."""
    from django.db import connections

    connections.close_all()
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return Child(pid)
    code = 1
    try:
        os.setsid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # nobody outlives a broken drill
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            connections.close_all()
        sys.stderr.flush()
        os._exit(code)


def worker(*queues: str, periodic: bool = True) -> Child:
    """Start a worker as `gongkai worker` does."""
    from gongkai.project.worker.loop import WorkerLoop

    return fork(WorkerLoop(queues=queues or ("publish", "default"), periodic=periodic).run)


@contextlib.contextmanager
def working(*queues: str) -> Iterator[Child]:
    """Have a worker run meanwhile."""
    child = worker(*queues)
    try:
        yield child
    finally:
        child.ask_to_stop()


def idle(*, sealed: bool = True) -> bool:
    """Say whether no job, no delivery and (with `sealed`) no seal waits any more."""
    from django_tasks import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    from gongkai.journal.models import Delivery, Pending

    waiting = DBTaskResult.objects.filter(status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING])
    if waiting.exists() or Delivery.objects.filter(done_at=None).exists():
        return False
    return not (sealed and Pending.objects.exists())


def main(arguments: list[str]) -> int:
    """Run one drill and return 0, 1 with what broke, or LEFT_OUT with why it cannot be done here."""
    from gongkai.project.django_setup import start_django

    environment = start_django()
    if environment.production:
        print("错误：演练不在正式环境上进行", file=sys.stderr)
        return 2
    seed = int(arguments[arguments.index("--seed") + 1]) if "--seed" in arguments else 1
    stage = Stage(environment, "--long" in arguments, seed)
    Patience.factor = 10.0 if stage.long else 1.0
    try:
        importlib.import_module(f"tools.drills.{arguments[0]}").run(stage)
    except Broken as broken:
        print(f"    破了  {broken}（骰子 {seed}）", flush=True)
        return 1
    except LeftOut as reason:
        print(f"    没做  {reason}", flush=True)
        return LEFT_OUT
    return 0


if __name__ == "__main__":
    from tools.drills import stage as this  # the drills know it by this name

    sys.exit(this.main(sys.argv[1:]))
