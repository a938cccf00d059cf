"""Run a command against a PostgreSQL cluster that lives only as long as the command: `python -m tools.postgres COMMAND…`.

The cluster listens on a Unix socket in a temporary folder and is not durable (fsync off): it is for tests. Root starts it as
another user, because PostgreSQL refuses to run as root. DATABASE_URL is set for the command; its exit code is passed on.
"""

from __future__ import annotations

import contextlib
import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SUPERUSER = "gongkai"


class NoPostgres(Exception):
    """PostgreSQL's programs are not installed, or the cluster did not start; the message says what to do."""


def find_binaries() -> Path:
    """Return the folder of initdb and pg_ctl, newest version first; GONGKAI_POSTGRES names another one."""
    if named := os.environ.get("GONGKAI_POSTGRES"):
        return Path(named)
    found = [Path(name).parent for name in glob.glob("/usr/lib/postgresql/*/bin/initdb")]
    if found:
        return max(found, key=lambda folder: float(folder.parent.name))
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise NoPostgres(
        "找不到 PostgreSQL 的 initdb：请安装 postgresql，或用 GONGKAI_POSTGRES 指明它的 bin 目录"
    )


def _account() -> pwd.struct_passwd | None:
    """Return the account to run as when we are root: postgres, else nobody. None means: as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgres("以 root 运行时需要 postgres 或 nobody 用户来启动 PostgreSQL")


def _run(command: list[str], account: pwd.struct_passwd | None) -> None:
    identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd="/",
        stdin=subprocess.DEVNULL,
        **identity,
    )
    if done.returncode:
        raise NoPostgres(f"{Path(command[0]).name} 失败：{done.stderr.strip() or done.stdout.strip()}")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster: `url` of its database `gongkai`, and the means to pull its plug and to start it again."""

    url: str
    control: tuple[str, ...]
    options: str
    account: pwd.struct_passwd | None

    def pull_the_plug(self) -> None:
        """Stop it as a crash does."""
        _run([*self.control, "-m", "immediate", "stop"], self.account)

    def promote(self) -> None:
        """Make a replica the primary, and wait until it takes writes."""
        _run([*self.control, "promote"], self.account)

    def start(self) -> None:
        """Start it (again)."""
        _run([*self.control, "-o", self.options, "start"], self.account)


@contextlib.contextmanager
def replica_of(primary: Cluster) -> Iterator[Cluster]:
    """Start a streaming replica of a durable cluster and yield it; `promote` makes it the primary."""
    binaries, account = find_binaries(), primary.account
    folder = Path(tempfile.mkdtemp(prefix="gongkai-pg-replica-"))
    folder.chmod(0o755)
    data = folder / "data"
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    host = primary.url.rpartition("host=")[2]
    options = primary.options.replace(host, str(folder))
    control = (str(binaries / "pg_ctl"), "-D", str(data), "-l", str(folder / "log"), "-w", "-t", "60")
    found = Cluster(primary.url.replace(host, str(folder)), control, options, account)
    try:
        _run(
            [str(binaries / "pg_basebackup"), "-h", host, "-U", SUPERUSER, "-D", str(data), "-R", "-c", "fast", "--no-sync"],
            account,
        )  # fmt: skip
        found.start()
        try:
            yield found
        finally:
            with contextlib.suppress(NoPostgres):
                found.pull_the_plug()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster and yield the DATABASE_URL of its database `gongkai`; stop and remove it afterwards."""
    with stoppable_cluster() as running:
        yield running.url


@contextlib.contextmanager
def stoppable_cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """Start a cluster and yield it; stop and remove it afterwards. `durable` lets it sync what it commits."""
    binaries, account = find_binaries(), _account()
    folder = Path(tempfile.mkdtemp(prefix="gongkai-pg-"))
    folder.chmod(0o755)
    data = folder / "data"
    data.mkdir()
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
        os.chown(data, account.pw_uid, account.pw_gid)
    initdb = [str(binaries / "initdb"), "-D", str(data), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]  # fmt: skip
    options = (
        f"-c listen_addresses='' -c unix_socket_directories={folder} "
        + ("" if durable else "-c fsync=off -c synchronous_commit=off -c full_page_writes=off ")
        + "-c max_connections=200 -c shared_buffers=128MB -c timezone=UTC"
    )
    control = (str(binaries / "pg_ctl"), "-D", str(data), "-l", str(folder / "log"), "-w", "-t", "60")
    found = Cluster(f"postgresql://{SUPERUSER}@/{SUPERUSER}?host={folder}", control, options, account)
    try:
        _run([*initdb, "--no-sync"], account)
        found.start()
        try:
            _run([str(binaries / "createdb"), "-h", str(folder), "-U", SUPERUSER, SUPERUSER], account)
            yield found
        finally:
            with contextlib.suppress(NoPostgres):
                found.pull_the_plug()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """Run the command inside a fresh cluster; a signal stops the command first, then the cluster."""
    if not arguments:
        print("用法：python -m tools.postgres 命令…", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with cluster() as url:
            return subprocess.run(arguments, env={**os.environ, "DATABASE_URL": url}, check=False).returncode
    except NoPostgres as error:
        print(f"错误：{error}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
