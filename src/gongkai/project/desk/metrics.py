"""Figures of the running system in the Prometheus text format (运行指标): counts and ages only, nothing about anybody."""

from __future__ import annotations

import hmac
import ipaddress
import shutil
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_tasks_db.models import DBTaskResult
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from gongkai.journal import api as journal
from gongkai.project.health import examine, last_backup
from gongkai.project.models import PeriodicRun, Worker

STATES = {"ok": 0, "warn": 1, "fail": 2}
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_X_FORWARDED_PROTO")


def _may_read(request: HttpRequest) -> bool:
    """Say whether the reader bears the token, or without one sits on this machine with no proxy in between."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    if any(request.META.get(name) for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


class Figures:
    """Reads the figures when they are asked for; usable by prometheus_client as a collector."""

    def __init__(self, *, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Any]:
        """Yield every metric family."""
        from importlib.metadata import version

        yield InfoMetricFamily("gongkai", "程序版本", value={"version": version("gongkai")})
        results = examine(settings.ENVIRONMENT, now=self.now)
        states = GaugeMetricFamily(
            "gongkai_check_state", "健康检查各项：0 正常，1 注意，2 异常", labels=["check"]
        )
        worst: dict[str, int] = {}
        for result in results:
            worst[result.name] = max(worst.get(result.name, 0), STATES[result.state])
        for name, state in worst.items():
            states.add_metric([name], state)
        yield states
        yield GaugeMetricFamily(
            "gongkai_disk_free_bytes",
            "运行目录所在磁盘的剩余空间",
            value=shutil.disk_usage(settings.ENVIRONMENT.home).free,
        )
        if (made := last_backup(settings.ENVIRONMENT)) is not None:
            yield self._age("gongkai_backup_age_seconds", "距最近一次备份的秒数", made)
        if worst.get("database") == 0:
            yield from self._from_database()

    def _age(self, name: str, meaning: str, moment: datetime) -> GaugeMetricFamily:
        return GaugeMetricFamily(name, meaning, value=max(0.0, (self.now - moment).total_seconds()))

    def _from_database(self) -> Iterator[Any]:
        yield GaugeMetricFamily("gongkai_workers", "后台任务进程数", value=Worker.objects.count())
        seen = Worker.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
        if seen is not None:
            yield self._age("gongkai_worker_heartbeat_age_seconds", "距最近一次心跳的秒数", seen)
        jobs = GaugeMetricFamily("gongkai_jobs", "后台任务数", labels=["status"])
        for status in ("READY", "RUNNING", "FAILED"):
            jobs.add_metric([status.lower()], DBTaskResult.objects.filter(status=status).count())
        yield jobs
        failed = PeriodicRun.objects.exclude(error="").count()
        yield GaugeMetricFamily("gongkai_periodic_errors", "出错的定时任务数", value=failed)
        if (seal := journal.newest_seal()) is not None:
            yield GaugeMetricFamily("gongkai_journal_seals", "账本封存数", value=seal[0])
        yield GaugeMetricFamily("gongkai_journal_unsealed", "待封存的账目数", value=journal.count_unsealed())
        if (head := journal.newest_head_at()) is not None:
            yield self._age("gongkai_journal_head_age_seconds", "距最近一次公布封存头的秒数", head)


@require_http_methods(["GET"])
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with the figures; 403 to whoever may not read them."""
    if not _may_read(request):
        return HttpResponse(
            "不能读取运行指标：请带令牌，或在本机直接读取\n",
            status=403,
            content_type="text/plain; charset=utf-8",
        )
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures(now=timezone.now()))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)
