"""The ground of a drill: a throw-away copy of one prepared home, and the process that carries the drill out on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import uuid
from dataclasses import dataclass
from pathlib import Path

from tools.drills import LEFT_OUT
from tools.homes import (
    START_SECONDS,
    copy_home,
    create_database,
    environ_of,
    free_port,
    prepared_home,
    set_up_home,
)

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a drill ended: its exit code (0 held, LEFT_OUT not done here, else broken) and everything that it said."""

    name: str
    code: int
    said: str


def _environ(home: Path, url: str) -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return environ_of(home, free_port(), url) | {
        "PYTHONPATH": path,
        "GONGKAI_SITE_URL": "https://wjj.yunling.example",
    }


def _make_office(home: Path, name: str) -> None:
    source, template = set_up_home()
    copy_home(source, home, without={"keys", "logs"})
    url = create_database(name, template=template)
    done = subprocess.run(
        [sys.executable, "-m", "tools.drills.stage", "office"],
        env=_environ(home, url), capture_output=True, text=True, timeout=START_SECONDS, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"演练用的机关没有建成：\n{done.stdout}{done.stderr[-4000:]}")


def hold(
    name: str, *, long: bool = False, seed: int = 1, aloud: bool = False, minutes: float = 15
) -> Outcome:
    """Carry one drill out on a copy of the prepared home and return how it ended; the copy is removed when it held."""
    source, template = prepared_home("drill", _make_office)
    home = Path(tempfile.mkdtemp(prefix=f"gongkai-drill-{name}-"))
    copy_home(source, home, without={"logs"})
    url = create_database(f"drill_{uuid.uuid4().hex[:12]}", template=template)
    command = [sys.executable, "-m", "tools.drills.stage", name, "--seed", str(seed), *(["--long"] if long else [])]  # fmt: skip
    log = home / "drill.log"
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            command, env=_environ(home, url), stdout=subprocess.PIPE, stderr=errors, text=True
        )
        watch = threading.Timer(minutes * 60, process.kill)
        watch.start()
        lines = []
        for line in process.stdout or ():
            lines.append(line)
            if aloud:
                print(line, end="", flush=True)
        code = process.wait()
        watch.cancel()
    said = "".join(lines)
    if code in (0, LEFT_OUT):
        shutil.rmtree(home, ignore_errors=True)
    else:
        said += f"运行目录留在 {home}\n" + log.read_text(encoding="utf-8", errors="replace")[-6000:]
    return Outcome(name, code, said)
