"""A real server with its worker over a throw-away home, on the loopback address."""

from __future__ import annotations

import atexit
import fcntl
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

START_SECONDS = 900
SHARED = "PYTEST_GONGKAI_SHARED"


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
        if not k.startswith(("GONGKAI_", "DJANGO_", "DATABASE_", "PYTEST_", "PYTHONDONTWRITE"))
    }
    own = {"GONGKAI_HOME": str(home), "PORT": str(port)}
    return kept | own | ({"DATABASE_URL": url} if url else {})


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that all workers of this run share; they inherit its name."""
    if not hasattr(config, "workerinput"):
        os.environ[SHARED] = tempfile.mkdtemp(prefix="gongkai-run-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the shared folder when the run is over."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(SHARED, ""), ignore_errors=True)


def _set_up(home: Path, name: str) -> None:
    """Run `gongkai init` in a new home with a database of that name."""
    environ = _environ(home, free_port(), _create_database(name))
    command = [sys.executable, "-m", "gongkai.project.command", "init"]
    done = subprocess.run(
        command, env=environ, capture_output=True, text=True, timeout=START_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr


def _copy(source: Path, home: Path, *, without: set[str]) -> None:
    """Copy a home but for the named entries at its top."""
    shutil.copytree(
        source,
        home,
        dirs_exist_ok=True,
        ignore=lambda folder, _: without if Path(folder) == source else set(),
    )


def _fill(home: Path, name: str) -> None:
    """Start a copy of the set-up home once, so that it loads the demonstration authority, and stop it again."""
    source, template = _prepared("init")
    _copy(source, home, without={"keys", "logs"})
    port = free_port()
    url = _create_database(name, template=template)
    site = LiveSite(home=home, environ=_environ(home, port, url), port=port, arguments=("--no-worker",))
    site.start()
    site.stop()


def _prepared(kind: str) -> tuple[Path, str]:
    """Return a home that one worker made and every worker copies, with the name of its database.

    `init` is set up and empty; `demonstration` holds the demonstration authority with its keys.
    """
    shared = Path(os.environ[SHARED])
    home, name = shared / kind, f"prepared_{kind}_{shared.name.rpartition('-')[2].lower()}"
    with (shared / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (done := shared / f"{kind}.done").exists():
            home.mkdir()
            (_set_up if kind == "init" else _fill)(home, name)
            done.touch()
    return home, name


def make_site(*arguments: str, prepared: str = "init") -> LiveSite:
    """Return a site that is not started yet: a copy of a prepared home, or with `prepared` empty a bare folder.

    A set-up home makes keys of its own; the demonstration keeps its keys and builds its public tree under its own address.
    """
    home = Path(tempfile.mkdtemp(prefix="gongkai-live-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    template = ""
    if prepared:
        source, template = _prepared(prepared)
        own = {"keys"} if prepared == "init" else {"public", "portal"}
        _copy(source, home, without={"logs", "server.log"} | own)
    port = free_port()
    url = _create_database(f"live_{uuid.uuid4().hex[:12]}", template=template)
    return LiveSite(home=home, environ=_environ(home, port, url), port=port, arguments=arguments)


def _running(*arguments: str, prepared: str) -> Iterator[LiveSite]:
    site = make_site(*arguments, prepared=prepared)
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
    yield from _running(prepared="demonstration")


@pytest.fixture(scope="session")
def empty_site() -> Iterator[LiveSite]:
    """Return a running site without any data but the authority's name."""
    yield from _running("--empty", prepared="init")
