"""What went out (发布件): append-only rows, the erasable payload beside them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from gongkai.records.models.record import Record


class ReleaseKind(models.TextChoices):
    """A release shows a record or takes it down."""

    PUBLISH = "publish", "发布"
    WITHDRAW = "withdraw", "撤回"


class Release(models.Model):
    """One publication or withdrawal. Never changed and never deleted (triggers); `sha256` is over the payload's text."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="releases")
    org_code = models.CharField("发布单位", max_length=60)
    kind = models.CharField("类别", max_length=8, choices=ReleaseKind.choices)
    sequence = models.PositiveIntegerField("第几次")
    sha256 = models.CharField(max_length=64)
    content_sha256 = models.CharField(max_length=64, blank=True)
    revision_id = models.BigIntegerField(null=True)
    round = models.PositiveIntegerField(default=0)
    change = models.CharField("变更类型", max_length=12, blank=True)
    change_note = models.CharField("变更说明", max_length=500, blank=True)
    reason_code = models.CharField("撤回原因", max_length=40, blank=True)
    note = models.CharField("内部说明", max_length=500, blank=True)
    emergency = models.BooleanField("紧急撤回", default=False)
    published_at = models.DateTimeField("时间")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "发布件"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["record", "sequence"], name="one_release_a_sequence"),
            models.CheckConstraint(condition=Q(kind__in=["publish", "withdraw"]), name="release_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="withdraw") | (Q(revision_id__isnull=False) & ~Q(content_sha256="")),
                name="published_from_revision",
            ),
            models.CheckConstraint(
                condition=Q(kind="publish") | ~Q(reason_code=""), name="withdrawal_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id}#{self.sequence} {self.get_kind_display()}"


class ReleasePayload(models.Model):
    """The canonical text of what went out (公开载荷); its row goes when the content must be erased."""

    release = models.OneToOneField(
        Release, primary_key=True, on_delete=models.PROTECT, related_name="stored_payload"
    )
    text = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = "公开载荷"


class ReleaseFile(models.Model):
    """A file that a release shows; only such files may leave the private storage."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="files")
    sha256 = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "sha256"], name="release_names_file_once")]


class RecordLink(models.Model):
    """What a released record says of another one (关联): rewritten by each of its releases."""

    source = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="links")
    target = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="linked_from")
    relation = models.CharField(
        max_length=12,
        choices=[
            ("interprets", "解读"),
            ("amends", "修改"),
            ("related", "相关"),
            ("validity_by", "被其修改或废止"),
        ],
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "relation"], name="link_said_once")
        ]


class WithdrawalReview(models.Model):
    """What a second person said of an emergency withdrawal (撤回事后复核)."""

    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="withdrawal_review")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    upheld = models.BooleanField("同意撤回")
    opinion = models.CharField("意见", max_length=500)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "撤回复核"
