"""What was decided not to be published (不予公开决定): append-only, one row a decision or re-assessment."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from gongkai.records.models.record import Record


class WithholdingDecision(models.TextChoices):
    """What a row says."""

    WITHHELD = "withheld", "决定不公开"
    KEPT = "kept", "评估后继续不公开"
    OPENED = "opened", "评估后可以公开"


class Withholding(models.Model):
    """One decision on a record that is not for the public, bound to the SHA-256 of the content it was taken on.

    `public_words` is what may be told of it in public (no title, no content), empty when not even that.
    `next_date` is the day by which it must be looked at again, None once it may be published.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="withholdings")
    sequence = models.PositiveIntegerField("第几次")
    decision = models.CharField("结论", max_length=10, choices=WithholdingDecision.choices)
    ground = models.CharField("理由", max_length=40)
    reason = models.CharField("具体说明", max_length=500)
    public_words = models.CharField("可以对外说明的名称", max_length=200, blank=True)
    content_sha256 = models.CharField(max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    on_behalf_of = models.BigIntegerField(null=True)
    at = models.DateTimeField("时间")
    next_date = models.DateField("下次评估", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "不予公开决定"
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["record", "sequence"], name="one_withholding_a_sequence"),
            models.CheckConstraint(
                condition=Q(decision__in=WithholdingDecision.values), name="withholding_decision_known"
            ),
            models.CheckConstraint(
                condition=Q(decision="opened", next_date__isnull=True)
                | (~Q(decision="opened") & Q(next_date__isnull=False)),
                name="withheld_until_looked_at_again",
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(ground=""), name="withheld_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.get_decision_display()}"
