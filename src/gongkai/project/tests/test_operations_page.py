"""docs/operations.zh-CN.md is followed command by command, in folders of this test."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gongkai.project.command import COMMANDS
from tools.testing.live import make_site
from tools.testing.object_store import ObjectStoreServer

PAGE = Path(__file__).resolve().parents[4] / "docs" / "operations.zh-CN.md"
PLACES = ("/srv", "/backup")


def blocks(kind: str) -> list[str]:
    """Return the code blocks of one kind, in order."""
    return re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.S)


def test_commands_and_files_named_on_the_page_exist() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name in re.findall(r"gongkai ([a-z][a-z-]+)", text):
        assert name in {*COMMANDS, "gongkai-backup"}, name
    root = PAGE.parents[1]
    for path in re.findall(r"`((?:deploy|regulations|script)/[\w./-]+)", text):
        assert (root / path.rstrip(".")).exists() or list(root.glob(f"{path}*")), path


@pytest.mark.slow
@pytest.mark.once
def test_every_step_of_the_page_works(tmp_path: Path, object_store: ObjectStoreServer) -> None:
    """The homes are copies of a set-up one, so that nobody waits for three databases to be made; the object store is a real one."""
    import shutil

    prepared = make_site()
    for name in ("gongkai", "moved"):
        shutil.copytree(prepared.home, tmp_path / "srv" / name)
    kept = Path("media/requests/2026/1") / ("a" * 64)
    (tmp_path / "srv/gongkai" / kept).parent.mkdir(parents=True)
    (tmp_path / "srv/gongkai" / kept).write_bytes(b"sealed")
    (tmp_path / "backup" / "gongkai").mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "gongkai"
    program.write_text(
        f'#!/bin/sh\nexec {sys.executable} -m gongkai.project.command "$@"\n', encoding="ascii"
    )
    program.chmod(0o755)
    environ = {
        **prepared.environ,
        "GONGKAI_HOME": str(tmp_path / "srv/gongkai"),
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
    }
    steps = blocks("sh")
    assert len(steps) >= 5
    for step in steps:
        for place in PLACES:
            step = re.sub(rf"(?<![\w/]){place}/", f"{tmp_path}{place}/", step)
        step = step.replace("https://minio.example.gov.cn:9000", object_store.endpoint)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", step],
            env=environ,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{step}\n{done.stdout}\n{done.stderr}"
    assert (tmp_path / "srv/gongkai/PRODUCTION").exists()
    assert (tmp_path / "srv/moved/public/index.html").exists()
    assert not (tmp_path / "srv/gongkai" / kept).exists()  # moved to the store
    assert (tmp_path / "backup/fetched" / kept).read_bytes() == b"sealed"
