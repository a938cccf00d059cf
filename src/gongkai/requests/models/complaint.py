"""Complaints that an institution does not publish what it must (信息公开申诉)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from gongkai.requests.core.complaints import RESULTS, STATE_NAMES


class Complaint(models.Model):
    """One complaint at an authority, about one of its institutions. Who complained, what they wrote and the answer are sealed."""

    org_code = models.CharField("机关", max_length=60)
    institution_code = models.CharField("被申诉机构", max_length=60)
    item_code = models.CharField("公开事项", max_length=40, blank=True)
    number = models.CharField("登记编号", max_length=90, unique=True)
    state = models.CharField("状态", max_length=12, choices=list(STATE_NAMES.items()))
    received_date = models.DateField("收到日期")
    result = models.CharField("结果", max_length=12, choices=list(RESULTS.items()), blank=True)
    answered_date = models.DateField("告知日期", null=True, blank=True)
    masked_name = models.CharField("申诉人", max_length=60, blank=True)
    sealed = models.BinaryField()
    sealed_answer = models.BinaryField(default=b"")
    letter_number = models.CharField("发文字号", max_length=80, blank=True)
    query_digest = models.CharField(max_length=64)
    submission_key = models.CharField(max_length=80, unique=True)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="经办"
    )
    registered_at = models.DateTimeField()
    erased_date = models.DateField("个人信息删除日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "信息公开申诉"
        default_permissions = ()
        ordering = ["-received_date", "-pk"]
        indexes = [models.Index(fields=["org_code", "state"], name="requests_complaints_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="answered", answered_date__isnull=False) & ~Q(result="")
                | ~Q(state="answered") & Q(answered_date__isnull=True, result=""),
                name="requests_complaint_answered_with_result",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """Return the name of this complaint in facts, and what its seal is bound to."""
        return f"complaint:{self.pk}"


class ComplaintFile(models.Model):
    """A file of a complaint (申诉材料、答复附件), sealed on disk; name and bytes go when the complaint is erased."""

    SENT, ANSWER = "sent", "answer"
    KINDS = [(SENT, "申诉材料"), (ANSWER, "答复附件")]

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField("种类", max_length=12, choices=KINDS)
    name = models.CharField("文件名", max_length=120)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    stored_name = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "申诉文件"
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "kind", "sha256"], name="requests_complaint_file_once"
            )
        ]
