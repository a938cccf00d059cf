"""Changes of the office's word lists (单位词表): only added to, so that every list can be audited back to any day."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from gongkai.records.core.office_words import MAX_TERM, WORD_LISTS


class WordAction(models.TextChoices):
    """What was done with an entry."""

    ADD = "add", "加入"
    REMOVE = "remove", "移出"


class WordChange(models.Model):
    """One entry put into a list or taken out, by whom, when and why."""

    list_name = models.CharField("词表", max_length=40, choices=[(one.name, one.title) for one in WORD_LISTS])
    term = models.CharField("词条", max_length=MAX_TERM)
    details = models.JSONField("内容", default=dict, blank=True)
    action = models.CharField("动作", max_length=8, choices=WordAction.choices)
    reason = models.CharField("理由", max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "词表变动"
        ordering = ["id"]
        indexes = [models.Index(fields=["list_name", "term"], name="records_word_entry")]
        constraints = [
            models.CheckConstraint(condition=Q(action__in=WordAction.values), name="word_action_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="word_change_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.list_name} {self.term}"
