"""The disk fills up (磁盘写满) while publishing, building and backing up: a clear message, no half file, and on it goes when there is room."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.drills.stage import LeftOut, Stage

MEGABYTES = 220


def run(stage: Stage) -> None:
    """Carry the drill out on a small file system of its own; without the right to mount one it is left out, and says so."""
    disk = Path(tempfile.mkdtemp(prefix="gongkai-small-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=0755", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        disk.rmdir()
        raise LeftOut("没有挂载小磁盘的权限，请以 root 再做一次")
    try:
        home = disk / "home"
        shutil.copytree(stage.environment.home, home, ignore=shutil.ignore_patterns("drill.log"))
        command = [sys.executable, "-m", "tools.drills.stage", "full_disk_inside", "--seed", str(stage.seed)]
        environ = {**os.environ, "GONGKAI_HOME": str(home), "TMPDIR": str(disk)}
        environ.pop("DJANGO_SETTINGS_MODULE", None)
        done = subprocess.run(
            [*command, *(["--long"] if stage.long else [])], env=environ, capture_output=True, text=True, check=False
        )  # fmt: skip
        print(done.stdout, end="", flush=True)
        print(done.stderr[-4000:], file=sys.stderr)
        stage.require(done.returncode == 0, "小磁盘上的部分没有守住")
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)
        disk.rmdir()
