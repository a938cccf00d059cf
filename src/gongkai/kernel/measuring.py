"""A measurement in a process and a throw-away home of its own (单独测量), so that none meets what another left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any


def measured_apart(module: str, count: int, *, what: str) -> Iterator[dict[str, Any]]:
    """Run `python -m MODULE COUNT` on the embedded database of an empty home and yield the rows it prints, one JSON object a line.

    `GONGKAI_BENCH_DIR` names where the home is made, for a disk with room. Raises RuntimeError, naming `what` was measured
    with the end of the process's complaint, when it does not end well.
    """
    with tempfile.TemporaryDirectory(
        prefix="gongkai-bench-", dir=os.environ.get("GONGKAI_BENCH_DIR")
    ) as folder:
        environ = {
            **os.environ,
            "GONGKAI_HOME": folder,
            "DJANGO_SETTINGS_MODULE": "gongkai.project.settings.demonstration",
        }
        environ.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", module, str(count)]
        made = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    if made.returncode:
        raise RuntimeError(f"{what}的测量没有完成：{made.stderr[-2000:]}")
    yield from (json.loads(line) for line in made.stdout.splitlines() if line.startswith("{"))
