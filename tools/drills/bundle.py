"""The offline bundle (离线包): made, installed with the network cut off, started and checked. Long form only, needs root and a network for making it."""

from __future__ import annotations

import os
import subprocess

from tools.drills.ground import ROOT
from tools.drills.stage import LeftOut, Stage


def run(stage: Stage) -> None:
    """Carry the drill out; `script/bundle --try` does each step and stops at the first that fails."""
    if os.geteuid() != 0:
        raise LeftOut("没有 root，不能切断网络")
    target = stage.environment.home / "gongkai.tar.gz"
    environ = {
        key: value for key, value in os.environ.items() if not key.startswith(("GONGKAI_", "DJANGO_", "DATABASE_", "PYTHONPATH"))
    }  # fmt: skip
    done = subprocess.run(
        [str(ROOT / "script" / "bundle"), "--try", str(target)], env=environ, capture_output=True, text=True, check=False
    )  # fmt: skip
    stage.require(done.returncode == 0, f"离线包没有装成：{(done.stdout + done.stderr)[-1500:]}")
    stage.did(f"制作离线包（{target.stat().st_size / 1024**2:.0f} MB），切断网络后安装、启动、检查")
    stage.held("没有网络的机器可以安装、启动，健康检查通过")
