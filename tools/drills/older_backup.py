"""Restore of an older backup (恢复旧备份): same tree, journal against newer heads, nothing goes on silently, what was told is listed."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils import timezone

from gongkai.journal import jobs as journal_jobs
from gongkai.project import jobs
from gongkai.project.archiving.backup import make_backup
from gongkai.project.archiving.behind import LIST
from gongkai.records import api as records
from tools.drills import judge
from tools.drills.office import approved, people
from tools.drills.stage import Stage, idle, wait_until, worker
from tools.homes import create_database


@dataclass
class Other:
    """An empty machine with the keys of the drill's home, where commands are run."""

    home: Path
    environ: dict[str, str]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a `gongkai` command there."""
        command = [sys.executable, "-m", "gongkai.project.command", *arguments]
        return subprocess.run(
            command, env=self.environ, capture_output=True, text=True, timeout=600, check=False
        )


def run(stage: Stage) -> None:
    """Carry the drill out."""
    count = stage.size(short=2, long=60)
    ids = approved(2 * count)
    for number in ids[:count]:
        _publish(number)
    settled_down(stage)
    backup = stage.environment.home.with_name(f"{stage.environment.home.name}-backup")
    make_backup(stage.environment, backup, now=timezone.now())
    then = judge.tree(stage.environment.public_dir)
    told = live_on(ids, count)
    settled_down(stage)
    stage.did(f"公开 {count} 条后备份；其后又公开 {count} 条、撤下并清除 1 条、收到 1 件申请")
    try:
        _as_if_nothing_were_known(stage, backup, then)
        _with_what_is_left(stage, backup, ids, told)
    finally:
        shutil.rmtree(backup, ignore_errors=True)


def _publish(number: int) -> None:
    records.publish(record_id=number, user=people()["leader"], now=timezone.now())


def settled_down(stage: Stage) -> None:
    """Let the worker do everything that waits, then seal, publish the head and lay the tail down."""
    from django.conf import settings

    from gongkai.journal import api as journal

    served = worker("publish", "default", "idle", periodic=False)
    wait_until(lambda: idle(sealed=False), "任务做完", seconds=240)
    served.ask_to_stop()
    journal_jobs.seal.call()
    journal.publish_heads(folder=settings.PUBLIC_DIR / "heads", now=timezone.now())
    jobs.keep_tail()
    stage.require(idle(), "还有没做完的任务")


def live_on(ids: list[int], count: int) -> dict[str, Any]:
    """Do what the public sees after the backup; return what it was told."""
    from gongkai.requests.testing import register

    for number in ids[count:]:
        _publish(number)
    gone, staff = ids[0], people()
    records.withdraw(
        record_id=gone, reason_code="privacy", note="演练", replaced_by=None, user=staff["leader"], now=timezone.now()
    )  # fmt: skip
    records.erase(record_id=gone, user=staff["leader"], now=timezone.now())
    receipt = register(timezone.localdate())
    numbers = {records.get_record(record_id=number).index_number for number in ids[count:]}
    return {"numbers": numbers, "gone": gone, "case": receipt.number}


def other_machine(stage: Stage) -> Other:
    """Return an empty home and an empty database of the same kind."""
    home = Path(tempfile.mkdtemp(prefix="gongkai-restored-", dir=stage.environment.home))
    shutil.copytree(stage.environment.secret_dir, home / "keys")
    environ = {**os.environ, "GONGKAI_HOME": str(home)}
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    if url := create_database(f"restored_{uuid.uuid4().hex[:12]}"):
        environ["DATABASE_URL"] = url
    return Other(home, environ)


def _as_if_nothing_were_known(stage: Stage, backup: Path, then: dict[str, str]) -> None:
    other = other_machine(stage)
    done = other.run("restore", str(backup), "--json")
    stage.require(done.returncode == 0, f"恢复失败：{done.stderr[-500:]}")
    wrong = judge.differing(then, judge.tree(other.home / "public"))
    stage.require(not wrong, f"恢复后的公开目录与备份时不同：{'、'.join(wrong[:5])}（{len(wrong)} 个）")
    stage.held(
        f"恢复到空机器：公开目录 {len(then)} 个文件逐字节相同，台账 {json.loads(done.stdout)['entries']} 条核验一致"
    )


def _with_what_is_left(stage: Stage, backup: Path, ids: list[int], told: dict[str, Any]) -> None:
    home, other = stage.environment.home, other_machine(stage)
    left = ["--tail", str(stage.environment.tail_dir), "--heads", str(stage.environment.public_dir / "heads")]
    done = other.run("restore", str(backup), *left)
    stage.require(
        done.returncode == 1 and "还没有对账" in done.stderr, f"旧备份没有被认出：{done.stderr[-500:]}"
    )
    stage.require(not (other.home / "public" / "index.html").exists(), "没有对账就生成了公开网站")
    for command in [["worker"], ["serve"]][: stage.size(short=1, long=2)]:
        refused = other.run(*command)
        stage.require(refused.returncode == 1 and "对账" in refused.stderr, f"没有对账就启动了 {command[0]}")
    stage.held("已公布的封存头更新：恢复后说明缺多少，不生成网站，不启动服务和后台任务")
    with (other.home / LIST).open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    kinds = {(row["类别"], row["编号"] or row["对象"]) for row in rows}
    stage.require({("公开", number) for number in told["numbers"]} <= kinds, "清单缺少公开过的信息")
    stage.require(("撤下", _number(told["gone"])) in kinds, "清单缺少撤下的信息")
    stage.require({"收件回执", "撤下", "清除"} <= {row["类别"] for row in rows}, "清单缺少回执、撤下或清除")
    stage.held(f"对账清单 {len(rows)} 项：公开 {len(told['numbers'])}、撤下、清除、收件回执都在")
    settled = other.run("reconcile", "--settle", "--user", "leader", "--json")
    stage.require(settled.returncode == 0, f"对账没有做成：{settled.stderr[-800:]}")
    did = json.loads(settled.stdout)
    stage.require((did["withdrawn"], did["erased"]) == (1, 1), f"再次撤下、清除的数目不对：{did}")
    _after(stage, other, ids[0], told)
    stage.require(home.exists(), "演练的运行目录不在了")


def _number(record_id: int) -> str:
    return str(records.get_record(record_id=record_id).index_number)


def _after(stage: Stage, other: Other, gone: int, told: dict[str, Any]) -> None:
    """Look at the settled home from outside: nothing withdrawn is back, numbers are not given twice, the journal holds."""
    path = records.get_record(record_id=gone).path
    page = (other.home / "public" / str(path)).read_text(encoding="utf-8")
    stage.require("撤" in page and "健康小屋每周一至周五" not in page, "撤下的页面又公开了")
    verified = other.run("journal", "verify", "--json")
    stage.require(
        json.loads(verified.stdout)["ok"] is True, f"对账后台账核验不通过：{verified.stdout[-500:]}"
    )
    done = subprocess.run(
        [sys.executable, "-m", "tools.drills.stage", "next_numbers"],
        env=other.environ, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    stage.require(done.returncode == 0, f"对账后的系统不能用：{done.stdout}{done.stderr[-500:]}")
    given = json.loads(done.stdout.strip().splitlines()[-1])
    stage.require(given["index_number"] not in told["numbers"], f"索引号 {given['index_number']} 用了两次")
    stage.require(given["case"] != told["case"], f"登记编号 {given['case']} 用了两次")
    stage.held("对账后：撤下的没有回来，清除的又清除了，台账核验一致，新编号不与公众手中的重复")
