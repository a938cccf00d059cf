"""The processes of a site: what one that died left behind is gone before it starts again, and nothing outlives the roof."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gongkai.project.environment import read_environment
from gongkai.project.serving import DESK_NICENESS, Child, Roof

PARENT = """
import subprocess, sys, time
made = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "w").write(str(made.pid))
time.sleep(600)
"""


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Child]:
    made = Child(
        "desk",
        [sys.executable, "-c", PARENT, str(tmp_path / "pid")],
        restart=True,
        niceness=DESK_NICENESS,
        socket=tmp_path / "s",
    )
    yield made
    if made.process is not None:
        os.killpg(made.process.pid, signal.SIGKILL)
        made.process.wait()


def helper_of(child: Child, folder: Path) -> int:
    """Return the process that the child started, once it wrote its number down."""
    while True:
        text = (folder / "pid").read_text() if (folder / "pid").exists() else ""
        if text:
            return int(text)
        time.sleep(0.01)


def runs(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_what_a_dead_process_left_is_gone_before_it_starts_again(child: Child, tmp_path: Path) -> None:
    child.start(dict(os.environ))
    assert child.process is not None
    first = helper_of(child, tmp_path)
    (tmp_path / "s").touch()
    (tmp_path / "pid").unlink()
    child.process.kill()
    child.process.wait()
    assert child.ended()
    assert runs(first)
    child.start(dict(os.environ))
    assert not (tmp_path / "s").exists()
    while runs(first):
        time.sleep(0.01)
    assert helper_of(child, tmp_path) != first


def test_the_desk_gives_way_to_the_public_pages(child: Child, tmp_path: Path) -> None:
    child.start(dict(os.environ))
    assert child.process is not None
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, child.process.pid) == min(19, max(mine, DESK_NICENESS))
    assert os.getsid(child.process.pid) == os.getsid(0), "priorities are compared inside one session"
    assert os.getpgid(child.process.pid) == child.process.pid, "Ctrl+C reaches the roof only"


def test_nothing_outlives_the_roof(child: Child, tmp_path: Path) -> None:
    roof = Roof(read_environment({"GONGKAI_HOME": str(tmp_path)}), worker=False)
    socket = Path(roof.environ["GONGKAI_OFFICE_SOCKET"])
    assert socket.parent.stat().st_mode & 0o777 == 0o700, "nobody else may reach the desk behind the front"
    roof.children = [child]
    child.start(dict(os.environ))
    helper = helper_of(child, tmp_path)
    roof.stop()
    assert child.process is not None
    while runs(helper):
        time.sleep(0.01)
    assert not socket.parent.exists()
    child.process = None
