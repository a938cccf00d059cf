"""What went out first and is reviewed afterwards (应急先发、事后补审), and who was told that something waits."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from gongkai.records.models.record import Record
from gongkai.records.models.release import Release

_USER = settings.AUTH_USER_MODEL


class LaterState(models.TextChoices):
    """Where a later review stands; `SUPERSEDED` when a fully reviewed release took the place of the one in question."""

    OPEN = "open", "待补审"
    UPHELD = "upheld", "补审同意"
    REFUSED = "refused", "补审不同意"
    SUPERSEDED = "superseded", "已由审签完毕的新版本替换"


class LaterReview(models.Model):
    """The review that a release still owes (事后补审). Its signatures are `Review` rows of the same round.

    `since` is the moment from which the open step's clock runs; whether it is late is read, never stored.
    """

    release = models.OneToOneField(
        Release, primary_key=True, on_delete=models.PROTECT, related_name="later_review"
    )
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="later_reviews")
    owner_code = models.CharField("责任单位", max_length=60)
    authority = models.CharField("授权依据", max_length=40)
    authority_note = models.CharField("授权说明", max_length=200)
    state = models.CharField("状态", max_length=12, choices=LaterState.choices, default=LaterState.OPEN)
    waits_for = models.CharField("等待", max_length=60, blank=True)
    opened_at = models.DateTimeField("发布时间")
    since = models.DateTimeField("本步起算")
    closed_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "事后补审"
        default_permissions = ()
        indexes = [models.Index(fields=["state", "owner_code"], name="records_later_open")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=LaterState.values), name="later_state_known"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="later_review_closed_with_moment",
            ),
            models.CheckConstraint(condition=~Q(authority=""), name="later_review_names_authority"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.get_state_display()}"


class ReviewSetting(models.Model):
    """What an authority chose for its reviews (审签设置)."""

    org_code = models.CharField("机关代码", max_length=60, primary_key=True)
    mail_notices = models.BooleanField("用邮件提醒办理人", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "审签设置"
        default_permissions = ()


class WaitingNotice(models.Model):
    """That a person is to be told of one thing that waits (待办提醒); `key` names thing and event, so each is told once.

    No address and no title is kept here. `sent_at` stays empty until the mail server took the message.
    """

    person = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)
    late = models.BooleanField(default=False)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["person"], condition=Q(sent_at__isnull=True), name="records_notice_unsent")
        ]
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="records_notice_once")]
