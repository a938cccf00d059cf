"""The container file (容器): a base image from Debian's packages, built with the network cut, set up for production, served and asked.

Long form only; needs root, buildah and mmdebstrap, and a network for fetching packages and wheels beforehand.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.drills.ground import ROOT
from tools.drills.stage import LeftOut, Stage

PROGRAMS = ("buildah", "mmdebstrap", "unshare")
PACKAGES = "python3,python3-venv,libpango-1.0-0,libpangoft2-1.0-0,libharfbuzz-subset0,fonts-noto-cjk"
"""What deploy/Containerfile says that the base image must hold."""
GONGKAI = "/opt/gongkai/.venv/bin/gongkai"
SETUP = """authority: {code: wsjkj, name: 示范区卫生健康局}
administrators:
  - {role: system_admin, username: xitong, name: 甲, password: Qing-Quan-2026}
  - {role: security_admin, username: anquan, name: 乙, password: Bai-Yun-2026-x}
  - {role: auditor, username: shenji, name: 丙, password: Shan-He-2026-y}
"""
INSIDE = """
set -eu
ip link set lo up 2>/dev/null || true
inside() { buildah $STORE run --isolation chroot "$CONTAINER" -- "$@"; }
inside $GONGKAI init --production --from-file /opt/setup.yaml
inside $GONGKAI serve >"$LOG" 2>&1 &
served=$!
for _ in $(seq 1200); do grep -q READY "$LOG" && break; kill -0 $served || { cat "$LOG"; exit 1; }; sleep 1; done
inside $GONGKAI check
"$PYTHON" - <<'ASK'
import http.client
for path, said in (("/", "示范区卫生健康局"), ("/desk/login/", "登录")):
    connection = http.client.HTTPConnection("127.0.0.1", 8080, timeout=120)
    connection.request("GET", path, headers={"Host": "127.0.0.1", "X-Forwarded-Proto": "https"})
    answer = connection.getresponse()
    body = answer.read().decode()
    assert answer.status == 200 and said in body, (path, answer.status, body[:300])
    print("ANSWERED", path)
ASK
echo "USERS $(ps -eo uid,args | awk '/[o]pt\\/gongkai\\/.venv/ && !/buildah/ {print $1}' | sort -u | tr '\\n' ' ')"
kill $served
wait $served || true
"""


def run(stage: Stage) -> None:
    """Carry the drill out."""
    if os.geteuid() != 0 or (lacking := [name for name in PROGRAMS if shutil.which(name) is None]):
        raise LeftOut("没有 root" if os.geteuid() != 0 else f"缺少 {'、'.join(lacking)}")
    with _workshop() as shop:
        shop.program(
            stage, [str(ROOT / "script" / "bundle"), str(shop.folder / "gongkai.tar.gz")], "离线包没有制成"
        )
        shop.program(stage, ["tar", "xzf", "gongkai.tar.gz"], "离线包没有解开")
        suite = _suite(shop.folder / "gongkai" / "PYTHON")
        if suite is None:
            raise LeftOut("没有与这个 Python 版本相同的 Debian，基础镜像须另备")
        shop.program(
            stage,
            ["mmdebstrap", "--variant=minbase", f"--include={PACKAGES}", suite, "base.tar"],
            "基础系统没有做成",
        )
        stage.did(
            f"由 Debian {suite} 的软件包做基础镜像（{(shop.folder / 'base.tar').stat().st_size / 1024**2:.0f} MB）"
        )
        container = _build(stage, shop)
        said = _try(stage, shop, container)
    stage.require("ANSWERED /desk/login/" in said, f"容器没有应答：{said[-1500:]}")
    stage.held("不联网建立正式环境、启动，健康检查通过，首页和登录页应答")
    users = next(line for line in said.splitlines() if line.startswith("USERS")).split()[1:]
    stage.require(users == ["10001"], f"容器里的进程以 {users} 运行，应为 10001")
    stage.held("所有进程以非 root 用户 10001 运行")


def _suite(python: Path) -> str | None:
    """Return the release of Debian whose own Python the bundle was made for."""
    minor = python.read_text(encoding="ascii").split()[0]
    return {"3.11": "bookworm", "3.13": "trixie"}.get(minor)


@dataclass(frozen=True, slots=True)
class Workshop:
    """A folder that apt's own user can enter, with a store of images of its own."""

    folder: Path

    @property
    def store(self) -> list[str]:
        """Return the options that keep every image inside the folder."""
        return [
            "--root",
            f"{self.folder}/store",
            "--runroot",
            f"{self.folder}/run",
            "--storage-driver",
            "vfs",
        ]

    def program(self, stage: Stage, command: list[str], failed: str, **more: str) -> str:
        """Run a program and return what it said; a failure breaks the drill with its last words."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("GONGKAI_", "DJANGO_", "DATABASE_", "PYTHONPATH"))}  # fmt: skip
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, check=False,
            env=kept | {"TMPDIR": str(self.folder), "BUILDAH_ISOLATION": "chroot"} | more,
        )  # fmt: skip
        stage.require(done.returncode == 0, f"{failed}：{(done.stdout + done.stderr)[-1500:]}")
        return done.stdout


@contextmanager
def _workshop() -> Iterator[Workshop]:
    folder = Path(tempfile.mkdtemp(prefix="gongkai-container-", dir="/var/tmp"))
    folder.chmod(0o755)
    try:
        yield Workshop(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _build(stage: Stage, shop: Workshop) -> str:
    """Build the image with the network cut off and return a container of it, with the file for the first set-up inside."""
    buildah = ["buildah", *shop.store]
    base = shop.program(stage, [*buildah, "from", "scratch"], "基础镜像没有做成").strip()
    shop.program(stage, [*buildah, "add", "-q", base, "base.tar", "/"], "基础镜像没有做成")
    shop.program(stage, [*buildah, "commit", "-q", base, "gongkai-base"], "基础镜像没有做成")
    built = [
        *buildah,
        "bud",
        "--isolation",
        "chroot",
        "--pull-never",
        "--build-arg",
        "BASE=localhost/gongkai-base",
    ]
    shop.program(
        stage,
        ["unshare", "--net", *built, "-f", "gongkai/deploy/Containerfile", "-t", "gongkai", "gongkai"],
        "容器文件没有构建成",
    )
    stage.did("切断网络，按 deploy/Containerfile 构建")
    container = shop.program(
        stage, [*buildah, "from", "--pull-never", "localhost/gongkai"], "容器没有建成"
    ).strip()
    (shop.folder / "setup.yaml").write_text(SETUP, encoding="utf-8")
    shop.program(stage, [*buildah, "copy", container, "setup.yaml", "/opt/setup.yaml"], "容器没有建成")
    return container


def _try(stage: Stage, shop: Workshop, container: str) -> str:
    """Set the container up for production, serve, check and ask, all with the network cut off; return what was said."""
    return shop.program(
        stage, ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-c", INSIDE], "容器没有运行起来",
        STORE=" ".join(shop.store), CONTAINER=container, GONGKAI=GONGKAI, LOG=str(shop.folder / "serve.log"), PYTHON=sys.executable,
    )  # fmt: skip
