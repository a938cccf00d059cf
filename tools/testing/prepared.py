"""Homes that one worker of a test run sets up and every worker copies: setting a database up takes half a minute."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

START_SECONDS = 900
SHARED = "PYTEST_GONGKAI_SHARED"
Make = Callable[[Path, str], None]


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


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


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that all workers of this run share; they inherit its name."""
    if not hasattr(config, "workerinput"):
        os.environ[SHARED] = tempfile.mkdtemp(prefix="gongkai-run-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the shared folder when the run is over."""
    if not hasattr(config, "workerinput"):
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


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Let the test database begin as a copy of the one that was set up: the migrations then find nothing to do."""
    from django.db import connection

    home, template = set_up_home()
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = template
        yield
        return
    creation = connection.creation
    create = creation._create_test_db

    def copied(*arguments: object, **named: object) -> str:
        name = str(create(*arguments, **named))
        with (
            contextlib.closing(sqlite3.connect(home / "gongkai.sqlite3")) as source,
            contextlib.closing(sqlite3.connect(name)) as target,
        ):
            source.backup(target)
        return name

    creation._create_test_db = copied
    yield
    del creation._create_test_db
