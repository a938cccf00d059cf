"""Health of a home (健康检查): each check is a function that returns what it found in plain Chinese."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from gongkai.kernel.attachment_errors import AttachmentsAway
from gongkai.project.environment import PRODUCTION_MARKER, Environment
from gongkai.project.keeping import keeping
from gongkai.project.log_keeping import fault_of
from gongkai.project.models import PeriodicRun, WaitingDeletion, Worker
from gongkai.project.restored import LIST, read_marker
from gongkai.project.retention.rules import retention_rules
from gongkai.project.worker.presence import SILENT
from gongkai.project.worker.schedule import CLOCK_SET_BACK

DISK_FAIL_BYTES, DISK_WARN_BYTES = 500 * 1024**2, 2 * 1024**3
QUEUE_FAIL_AFTER = timedelta(minutes=5)
CERTIFICATE_WARN = timedelta(days=30)
LAST_BACKUP = "last-backup"
"""The file of a home that says when its newest backup was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one check found; `state` is ok, warn or fail."""

    name: str
    title: str
    state: str
    message: str
    remedy: str = ""


def _database(environment: Environment) -> Iterator[Result]:
    from gongkai.project.home import unapplied_migrations

    try:
        waiting = unapplied_migrations()
    except DatabaseError as error:
        yield Result(
            name="database",
            title="数据库",
            state="fail",
            message=f"连接不上：{error}".strip(),
            remedy="请检查 DATABASE_URL 与数据库服务",
        )
        return
    if waiting:
        yield Result(
            name="database",
            title="数据库",
            state="fail",
            message=f"结构落后于程序（{len(waiting)} 步未执行）",
            remedy="请执行 gongkai init",
        )
        return
    kind = "内嵌 SQLite" if connection.vendor == "sqlite" else "PostgreSQL"
    yield Result(name="database", title="数据库", state="ok", message=f"{kind}，结构为最新")


def _triggers() -> Iterator[Result]:
    from django.core import checks

    found = checks.run_checks(tags=[checks.Tags.database], databases=["default"])
    faults = [str(message.msg) for message in found if message.is_serious()]
    if faults:
        yield Result(
            name="triggers",
            title="防改触发器",
            state="fail",
            message="；".join(faults),
            remedy="请先查明原因，再执行 gongkai init 重装",
        )
    else:
        yield Result(name="triggers", title="防改触发器", state="ok", message="都在")


def _worker(now: datetime) -> Iterator[Result]:
    seen = Worker.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
    if seen is None:
        yield Result(
            name="worker",
            title="后台任务进程",
            state="fail",
            message="没有在运行",
            remedy="请执行 gongkai serve 或 gongkai worker",
        )
    elif now - seen > SILENT:
        seconds = int((now - seen).total_seconds())
        yield Result(
            name="worker",
            title="后台任务进程",
            state="fail",
            message=f"{seconds} 秒没有心跳",
            remedy="请重启服务",
        )
    else:
        yield Result(
            name="worker", title="后台任务进程", state="ok", message=f"{Worker.objects.count()} 个，心跳正常"
        )


def _jobs(now: datetime) -> Iterator[Result]:
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).count()
    overdue = DBTaskResult.objects.filter(
        status=TaskResultStatus.READY, enqueued_at__lt=now - QUEUE_FAIL_AFTER, run_after__lt=now
    ).count()
    errors = list(PeriodicRun.objects.exclude(error="").values_list("name", "error"))
    if failed or errors:
        parts = [f"{failed} 个任务多次重试后仍失败"] if failed else []
        parts += [f"定时任务 {name} 出错：{error[:120]}" for name, error in errors]
        yield Result(
            name="jobs",
            title="后台任务",
            state="fail",
            message="；".join(parts),
            remedy="请看 logs/gongkai.log",
        )
    elif overdue:
        yield Result(
            name="jobs",
            title="后台任务",
            state="warn",
            message=f"{overdue} 个任务等了 5 分钟以上",
            remedy="请看后台任务进程是否繁忙",
        )
    else:
        yield Result(name="jobs", title="后台任务", state="ok", message="没有积压")


def _disk(environment: Environment) -> Iterator[Result]:
    free = shutil.disk_usage(environment.home).free
    text = f"剩余 {free / 1024**3:.1f} GB"
    state = "fail" if free < DISK_FAIL_BYTES else "warn" if free < DISK_WARN_BYTES else "ok"
    yield Result(
        name="disk", title="磁盘", state=state, message=text, remedy="" if state == "ok" else "请清理或扩容"
    )


def _clock(now: datetime) -> Iterator[Result]:
    from gongkai.journal import api as journal

    newest = journal.newest_moment()
    if newest is not None and newest - now > CLOCK_SET_BACK:
        yield Result(
            name="clock",
            title="系统时钟",
            state="fail",
            message=f"现在是 {timezone.localtime(now):%Y-%m-%d %H:%M}，比最近的账目（{timezone.localtime(newest):%Y-%m-%d %H:%M}）还早：时钟被调回过",
            remedy="请与时间服务器核对；时钟恢复之前不要办理有时限的事项，定时发布会等到原定时刻",
        )


def _heads(expect_worker: bool) -> Iterator[Result]:
    folder = Path(settings.PUBLIC_DIR) / "heads"
    count = sum(1 for _ in folder.rglob("*.json")) if folder.is_dir() else 0
    from gongkai.journal import api as journal

    has_entries = next(iter(journal.entries(limit=1)), None) is not None
    if has_entries and not count:
        yield Result(
            name="heads",
            title="台账封签",
            state="fail" if expect_worker else "warn",
            message="台账已有内容，但公开目录中没有封签",
            remedy="请确认后台任务进程在运行",
        )
    else:
        yield Result(name="heads", title="台账封签", state="ok", message=f"已公布 {count} 份")


def _public_tree(environment: Environment) -> Iterator[Result]:
    if (environment.public_dir / "index.html").is_file():
        yield Result(name="public", title="公开目录", state="ok", message="首页在")
    else:
        yield Result(
            name="public",
            title="公开目录",
            state="fail",
            message="没有首页",
            remedy="请执行 gongkai build --full",
        )
    index = environment.home / "portal" / "index"
    if index.is_dir() and any(index.iterdir()):
        yield Result(name="index", title="搜索索引", state="ok", message="在")
    else:
        yield Result(
            name="index",
            title="搜索索引",
            state="fail",
            message="没有索引",
            remedy="请执行 gongkai build --full",
        )


def _certificate(environment: Environment, now: datetime) -> Iterator[Result]:
    if not environment.certificate:
        return
    try:
        certificate = x509.load_pem_x509_certificate(Path(environment.certificate).read_bytes())
    except (OSError, ValueError) as error:
        yield Result(
            name="certificate",
            title="证书",
            state="fail",
            message=f"读不了 {environment.certificate}：{error}",
            remedy="请检查 GONGKAI_CERTIFICATE",
        )
        return
    left = certificate.not_valid_after_utc - now.astimezone(UTC)
    state = "fail" if left <= timedelta(0) else "warn" if left < CERTIFICATE_WARN else "ok"
    text = f"{certificate.not_valid_after_utc.date().isoformat()} 到期"
    yield Result(
        name="certificate",
        title="证书",
        state=state,
        message=text,
        remedy="" if state == "ok" else "请更换证书",
    )


def last_backup(environment: Environment) -> datetime | None:
    """Return when the newest backup of this home was made."""
    try:
        return datetime.fromisoformat((environment.home / LAST_BACKUP).read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return None


def attachments() -> Iterator[Result]:
    """Read every kept attachment and compare it with its hash; takes as long as reading the store."""
    from gongkai.records import api as records

    try:
        damaged = list(records.damaged_files())
    except AttachmentsAway as error:
        yield Result(
            name="files",
            title="附件库",
            state="fail",
            message=f"读不到：{error.reason}",
            remedy="请检查对象存储",
        )
        return
    shown = "；".join(f"{name}（{sha256[:12]}）" for sha256, name in damaged[:5])
    yield Result(
        name="files",
        title="附件库",
        state="fail" if damaged else "ok",
        message=f"{len(damaged)} 个文件缺失或被改动：{shown}" if damaged else "每个文件都与登记的哈希相符",
        remedy="请从最近的备份取回 media/ 中同名的文件，再检查一遍" if damaged else "",
    )


def _object_store(environment: Environment) -> Iterator[Result]:
    from gongkai.project.store.examine import look

    waiting = WaitingDeletion.objects.count() if environment.object_store else 0
    for state, message, remedy in look(environment, waiting=waiting):
        yield Result(name="object_store", title="对象存储", state=state, message=message, remedy=remedy)


def _restored(environment: Environment) -> Iterator[Result]:
    if (behind := read_marker(environment)) is not None:
        yield Result(
            name="restored",
            title="恢复后对账",
            state="fail",
            message=f"备份只到台账第 {behind.last_seq} 号，已公布到第 {behind.newest_seq} 号，清单在 {LIST}",
            remedy="请执行 gongkai reconcile",
        )


def _backup(environment: Environment, now: datetime) -> Iterator[Result]:
    made, most = last_backup(environment), keeping()["backup.age"].days
    late = made is None or now - made > timedelta(days=most)
    text = "还没有备份过" if made is None else f"{timezone.localtime(made):%Y-%m-%d %H:%M}"
    yield Result(
        name="backup",
        title="最近一次备份",
        state="warn" if late and environment.production else "ok",
        message=text,
        remedy=f"请执行 gongkai backup 目录，每 {most} 天至少一次" if late and environment.production else "",
    )


def _logs(environment: Environment, now: datetime) -> Iterator[Result]:
    """Say whether the logs of the server in front are kept as long as the law asks; our own are, or the program does not start."""
    least = retention_rules()["access_logs"].least_days
    if not environment.access_logs:
        yield Result(
            name="logs",
            title="日志留存",
            state="warn" if environment.production else "ok",
            message="程序日志留足；没有说明前置服务器的访问日志在哪里",
            remedy="请设置 GONGKAI_ACCESS_LOGS，并安装 deploy/logrotate/gongkai"
            if environment.production
            else "",
        )
        return
    marker, rules = environment.home / PRODUCTION_MARKER, Path(environment.logrotate)
    fault, remedy = fault_of(
        Path(environment.access_logs),
        rules=rules,
        least_days=least,
        began=_newest_day(marker, rules) if environment.production else None,
        today=timezone.localdate(now),
    )
    yield Result(
        name="logs",
        title="日志留存",
        state="fail" if fault else "ok",
        message=fault or f"程序日志和访问日志都保留 {least} 天以上",
        remedy=remedy,
    )


def _newest_day(*paths: Path) -> date | None:
    """Return the day of the newest of these files, None when one is missing."""
    try:
        newest = max(path.stat().st_mtime for path in paths)
    except OSError:
        return None
    return timezone.localdate(datetime.fromtimestamp(newest, UTC))


def examine(environment: Environment, *, now: datetime, expect_worker: bool = True) -> list[Result]:
    """Run every check and return what was found; without a usable database only the checks that need none go on."""
    results = list(_database(environment))
    if all(result.state == "ok" for result in results):
        steps: list[Callable[[], Iterator[Result]]] = [
            _triggers,
            lambda: _jobs(now),
            lambda: _heads(expect_worker),
            lambda: _clock(now),
            lambda: _object_store(environment),
        ]
        if expect_worker:
            steps.insert(1, lambda: _worker(now))
        for step in steps:
            results.extend(step())
    results.extend(_disk(environment))
    results.extend(_public_tree(environment))
    results.extend(_restored(environment))
    results.extend(_backup(environment, now))
    results.extend(_logs(environment, now))
    results.extend(_certificate(environment, now))
    return results
