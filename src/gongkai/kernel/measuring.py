"""A measurement in a process and a throw-away home of its own (单独测量), so that none meets what another left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

_OWN = (
    "DATABASE_URL",
    "GONGKAI_ATTACHMENTS",
    "GONGKAI_CHANNEL_ADDRESS",
    "GONGKAI_MAIL_URL",
    "GONGKAI_SECRET_DIR",
    "GONGKAI_TAIL_DIR",
)


def measured_apart(module: str, count: int, *, what: str) -> Iterator[dict[str, Any]]:
    """Run `python -m MODULE COUNT` on the embedded database of an empty home and yield the rows it prints, one JSON object a line.

    `GONGKAI_BENCH_DIR` names where the home is made, for a disk with room. Raises RuntimeError, naming `what` was measured
    with the end of the process's complaint, when it does not end well.
    """
    with tempfile.TemporaryDirectory(
        prefix="gongkai-bench-", dir=os.environ.get("GONGKAI_BENCH_DIR")
    ) as folder:
        rows = list(measured_in(home=folder, database_url="", arguments=[module, str(count)], what=what))
    yield from rows


def measured_in(
    *, home: str, database_url: str, arguments: Sequence[str], what: str
) -> Iterator[dict[str, Any]]:
    """Run `python -m ARGUMENTS` on this home and database (empty text: the embedded one) and yield the rows it prints.

    Nothing of the surrounding installation is heard: its home, keys, database, attachment store and mail server are left out. Raises RuntimeError.
    """
    environ = {name: value for name, value in os.environ.items() if name not in _OWN}
    environ |= {
        "GONGKAI_HOME": home,
        "DJANGO_SETTINGS_MODULE": "gongkai.project.settings.demonstration",
    }
    if database_url:
        environ["DATABASE_URL"] = database_url
    command = [sys.executable, "-m", *arguments]
    made = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    if made.returncode:
        raise RuntimeError(f"{what}的测量没有完成：{made.stderr[-2000:]}")
    yield from (json.loads(line) for line in made.stdout.splitlines() if line.startswith("{"))
