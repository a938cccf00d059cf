"""A real server with its worker over a throw-away home, on the loopback address."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

START_SECONDS = 240


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class LiveSite:
    """A running site. `url` has no trailing slash; `run` executes a `gongkai` command in the same home."""

    home: Path
    environ: dict[str, str]
    port: int
    process: subprocess.Popen[bytes] | None = None
    arguments: tuple[str, ...] = field(default=())

    @property
    def url(self) -> str:
        """Return the address of the public side."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """Return what server and worker printed so far."""
        return (self.home / "server.log").read_text(encoding="utf-8", errors="replace")

    def run(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a `gongkai` command against this home and return what it printed."""
        command = [sys.executable, "-m", "gongkai.project.command", *arguments]
        return subprocess.run(
            command, env=self.environ, capture_output=True, text=True, timeout=timeout, check=False
        )

    def start(self) -> None:
        """Start the server and wait for its READY line."""
        with (self.home / "server.log").open("ab") as log:
            command = [
                sys.executable,
                "-m",
                "gongkai.project.command",
                "serve",
                "--port",
                str(self.port),
                *self.arguments,
            ]
            self.process = subprocess.Popen(
                command,
                env=self.environ,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        ready, deadline = f"READY {self.url}/", time.monotonic() + START_SECONDS
        while ready not in self.log:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"服务没有启动：\n{self.log[-4000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop server and worker, politely first."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=20)
        self.process = None

    def read(self, path: str) -> str:
        """Return the body of a page as text; raises on an HTTP error."""
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return str(answer.read().decode("utf-8"))


def _database_for(name: str) -> str:
    """Return a DATABASE_URL of an own database beside the one this run uses; empty for the embedded one."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        return ""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    base, _, query = url.partition("?")
    return f"{base.rpartition('/')[0]}/{name}?{query}"


def make_site(*arguments: str) -> LiveSite:
    """Return a site that is not started yet, over an empty home."""
    home = Path(tempfile.mkdtemp(prefix="gongkai-live-"))
    port = free_port()
    environ = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("GONGKAI_", "DJANGO_", "DATABASE_", "PYTEST_"))
    }
    environ |= {"GONGKAI_HOME": str(home), "PORT": str(port), "PYTHONDONTWRITEBYTECODE": "1"}
    if url := _database_for(f"live_{uuid.uuid4().hex[:12]}"):
        environ["DATABASE_URL"] = url
    return LiveSite(home=home, environ=environ, port=port, arguments=arguments)


def _running(*arguments: str) -> Iterator[LiveSite]:
    site = make_site(*arguments)
    try:
        site.start()
        yield site
        site.stop()
        assert "Traceback" not in site.log, f"服务日志里有未处理的错误：\n{site.log[-6000:]}"
    finally:
        site.stop()
        shutil.rmtree(site.home, ignore_errors=True)


@pytest.fixture(scope="session")
def live_site() -> Iterator[LiveSite]:
    """Return a running site with the demonstration authority."""
    yield from _running()


@pytest.fixture(scope="session")
def empty_site() -> Iterator[LiveSite]:
    """Return a running site without any data but the authority's name."""
    yield from _running("--empty")
