"""What the back-scan found in public text (回查事项): who looks at it, by when, and what was decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from gongkai.records.models.record import Record

_USER = settings.AUTH_USER_MODEL


class ScanState(models.TextChoices):
    """Where a task stands."""

    OPEN = "open", "待处理"
    DONE = "done", "已改正"
    ONCE = "once", "这次不算"
    ALWAYS = "always", "以后都不算"


class ScanTask(models.Model):
    """One finding in what is public; a finding of one place is reported once, `key` is that of `StoredFinding`."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="scan_tasks")
    release_id = models.BigIntegerField("发布件")
    key = models.CharField(max_length=40)
    detector = models.CharField("检查项", max_length=80)
    severity = models.CharField("级别", max_length=8)
    part = models.CharField("位置", max_length=255)
    message = models.TextField("发现", blank=True)
    rule_version = models.CharField("规则版本", max_length=80)
    owner_code = models.CharField("责任单位", max_length=60)
    person = models.ForeignKey(_USER, null=True, on_delete=models.PROTECT, related_name="+")
    due_date = models.DateField("办理期限", null=True)
    found_at = models.DateTimeField("发现时间")
    state = models.CharField("状态", max_length=8, choices=ScanState.choices, default=ScanState.OPEN)
    reason = models.CharField("理由", max_length=500, blank=True)
    decided_by = models.ForeignKey(_USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "回查事项"
        ordering = ["due_date", "id"]
        indexes = [models.Index(fields=["state", "owner_code", "due_date"], name="records_scan_open")]
        constraints = [
            models.UniqueConstraint(fields=["record", "key"], name="scan_finding_reported_once"),
            models.CheckConstraint(condition=Q(state__in=ScanState.values), name="scan_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["once", "always"]) | (~Q(reason="") & Q(decided_by__isnull=False)),
                name="scan_ignored_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.detector}"
