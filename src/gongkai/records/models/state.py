"""Where a record stands, kept apart from its text so that no revision ever brings an old state back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from gongkai.records.core.states import LABELS, State
from gongkai.records.models.record import Record


class RecordState(models.Model):
    """State, number and current release of one record (办理状态). `version` grows with each save of the text."""

    record = models.OneToOneField(Record, primary_key=True, on_delete=models.PROTECT, related_name="status")
    state = models.CharField(
        "状态", max_length=12, choices=[(s.value, LABELS[s]) for s in State], default=State.DRAFT.value
    )
    owner_code = models.CharField("责任单位", max_length=60, blank=True)
    version = models.PositiveIntegerField("文本版本", default=0)
    round = models.PositiveIntegerField("送审次数", default=0)
    change = models.CharField("变更类型", max_length=12, default="first")
    change_note = models.CharField("变更说明", max_length=500, blank=True)
    index_number = models.CharField("索引号", max_length=120, null=True, blank=True, unique=True)
    index_prefix = models.CharField(max_length=60, blank=True)
    index_year = models.PositiveSmallIntegerField(null=True, blank=True)
    index_serial = models.PositiveIntegerField(null=True, blank=True)
    path = models.CharField("页面地址", max_length=200, null=True, blank=True, unique=True)
    current_release = models.OneToOneField(
        "records.Release", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    release_count = models.PositiveIntegerField("发布次数", default=0)
    first_released_at = models.DateTimeField("首次发布", null=True, blank=True)
    released_at = models.DateTimeField("最近发布", null=True, blank=True)
    publish_at = models.DateTimeField("定时发布时间", null=True, blank=True)
    submitted_revision = models.BigIntegerField(null=True, blank=True)
    submitted_sha256 = models.CharField(max_length=64, blank=True)
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField("最近保存", null=True, blank=True)
    due_date = models.DateField("应公开日期", null=True, blank=True)
    waits_for = models.CharField("等待", max_length=60, blank=True)
    waiting_since = models.DateTimeField("本步起算", null=True, blank=True)
    reassess_date = models.DateField("下次评估", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "办理状态"
        indexes = [
            models.Index(fields=["state", "-saved_at"], name="records_state_saved"),
            models.Index(
                fields=["publish_at"], condition=Q(publish_at__isnull=False), name="records_publish_at"
            ),
            models.Index(fields=["editor", "state"], name="records_editor_state"),
            models.Index(fields=["owner_code", "-saved_at"], name="records_owner_saved"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in State]), name="record_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="scheduled", publish_at__isnull=False)
                | (~Q(state="scheduled") & Q(publish_at__isnull=True)),
                name="scheduled_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "returned", "discarded", "withheld"])
                | Q(index_number__isnull=False),
                name="numbered_before_review",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["released", "withdrawn"]) | Q(current_release__isnull=False),
                name="released_has_release",
            ),
            models.CheckConstraint(
                condition=Q(state="withheld", reassess_date__isnull=False)
                | (~Q(state="withheld") & Q(reassess_date__isnull=True)),
                name="withheld_has_next_look",
            ),
            models.UniqueConstraint(
                fields=["index_prefix", "index_year", "index_serial"],
                condition=Q(index_serial__isnull=False),
                name="serial_used_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.state}"
