"""A real server with its worker over a throw-away home, on the loopback address."""

from __future__ import annotations

import atexit
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
from functools import lru_cache
from pathlib import Path

import pytest

START_SECONDS = 900


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


def _other_database(url: str, name: str) -> str:
    """Return the URL of another database of the same cluster."""
    base, _, query = url.partition("?")
    return f"{base.rpartition('/')[0]}/{name}?{query}"


def _create_database(name: str, *, template: str = "") -> str:
    """Create a database beside the one this run uses and return its URL; empty for the embedded one."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        return ""
    import psycopg

    with psycopg.connect(_other_database(url, "postgres"), autocommit=True) as connection:
        copy_of = f' TEMPLATE "{template}"' if template else ""
        connection.execute(f'CREATE DATABASE "{name}"{copy_of}')
    return _other_database(url, name)


def _environ(home: Path, port: int, url: str) -> dict[str, str]:
    kept = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("GONGKAI_", "DJANGO_", "DATABASE_", "PYTEST_"))
    }
    own = {"GONGKAI_HOME": str(home), "PORT": str(port), "PYTHONDONTWRITEBYTECODE": "1"}
    return kept | own | ({"DATABASE_URL": url} if url else {})


@lru_cache(maxsize=1)
def _prepared() -> tuple[Path, str]:
    """Set up one home with `gongkai init` and return it with the name of its database; later homes are copies."""
    home, name = Path(tempfile.mkdtemp(prefix="gongkai-prepared-")), f"prepared_{uuid.uuid4().hex[:12]}"
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    environ = _environ(home, free_port(), _create_database(name))
    command = [sys.executable, "-m", "gongkai.project.command", "init"]
    done = subprocess.run(
        command, env=environ, capture_output=True, text=True, timeout=START_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    return home, name


def make_site(*arguments: str, prepared: bool = True) -> LiveSite:
    """Return a site that is not started yet: a copy of a set-up home (keys of its own), or an empty home."""
    home = Path(tempfile.mkdtemp(prefix="gongkai-live-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    template = ""
    if prepared:
        source, template = _prepared()
        shutil.copytree(source, home, dirs_exist_ok=True, ignore=shutil.ignore_patterns("keys", "logs"))
    port = free_port()
    url = _create_database(f"live_{uuid.uuid4().hex[:12]}", template=template)
    return LiveSite(home=home, environ=_environ(home, port, url), port=port, arguments=arguments)


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
