"""What retention remembers: terms that authorities chose, lists of what is let go, and what came of each thing on them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

_USER = settings.AUTH_USER_MODEL


class ListState(models.TextChoices):
    """Where a list stands."""

    PROPOSED = "proposed", "待同意"
    REFUSED = "refused", "不同意"
    AGREED = "agreed", "已同意，待执行"
    CARRIED_OUT = "carried_out", "已执行"


class RetentionTerm(models.Model):
    """The days that an authority chose for a kind of data (选定的保管期限); the newest row counts, older ones stay."""

    org_code = models.CharField("机关代码", max_length=60)
    rule_id = models.CharField("保管规则", max_length=60)
    days = models.PositiveIntegerField("天数")
    document = models.CharField("依据的文件", max_length=200)
    chosen_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+", verbose_name="选定人")
    chosen_at = models.DateTimeField("选定时间")

    class Meta:
        verbose_name = verbose_name_plural = "保管期限"
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(days__gte=1), name="retention_term_positive")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.days} 天"


class DisposalList(models.Model):
    """One list of things of one kind to let go (处置清册): proposed by one person, agreed by another, then carried out."""

    org_code = models.CharField("机关代码", max_length=60)
    rule_id = models.CharField("保管规则", max_length=60)
    basis = models.JSONField("依据", default=list)
    state = models.CharField(
        "状态", max_length=12, choices=ListState.choices, default=ListState.PROPOSED.value
    )
    list_sha256 = models.CharField("清册校验值", max_length=64)
    reason = models.CharField("处置理由", max_length=500)
    proposed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+", verbose_name="提请人")
    proposed_at = models.DateTimeField("提请时间")
    decided_by = models.ForeignKey(
        _USER, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="决定人"
    )
    decided_at = models.DateTimeField("决定时间", null=True)
    opinion = models.CharField("意见", max_length=500, blank=True)
    carried_out_by = models.ForeignKey(
        _USER, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="执行人"
    )
    carried_out_at = models.DateTimeField("执行时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "处置清册"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="disposal_needs_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by__isnull=True)
                | (~Q(state="proposed") & Q(decided_by__isnull=False)),
                name="disposal_decided_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.pk} 号处置清册"


class DisposalItem(models.Model):
    """One thing on a list: its subject in the journal, its number at the desk, since when it is due, and what came of it."""

    listed = models.ForeignKey(DisposalList, on_delete=models.PROTECT, related_name="items")
    subject = models.CharField("对象", max_length=80)
    number = models.CharField("编号", max_length=120)
    since = models.DateField("起算之日")
    is_done = models.BooleanField("已处置", default=False)
    kept_because = models.CharField("没有处置的原因", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "处置清册的条目"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["listed", "subject"], name="disposal_item_once")]

    def __str__(self) -> str:
        return self.number
