"""A run that is killed goes on where it was: nothing lost, nothing doubled."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gongkai.project.moving.tests.conftest import page, write
from tools.testing.live import make_site

PAGES = 240
OFFICE = """
from gongkai.project.django_setup import start_django
start_django()
from gongkai.project.moving.tests.conftest import make_office
make_office()
"""


def counts(home: Path) -> tuple[int, int]:
    """Return how many items are drafted, and how many records came of moving."""
    with sqlite3.connect(f"file:{home}/gongkai.sqlite3?mode=ro", uri=True) as db:
        drafted = db.execute("SELECT count(*) FROM project_moveditem WHERE state = 'drafted'").fetchone()[0]
        made = db.execute(
            "SELECT count(*) FROM records_record WHERE migrated IS NOT NULL AND migrated <> 'null'"
        ).fetchone()[0]
    return int(drafted), int(made)


@pytest.mark.slow
@pytest.mark.once
def test_killed_runs_go_on_where_they_were(tmp_path: Path) -> None:
    import shutil

    prepared = make_site()
    shutil.copytree(prepared.home, tmp_path / "home")
    environ = {**prepared.environ, "GONGKAI_HOME": str(tmp_path / "home")}
    made = subprocess.run(
        [sys.executable, "-c", OFFICE], env=environ, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    mirror = write(tmp_path / "mirror", {f"n/{i}.html": page(f"关于第{i}件事的通知") for i in range(PAGES)})
    line = [
        sys.executable, "-m", "gongkai.project.command", "move-in", "stage", "--org", "demo", "--site", "old.example.gov.cn",
        "--mirror", str(mirror), "--workers", "1",
    ]  # fmt: skip
    killed = 0
    for wait in (0, 60, 130):
        run = subprocess.Popen(
            line, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        until = time.monotonic() + 120
        while run.poll() is None and time.monotonic() < until and _done(tmp_path / "home") < wait + 1:
            time.sleep(0.02)
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            killed += 1
        run.wait()
    assert killed
    done = subprocess.run([*line, "--json"], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert counts(tmp_path / "home") == (PAGES, PAGES)
    assert subprocess.run(line, env=environ, capture_output=True, check=False).returncode == 0
    assert counts(tmp_path / "home") == (PAGES, PAGES)
    checked = subprocess.run(
        [sys.executable, "-m", "gongkai.project.command", "journal", "verify"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def _done(home: Path) -> int:
    """Return how many items were read or drafted so far."""
    try:
        with sqlite3.connect(f"file:{home}/gongkai.sqlite3?mode=ro", uri=True) as db:
            return int(
                db.execute("SELECT count(*) FROM project_moveditem WHERE state <> 'found'").fetchone()[0]
            )
    except sqlite3.OperationalError:
        return 0
