"""Clean-ups of normative documents (规范性文件清理): the round, its list, and every decision with who took it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from gongkai.records.core.cleanup import ROUND_LABELS, RUNNING, RoundState
from gongkai.records.models.record import Record
from gongkai.records.models.release import Release


class CleanupRound(models.Model):
    """One clean-up of an organisation; only one runs at a time. `scope` holds kinds, issuers and formed_before (ISO)."""

    org_code = models.CharField("单位", max_length=60, db_index=True)
    title = models.CharField("名称", max_length=100)
    scope = models.JSONField("范围")
    state = models.CharField(
        "状态",
        max_length=10,
        choices=[(s.value, ROUND_LABELS[s]) for s in RoundState],
        default=RoundState.OPEN.value,
    )
    result = models.OneToOneField(
        Record, null=True, blank=True, on_delete=models.PROTECT, related_name="cleanup_round"
    )
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField("开始时间")
    announced_at = models.DateTimeField("公布时间", null=True, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "规范性文件清理"
        default_permissions = ()
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["org_code"],
                condition=Q(state__in=sorted(state.value for state in RUNNING)),
                name="one_cleanup_at_a_time",
            ),
            models.CheckConstraint(condition=Q(state__in=RoundState), name="cleanup_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "decided", "cancelled"]) | Q(result__isnull=False),
                name="cleanup_result_is_a_record",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CleanupItem(models.Model):
    """One document of a round, as it was public when the list was made; `decision` mirrors the newest decision."""

    round = models.ForeignKey(CleanupRound, on_delete=models.PROTECT, related_name="items")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="cleanup_items")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    title = models.TextField("文件名称", max_length=500)
    number = models.CharField("发文字号", max_length=100, blank=True)
    formed_date = models.DateField("成文日期", null=True)
    decision = models.CharField("决定", max_length=20, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "清理的文件"
        default_permissions = ()
        ordering = ["formed_date", "id"]
        constraints = [models.UniqueConstraint(fields=["round", "record"], name="listed_once_a_cleanup")]

    def __str__(self) -> str:
        return self.title[:80]


class CleanupDecision(models.Model):
    """What was decided of one document, by whom and why; append-only, the last one counts."""

    item = models.ForeignKey(CleanupItem, on_delete=models.PROTECT, related_name="decisions")
    sequence = models.PositiveIntegerField("第几次")
    decision = models.CharField("决定", max_length=20)
    reason = models.CharField("说明", max_length=300)
    by = models.ForeignKey(Record, null=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    on_behalf_of = models.BigIntegerField(null=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "清理决定"
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["item", "sequence"], name="one_cleanup_decision_a_sequence"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(decision=""), name="cleaned_up_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.decision}"
