"""The attachment store rots (附件库损坏): bytes flipped, a file gone. Found, named with its remedy, never shown as proven."""

from __future__ import annotations

import hashlib
import io
import shutil
from pathlib import Path

from django.utils import timezone

from gongkai.portal import api as portal
from gongkai.project import jobs
from gongkai.project.archiving.backup import make_backup
from gongkai.project.health import attachments
from gongkai.records import api as records
from tools.drills import judge
from tools.drills.office import approve, draft, people
from tools.drills.stage import Stage, idle, wait_until, worker


def run(stage: Stage) -> None:
    """Carry the drill out."""
    count, staff = stage.size(short=3, long=40), people()
    ids, files = [], []
    for number in range(count + 1):
        stored = records.store_file(
            stream=io.BytesIO(f"第{number}号健康小屋开放安排表，每周一至周五。\n".encode() * 30), name=f"安排表{number}.txt", now=timezone.now()
        )  # fmt: skip
        files.append(stored.sha256)
        ids.append(draft(7000 + number, editor=staff["editor"], file=stored.sha256))
        approve(ids[-1], staff)
    for number in ids[:-1]:
        records.publish(record_id=number, user=staff["leader"], now=timezone.now())
    served = worker("publish", "default", "idle")
    wait_until(idle, "上网", seconds=240)
    served.ask_to_stop()
    backup = stage.environment.home / "backup"
    make_backup(stage.environment, backup, now=timezone.now())
    jobs.verify_files()
    flipped, gone, waiting = (_path(stage, files[0]), _path(stage, files[1]), _path(stage, files[-1]))
    _flip(flipped)
    gone.unlink()
    _flip(waiting)
    stage.did(f"{count} 个附件已公开、1 个待发布；改动两个文件的一位，删除一个")
    _found(stage)
    _never_shown(stage, ids, files)
    shutil.copytree(backup / "media", stage.environment.media_dir, dirs_exist_ok=True)
    jobs.verify_files()
    portal.build(full=True, today=timezone.localdate())
    records.publish(record_id=ids[-1], user=staff["leader"], now=timezone.now())
    served = worker("publish", "default", "idle")
    wait_until(idle, "上网", seconds=240)
    served.ask_to_stop()
    stage.held("按说明从备份取回后：核验通过，网站重建，待发布的也发布了")
    judge.whole(stage)


def _path(stage: Stage, sha256: str) -> Path:
    found = [path for path in stage.environment.media_dir.rglob("*") if path.is_file() and sha256 in path.as_posix().replace("/", "")]  # fmt: skip
    stage.require(found, f"附件库里没有 {sha256[:12]}")
    return found[0]


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)


def _found(stage: Stage) -> None:
    try:
        jobs.verify_files()
    except jobs.FilesDamaged as damaged:
        stage.require("3 个文件" in str(damaged) and "备份" in str(damaged), f"说明不清楚：{damaged}")
    else:
        stage.require(False, "每夜核验没有发现")
    (result,) = attachments()
    stage.require(result.state == "fail" and "备份" in result.remedy, "gongkai check --files 没有发现")
    stage.held("每夜核验和 gongkai check --files 都指出 3 个文件，并说从备份取回")


def _never_shown(stage: Stage, ids: list[int], files: list[str]) -> None:
    """Damage what is public too: a rebuild refuses to bring wrong bytes out, and a release of the damaged file is refused."""
    public = stage.environment.public_dir
    copies = [path for path in public.rglob("*") if path.is_file() and _digest(path) in files[:2]]
    stage.require(len(copies) >= 2, "公开目录里没有附件")
    for path in copies:
        _flip(path)
    try:
        portal.build(full=True, today=timezone.localdate())
    except Exception as error:
        stage.require("SHA-256" in str(error) or "没有这个文件" in str(error), f"重建时的说明不清楚：{error}")
        said = str(error)
    else:
        stage.require(False, "附件已坏，重建却成功了")
    try:
        records.publish(record_id=ids[-1], user=people()["leader"], now=timezone.now())
    except records.RecordError as refused:
        stage.require("缺失" in refused.message, f"说明不清楚：{refused.message}")
    else:
        stage.require(False, "附件与检查时不同，却发布了")
    stage.held(f"坏文件不能发布；重建不会把坏字节当作原件上网（{said[:60]}）")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
