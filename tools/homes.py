"""Homes to try things on: one is set up once, everybody copies it; setting a database up takes half a minute.

For test runs (`tools.testing`) and drills (`tools.drills`); the folder that a run shares is named by an environment variable.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 900
PATIENCE_SECONDS = 240
"""How long anything that must come is waited for: on a busy machine everything takes ten times as long."""
PORTS = range(10_240, 32_000)
SHARED = "PYTEST_GONGKAI_SHARED"
Make = Callable[[Path, str], None]


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on and that no other process of this run was given.

    It lies below those that the system gives to connections: between asking and listening lies the copy of a home.
    """
    shared = os.environ.get(SHARED)
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            if shared is None:
                return port
            with contextlib.suppress(FileExistsError):
                (Path(shared) / f"port-{port}").touch(exist_ok=False)
                return port


def _other_database(url: str, name: str) -> str:
    """Return the URL of another database of the same cluster."""
    base, _, query = url.partition("?")
    return f"{base.rpartition('/')[0]}/{name}?{query}"


def create_database(name: str, *, template: str = "") -> str:
    """Create a database beside the one this run uses and return its URL; empty for the embedded one."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        return ""
    import psycopg

    with psycopg.connect(_other_database(url, "postgres"), autocommit=True) as connection:
        copy_of = f' TEMPLATE "{template}"' if template else ""
        connection.execute(f'CREATE DATABASE "{name}"{copy_of}')
    return _other_database(url, name)


def environ_of(home: Path, port: int, url: str) -> dict[str, str]:
    """Return the environment of a process that works in `home`, with nothing of this run's own settings."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("GONGKAI_", "DJANGO_", "DATABASE_", "PYTEST_", "PYTHONDONTWRITE"))
    }
    own = {"GONGKAI_HOME": str(home), "PORT": str(port)}
    return kept | own | ({"DATABASE_URL": url} if url else {})


def share_folder() -> Path:
    """Make the folder that all processes of this run share and name it to them."""
    os.environ[SHARED] = tempfile.mkdtemp(prefix="gongkai-run-")
    return Path(os.environ[SHARED])


def leave_folder() -> None:
    """Remove the shared folder when the run is over."""
    shutil.rmtree(os.environ.pop(SHARED, ""), ignore_errors=True)


def set_up_home() -> tuple[Path, str]:
    """Return a home that `gongkai init` has set up, without any data."""
    return prepared_home("init", _set_up)


def _set_up(home: Path, name: str) -> None:
    environ = environ_of(home, free_port(), create_database(name))
    command = [sys.executable, "-m", "gongkai.project.command", "init"]
    done = subprocess.run(
        command, env=environ, capture_output=True, text=True, timeout=START_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr


def copy_home(source: Path, home: Path, *, without: set[str]) -> None:
    """Copy a home but for the named entries at its top."""
    shutil.copytree(
        source,
        home,
        dirs_exist_ok=True,
        ignore=lambda folder, _: without if Path(folder) == source else set(),
    )


def prepared_home(kind: str, make: Make) -> tuple[Path, str]:
    """Return the home of that kind, with the name of its database; the worker that comes first makes it, the others wait."""
    shared = Path(os.environ[SHARED])
    home, name = shared / kind, f"prepared_{kind}_{shared.name.rpartition('-')[2].lower()}"
    with (shared / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (done := shared / f"{kind}.done").exists():
            home.mkdir()
            make(home, name)
            done.touch()
    return home, name


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

    def run(self, *arguments: str, timeout: float = START_SECONDS) -> subprocess.CompletedProcess[str]:
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
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=20)
        self.process = None

    def read(self, path: str) -> str:
        """Return the body of a page as text; raises on an HTTP error."""
        with urllib.request.urlopen(self.url + path, timeout=PATIENCE_SECONDS) as answer:
            return str(answer.read().decode("utf-8"))


def fill_demonstration(home: Path, name: str) -> None:
    """Start a copy of the set-up home once, so that it loads the demonstration authority, and stop it again."""
    source, template = set_up_home()
    copy_home(source, home, without={"keys", "logs"})
    port = free_port()
    url = create_database(name, template=template)
    site = LiveSite(home=home, environ=environ_of(home, port, url), port=port, arguments=("--no-worker",))
    site.start()
    site.stop()


def make_site(*arguments: str, prepared: str = "init") -> LiveSite:
    """Return a site that is not started yet: a copy of a prepared home, or with `prepared` empty a bare folder.

    A set-up home makes keys of its own; the demonstration keeps its keys and builds its public tree under its own address.
    """
    home = Path(tempfile.mkdtemp(prefix="gongkai-live-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    template = ""
    if prepared:
        source, template = (
            set_up_home() if prepared == "init" else prepared_home(prepared, fill_demonstration)
        )
        own = {"keys"} if prepared == "init" else {"public", "portal"}
        copy_home(source, home, without={"logs", "server.log"} | own)
    port = free_port()
    url = create_database(f"live_{uuid.uuid4().hex[:12]}", template=template)
    return LiveSite(home=home, environ=environ_of(home, port, url), port=port, arguments=arguments)
