"""The processes of a running site: the web server, the desk behind it and two workers, started, watched and stopped together.

The web server sends public files and passes what is for the desk on through a socket in a folder that only this account may enter. The desk's
processes have a lower priority: clerks share what citizens leave.
"""

from __future__ import annotations

import http.client
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from gongkai.project.environment import Environment

log = logging.getLogger(__name__)

READY_SECONDS = 300.0  # as long as the server lives: a busy machine takes minutes
STOP_SECONDS = 15.0
RESTART_PAUSE = 2.0
FRONT = "gongkai.portal.front:application"
DESK = "gongkai.project.wsgi:application"
WEB_THREADS = 64
DESK_THREADS = 4
DESK_NICENESS = 5
SERVERS = 2


@dataclass
class Child:
    """One process of the site; a worker that dies is started again, the web server's death ends all."""

    name: str
    command: list[str]
    restart: bool
    niceness: int = 0
    socket: Path | None = None
    process: subprocess.Popen[bytes] | None = field(default=None)
    started: float = 0.0

    def start(self, environ: dict[str, str]) -> None:
        """Start the process in its own group, so that Ctrl+C reaches the roof only; in our session, where priorities are compared.

        What a process that died left behind goes first: its children and its socket.
        """
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        if self.socket is not None:
            self.socket.unlink(missing_ok=True)
        self.process = subprocess.Popen(  # noqa: S603  (own program, fixed words)
            self.command, env=environ, stdin=subprocess.DEVNULL, process_group=0
        )
        if self.niceness:
            os.setpriority(os.PRIO_PROCESS, self.process.pid, self.niceness)
        self.started = time.monotonic()

    def ended(self) -> bool:
        """Say whether the process has ended."""
        return self.process is not None and self.process.poll() is not None


class Roof:
    """Web server and workers of one home."""

    def __init__(self, environment: Environment, *, worker: bool = True) -> None:
        self.environment = environment
        self._folder = tempfile.TemporaryDirectory(prefix="gongkai-", ignore_cleanup_errors=True)
        place = Path(self._folder.name) / "desk.sock"
        self.environ = {
            **os.environ,
            "GONGKAI_HOST": environment.host,
            "PORT": str(environment.port),
            "GONGKAI_OFFICE_SOCKET": place.as_posix(),
        }
        self.children = [
            Child("web", self._web(), restart=False),
            Child("desk", self._desk(place), restart=True, niceness=DESK_NICENESS, socket=place),
        ]
        if worker:
            base = [sys.executable, "-m", "gongkai.project.command", "worker"]
            self.children.append(Child("worker", [*base, "--queues", "publish,default"], restart=True))
            self.children.append(Child("idle worker", [*base, "--queues", "idle", "--nice"], restart=True))
        self.stopping = False

    @property
    def url(self) -> str:
        """Return the address of the public side as the office's machine sees it, without a trailing slash."""
        host = self.environment.host
        shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104
        return f"http://{shown}:{self.environment.port}{self.environment.base_path}"

    def _web(self) -> list[str]:
        place = ("--host", self.environment.host, "--port", str(self.environment.port), "--backlog", "2048")
        return [*_granian(WEB_THREADS), *place, FRONT]

    def _desk(self, listens: Path) -> list[str]:
        place = ("--uds", listens.as_posix(), "--uds-permissions", "600", "--backlog", "1024")
        return [*_granian(DESK_THREADS), *place, DESK]

    def start(self) -> None:
        """Start the web server and the desk."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        for child in self.children[:SERVERS]:
            child.start(self.environ)

    def start_workers(self) -> None:
        """Start the workers; they come after the web server, so that the first page does not wait for them."""
        for child in self.children[SERVERS:]:
            child.start(self.environ)

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _answers(self, path: str) -> bool:
        host = self.environment.host
        target = "127.0.0.1" if host in {"0.0.0.0", "::", "localhost"} else host.strip("[]")  # noqa: S104
        connection = http.client.HTTPConnection(target, self.environment.port, timeout=30)
        try:
            connection.request(
                "GET", self.environment.base_path + path, headers={"Host": self.environment.allowed_hosts[0]}
            )
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def _desk_listens(self) -> bool:
        """Say whether the desk takes connections; the front is not asked for it before, so that it does not complain."""
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(self.environ["GONGKAI_OFFICE_SOCKET"])
            except OSError:
                return False
        return True

    def wait_until_ready(self) -> bool:
        """Wait until the public side and the desk both answer; False when that takes too long or the server died."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and not self.stopping:
            if any(child.ended() for child in self.children[:SERVERS]):
                return False
            if self._desk_listens() and self._answers("/") and self._answers("/desk/login/"):
                return True
            time.sleep(0.1)
        return False

    def run(self) -> int:
        """Watch the processes until a signal comes or the web server dies; stop all and return the exit code."""
        code = 0
        while not self.stopping:
            for child in self.children:
                if not child.ended() or self.stopping:
                    continue
                if not child.restart:
                    log.error("%s ended unexpectedly", child.name)
                    self.stopping, code = True, 1
                elif time.monotonic() - child.started > RESTART_PAUSE:
                    log.warning("%s ended; starting it again", child.name)
                    child.start(self.environ)
            time.sleep(0.2)
        self.stop()
        return code

    def stop(self) -> None:
        """Ask every process to stop, wait, and end what does not listen, with all that it started."""
        started = [child.process for child in self.children if child.process]
        for process in started:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in started:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._folder.cleanup()


def _granian(threads: int) -> list[str]:
    """Return the words that start a web server with a process for each of up to four cores."""
    workers = max(1, min(4, os.cpu_count() or 1))
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(workers)),
        *("--blocking-threads", str(threads), "--no-ws", "--http", "1", "--respawn-failed-workers"),
        *("--log-level", "error", "--workers-kill-timeout", "5"),
    ]
