"""The processes of a running site: the web server and two workers, started, watched and stopped together."""

from __future__ import annotations

import http.client
import logging
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from types import FrameType

from gongkai.project.environment import Environment

log = logging.getLogger(__name__)

READY_SECONDS = 300.0  # as long as the server lives: a busy machine takes minutes
STOP_SECONDS = 15.0
RESTART_PAUSE = 2.0
FRONT = "gongkai.portal.front:application"
WEB_THREADS = 40


@dataclass
class Child:
    """One process of the site; a worker that dies is started again, the web server's death ends all."""

    name: str
    command: list[str]
    restart: bool
    process: subprocess.Popen[bytes] | None = field(default=None)
    started: float = 0.0

    def start(self, environ: dict[str, str]) -> None:
        """Start the process in its own group, so that Ctrl+C reaches the roof only."""
        self.process = subprocess.Popen(  # noqa: S603  (own program, fixed words)
            self.command, env=environ, stdin=subprocess.DEVNULL, start_new_session=True
        )
        self.started = time.monotonic()

    def ended(self) -> bool:
        """Say whether the process has ended."""
        return self.process is not None and self.process.poll() is not None


class Roof:
    """Web server and workers of one home."""

    def __init__(self, environment: Environment, *, worker: bool = True) -> None:
        self.environment = environment
        self.environ = {**os.environ, "GONGKAI_HOST": environment.host, "PORT": str(environment.port)}
        self.children = [Child("web", self._web(), restart=False)]
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
        workers = max(1, min(4, os.cpu_count() or 1))
        return [
            *(sys.executable, "-m", "granian", "--interface", "wsgi"),
            *("--host", self.environment.host, "--port", str(self.environment.port)),
            *("--workers", str(workers), "--blocking-threads", str(WEB_THREADS), "--no-ws", "--http", "1"),
            *(
                "--backlog",
                "2048",
                "--respawn-failed-workers",
                "--log-level",
                "error",
                "--workers-kill-timeout",
                "5",
            ),
            FRONT,
        ]

    def start(self) -> None:
        """Start the web server."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        self.children[0].start(self.environ)

    def start_workers(self) -> None:
        """Start the workers; they come after the web server, so that the first page does not wait for them."""
        for child in self.children[1:]:
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

    def wait_until_ready(self) -> bool:
        """Wait until the public side and the desk both answer; False when that takes too long or the server died."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and not self.stopping:
            if self.children[0].ended():
                return False
            if self._answers("/") and self._answers("/desk/login/"):
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
        """Ask every process to stop, wait, and end what does not listen."""
        running = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
