"""Emergencies with their releases (突发事件、首报与续报), and what is pinned on the home page (置顶)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from gongkai.records.core.emergency import grade_of
from gongkai.records.core.office_time import office_time
from gongkai.records.core.pins import ENDS
from gongkai.records.models.record import Record
from gongkai.records.models.release import Release

_USER = settings.AUTH_USER_MODEL
_GRADES = ("g1", "g2", "g3", "g4")


class Event(models.Model):
    """An emergency (突发事件). Its name is public from the first release on, as the name of its topic column.

    `known_at` starts the clocks; `first_release` and `conference_at` stop them. Whether a clock is late is read, never stored.
    """

    org_code = models.CharField("发布单位", max_length=60)
    name = models.CharField("事件名称", max_length=40)
    grade = models.CharField("级别", max_length=4)
    known_at = models.DateTimeField("获知时间")
    opened_at = models.DateTimeField("登记时间")
    opened_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    first_release = models.OneToOneField(
        Release, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    first_released_at = models.DateTimeField("首次发布", null=True, blank=True)
    conference_at = models.DateTimeField("新闻发布会", null=True, blank=True)
    conference_by = models.ForeignKey(
        _USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    closed_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "突发事件"
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(grade__in=_GRADES), name="event_grade_known"),
            models.CheckConstraint(
                condition=Q(first_release__isnull=True, first_released_at__isnull=True)
                | Q(first_release__isnull=False, first_released_at__isnull=False),
                name="event_first_release_with_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def topic_code(self) -> str:
        """Return the code of the event's topic column (专题代码), as `sj2026-12`."""
        return f"sj{office_time(self.opened_at).year}-{self.pk}"

    @property
    def grade_label(self) -> str:
        """Return the grade as it is written."""
        return grade_of(self.grade).label


class EventRecord(models.Model):
    """That a record tells of an event: number 1 is the first information (首报), the others follow it up (续报)."""

    record = models.OneToOneField(
        Record, primary_key=True, on_delete=models.PROTECT, related_name="event_link"
    )
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="links")
    number = models.PositiveIntegerField("第几次")
    pin_until = models.DateField("置顶到", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "突发事件信息"
        default_permissions = ()
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["event", "number"], name="one_record_a_number_of_event")
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.label}"

    @property
    def label(self) -> str:
        """Return 首报 or 续报 with its number."""
        return "首报" if self.number == 1 else f"续报 {self.number - 1}"


class Pin(models.Model):
    """That a public record stands on the home page (置顶): who put it there, when, until which day, and how it ended."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="pins")
    event = models.ForeignKey(Event, null=True, blank=True, on_delete=models.PROTECT, related_name="pins")
    purpose = models.CharField("用途", max_length=12)
    pinned_at = models.DateTimeField("置顶时间")
    pinned_by = models.ForeignKey(_USER, null=True, on_delete=models.PROTECT, related_name="+")
    until = models.DateField("置顶到")
    ended_at = models.DateTimeField("取消时间", null=True, blank=True)
    ended_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    end = models.CharField("怎样结束", max_length=12, blank=True, choices=list(ENDS.items()))

    class Meta:
        verbose_name = verbose_name_plural = "置顶"
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record"], condition=Q(ended_at__isnull=True), name="record_pinned_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | (Q(ended_at__isnull=False) & ~Q(end="")),
                name="pin_ended_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.until}"
