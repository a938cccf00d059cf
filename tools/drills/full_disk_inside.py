"""What `full_disk` does once its home lies on a small disk."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.db import DatabaseError, connection, connections
from django.utils import timezone

from gongkai.portal import api as portal
from gongkai.project.archiving.backup import make_backup
from gongkai.project.archiving.export import write_export
from gongkai.project.failure import CommandFailed, as_full_disk
from gongkai.records import api as records
from tools.drills import judge
from tools.drills.office import approved, people
from tools.drills.stage import Stage, idle, wait_until, worker

LEFT_BYTES = 128 * 1024
"""Room for the database to be read (its shared index), none for pages, copies, and exports."""


def run(stage: Stage) -> None:
    """Fill the disk, try everything, make room, go on."""
    ids = approved(stage.size(short=3, long=8))
    home = stage.environment.home
    before = judge.tree(stage.environment.public_dir)
    if connection.vendor == "sqlite":
        with _full(home, left=0):
            said = _refused(stage, ids[0])
        stage.require(not records.list_releases(record_id=ids[0]), "磁盘写满时留下了半次发布")
        stage.did("磁盘写满时发布")
        stage.held(f"发布没有做成，没有留下一半（{said}）")
    release = records.publish(record_id=ids[0], user=people()["leader"], now=timezone.now())
    with _full(home, left=LEFT_BYTES):
        _building(stage, release.id, before)
        _copies(stage)
    for number in ids[1:]:
        records.publish(record_id=number, user=people()["leader"], now=timezone.now())
    served = worker("publish", "default", "idle", periodic=True)
    wait_until(idle, "腾出空间后任务做完", seconds=240)
    served.ask_to_stop()
    stage.held("腾出空间后接着做完，不用人动手")
    judge.whole(stage)
    shutil.rmtree(home / "public.aside")
    make_backup(stage.environment, home / "backup-after", now=timezone.now())
    stage.held("腾出空间后备份做成")


@contextlib.contextmanager
def _full(home: Path, *, left: int) -> Iterator[None]:
    """Fill the disk but for so many bytes."""
    connections.close_all()
    ballast = home / "ballast"
    with ballast.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while True:
            stream.write(b"\0" * 65536)
    if left:
        os.truncate(ballast, max(0, ballast.stat().st_size - left))
    try:
        yield
    finally:
        connections.close_all()
        ballast.unlink()


def _refused(stage: Stage, number: int) -> str:
    """Publish on a full disk and return what the refusal said."""
    try:
        records.publish(record_id=number, user=people()["leader"], now=timezone.now())
    except (DatabaseError, OSError) as error:
        return str(error)
    stage.require(False, "磁盘写满时发布却成功了")
    return ""


def _building(stage: Stage, release_id: int, before: dict[str, str]) -> None:
    for name, work in (
        ("上网", lambda: portal.apply_release(release_id=release_id, now=timezone.now())),
        ("重建网站", lambda: portal.build(full=True, today=timezone.localdate())),
    ):
        try:
            work()
        except Exception as error:
            clear = "磁盘已满" in str(error) or as_full_disk(error) is not None
            stage.require(clear, f"{name}时的说明不清楚：{type(error).__name__} {error}")
        else:
            stage.require(False, f"磁盘写满时{name}却成功了")
    now = judge.tree(stage.environment.public_dir)
    broken = [path for path, digest in before.items() if now.get(path) != digest]
    stage.require(
        all((stage.environment.public_dir / path).stat().st_size for path in now), "公开目录里有空文件"
    )
    stage.require(not broken, f"公开目录里有 {len(broken)} 个文件变了：{'、'.join(broken[:3])}")
    stage.did("磁盘写满时上网、重建网站")
    stage.held(f"公开目录原来的 {len(before)} 个文件一个没坏，没有写了一半的；说明写着磁盘已满")


def _copies(stage: Stage) -> None:
    home = stage.environment.home
    now, today = timezone.now(), timezone.localdate()
    for name, work in (
        ("备份", lambda target: make_backup(stage.environment, target, now=now)),
        ("导出", lambda target: write_export(
            stage.environment, target, reason="own_keeping", credentials=False, user=None, today=today, now=now
        )),
    ):  # fmt: skip
        target = home / f"copy-{len(name)}-{name}"
        try:
            work(target)
        except CommandFailed as failed:
            stage.require(
                "满" in failed.message or "space" in failed.message, f"{name}的说明不清楚：{failed.message}"
            )
        except DatabaseError as error:
            stage.require(as_full_disk(error) is not None, f"{name}的说明不清楚：{error}")
        else:
            stage.require(False, f"磁盘写满时{name}却成功了")
        left = [path.name for path in home.iterdir() if target.name in path.name]
        stage.require(not left, f"{name}留下了写了一半的 {left}")
    stage.did("磁盘写满时备份、导出")
    stage.held("备份、导出说明磁盘已满，没有留下写了一半的目录")
