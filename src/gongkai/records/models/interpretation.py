"""Why a policy goes out without an interpretation (不配发解读的决定): append-only, one row a decision."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from gongkai.records.models.record import Record


class InterpretationExemption(models.Model):
    """One decision that a policy needs no interpretation plan; the last one counts, and a plan written later outweighs it."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="interpretation_exemptions")
    sequence = models.PositiveIntegerField("第几次")
    ground = models.CharField("理由", max_length=40)
    reason = models.CharField("具体说明", max_length=500)
    content_sha256 = models.CharField(max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    on_behalf_of = models.BigIntegerField(null=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "不配发解读的决定"
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["record", "sequence"], name="one_exemption_a_sequence"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(ground=""), name="exempt_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.ground}"
