"""PostgreSQL with a streaming replica (主备切换): what was published is there, and the house goes on with the promoted one."""

from __future__ import annotations

import psycopg
from django.db import connection, connections
from django.utils import timezone

from gongkai.records import api as records
from tools.drills import judge
from tools.drills.database_restart import moved, use
from tools.drills.office import approved, people
from tools.drills.stage import LeftOut, Stage, idle, wait_until, worker
from tools.postgres import Cluster, replica_of


def run(stage: Stage) -> None:
    """Carry the drill out."""
    if connection.vendor != "postgresql":
        raise LeftOut("内嵌数据库没有备机，这一项只在 PostgreSQL 上做")
    count = stage.size(short=3, long=60)
    ids = approved(2 * count)
    with moved(stage) as primary, replica_of(primary) as replica:
        served = worker("publish", "default")
        for number in ids[:count]:
            _publish(number)
        wait_until(idle, "上网", seconds=240)
        served.ask_to_stop()
        wanted = _position(primary)
        wait_until(lambda: _position(replica) == wanted, "备机收到全部账目", seconds=240)
        stage.held(f"备机有主机的全部 {wanted[0]} 条账目和 {wanted[1]} 个发布件")
        primary.pull_the_plug()
        replica.promote()
        use(replica)
        stage.did(f"发布 {count} 条后强行停掉主机，提升备机，再发布 {count} 条")
        served = worker("publish", "default")
        for number in ids[count:]:
            _publish(number)
        wait_until(idle, "上网", seconds=240)
        served.ask_to_stop()
        stage.held("提升后的备机接着用：发布、上网、封存照常")
        judge.whole(stage)
        connections.close_all()


def _publish(number: int) -> None:
    records.publish(record_id=number, user=people()["leader"], now=timezone.now())


def _position(server: Cluster) -> tuple[int, int]:
    with psycopg.connect(server.url) as db:
        entries = db.execute("SELECT count(*) FROM journal_entry").fetchone()
        releases = db.execute("SELECT count(*) FROM records_release").fetchone()
    return (int(entries[0]), int(releases[0])) if entries and releases else (0, 0)
