"""A real server with its worker over a throw-away home, on the loopback address."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
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

from tools.testing.prepared import (
    START_SECONDS,
    copy_home,
    create_database,
    environ_of,
    free_port,
    prepared_home,
    set_up_home,
)


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


def _fill(home: Path, name: str) -> None:
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
        source, template = set_up_home() if prepared == "init" else prepared_home(prepared, _fill)
        own = {"keys"} if prepared == "init" else {"public", "portal"}
        copy_home(source, home, without={"logs", "server.log"} | own)
    port = free_port()
    url = create_database(f"live_{uuid.uuid4().hex[:12]}", template=template)
    return LiveSite(home=home, environ=environ_of(home, port, url), port=port, arguments=arguments)


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
