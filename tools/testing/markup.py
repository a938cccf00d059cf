"""Valid HTML: the W3C's checker (vnu) over files, many in one run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

JAR = Path(__file__).resolve().parents[2] / ".tools" / "vnu.jar"
BATCH = 500


def html_faults(paths: Iterable[Path]) -> list[str]:
    """Return the checker's messages (errors and warnings, not remarks) for HTML files, as `file:line: message`."""
    files = [str(path) for path in paths]
    faults: list[str] = []
    for start in range(0, len(files), BATCH):
        command = [
            "java",
            "-Xss8m",
            "-jar",
            str(JAR),
            "--format",
            "json",
            "--exit-zero-always",
            *files[start : start + BATCH],
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
        for message in json.loads(done.stderr or done.stdout)["messages"]:
            if message["type"] == "info" and message.get("subType") != "warning":
                continue
            place = f"{message.get('url', '').removeprefix('file:')}:{message.get('lastLine', '?')}"
            faults.append(f"{place}: {message['message']}")
    return faults


@pytest.fixture(scope="session")
def vnu() -> Callable[[Iterable[Path]], None]:
    """Return `vnu(paths)`, which fails on any message; without the checker the test is skipped, in CI it fails."""
    if not JAR.is_file() or not shutil.which("java"):
        missing = "缺少网页标准检查器：请运行 script/test，它会准备好 .tools/vnu.jar 与 Java"
        if os.environ.get("CI"):
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)

    def check(paths: Iterable[Path]) -> None:
        faults = html_faults(paths)
        assert not faults, "\n".join(faults[:40])

    return check
