"""Storage of the leading group, training, circulars, responsibility records and evidence packs (组织保障)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gongkai.supervision.core.escalation import ADVICE
from gongkai.supervision.core.governance_states import (
    MEETING_LABELS,
    RESPONSIBILITY_LABELS,
    MeetingState,
    ResponsibilityState,
)
from gongkai.supervision.models.plans import Plan, SupervisionOrder, Task


class Meeting(models.Model):
    """A meeting of the leading group or a special study (领导小组会议、专题研究): notice, minutes, decisions."""

    LEADING_GROUP, SPECIAL = "leading_group", "special_study"

    org_code = models.CharField("机关代码", max_length=60)
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("次序")
    kind = models.CharField(
        "种类", max_length=16, choices=[(LEADING_GROUP, "领导小组会议"), (SPECIAL, "专题研究")]
    )
    title = models.CharField("会议名称", max_length=200)
    held_on = models.DateField("会议日期")
    place = models.CharField("地点", max_length=200)
    chair = models.CharField("主持（职务）", max_length=100)
    attendees = models.JSONField("参加单位", default=list)
    agenda = models.TextField("议题")
    minutes = models.TextField("纪要", blank=True)
    minutes_sha256 = models.CharField("纪要指纹", max_length=64, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=list(MEETING_LABELS.items()), default=MeetingState.PLANNED
    )
    reason = models.CharField("取消的理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "会议"
        verbose_name_plural = "会议"
        default_permissions = ()
        ordering = ["-held_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["org_code", "year", "serial"], name="supervision_meeting_once")
        ]

    def __str__(self) -> str:
        return self.title


class MeetingDecision(models.Model):
    """A decision of a meeting (议定事项) and the task it became."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions")
    position = models.PositiveSmallIntegerField("次序")
    text = models.TextField("议定事项")
    owner_code = models.CharField("责任科室", max_length=60)
    due_date = models.DateField("到期日")
    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="decision")

    class Meta:
        verbose_name = "议定事项"
        verbose_name_plural = "议定事项"
        default_permissions = ()
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "position"], name="supervision_decision_once")
        ]


class Training(models.Model):
    """A training held (培训); its row in the register `training` is `row_id`."""

    org_code = models.CharField("机关代码", max_length=60)
    held_on = models.DateField("培训日期")
    title = models.CharField("名称", max_length=200)
    topic = models.CharField("内容", max_length=20)
    audience = models.CharField("对象", max_length=20)
    sections = models.PositiveSmallIntegerField("参加科室", default=0)
    attended = models.PositiveIntegerField("参加人次")
    row_id = models.PositiveBigIntegerField("台账行")

    class Meta:
        verbose_name = "培训"
        verbose_name_plural = "培训"
        default_permissions = ()
        ordering = ["-held_on", "-id"]

    def __str__(self) -> str:
        return f"{self.held_on} {self.title}"


class Recruit(models.Model):
    """A newly hired civil servant by staff number only (新录用公务员); no name, no identity number."""

    org_code = models.CharField("机关代码", max_length=60)
    number = models.CharField("人员编号", max_length=40)
    owner_code = models.CharField("科室", max_length=60)
    joined_on = models.DateField("录用日期")
    training = models.ForeignKey(
        Training, on_delete=models.PROTECT, null=True, blank=True, related_name="recruits"
    )

    class Meta:
        verbose_name = "新录用人员"
        verbose_name_plural = "新录用人员"
        default_permissions = ()
        ordering = ["-joined_on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["org_code", "number"], name="supervision_recruit_once")
        ]


class ResponsibilityRecord(models.Model):
    """A record of responsibility pursued (责任追究): of a unit or a post, never of a named person."""

    org_code = models.CharField("机关代码", max_length=60)
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("序号")
    target_code = models.CharField("责任单位", max_length=60)
    post = models.CharField("责任岗位", max_length=100, blank=True)
    order = models.ForeignKey(
        SupervisionOrder, on_delete=models.PROTECT, null=True, blank=True, related_name="responsibility"
    )
    ground = models.CharField("情形", max_length=40)
    problem = models.TextField("事实")
    statement = models.TextField("陈述和申辩", blank=True)
    measure = models.CharField("处理方式", max_length=40, blank=True)
    decision = models.TextField("决定", blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=list(RESPONSIBILITY_LABELS.items()), default=ResponsibilityState.OPENED
    )
    opened_by_id = models.PositiveBigIntegerField("立项人", null=True)
    opened_at = models.DateTimeField("立项时间")

    class Meta:
        verbose_name = "责任追究记录"
        verbose_name_plural = "责任追究记录"
        default_permissions = ()
        ordering = ["-year", "-serial"]
        constraints = [
            models.UniqueConstraint(
                fields=["org_code", "year", "serial"], name="supervision_responsibility_once"
            ),
            models.CheckConstraint(
                condition=~Q(state=ResponsibilityState.DECIDED) | Q(decided_on__isnull=False),
                name="supervision_decided_has_day",
            ),
        ]

    @property
    def number(self) -> str:
        """Return the printed number."""
        return f"责〔{self.year}〕{self.serial}号"


class Circular(models.Model):
    """A monthly circular (通报): its lines are built from facts; once issued they are bound by `sha256`."""

    DRAFT, ISSUED = "draft", "issued"

    org_code = models.CharField("机关代码", max_length=60)
    year = models.PositiveSmallIntegerField("年度")
    month = models.PositiveSmallIntegerField("月份")
    serial = models.PositiveSmallIntegerField("期数")
    state = models.CharField(
        "状态", max_length=10, default=DRAFT, choices=[(DRAFT, "待印发"), (ISSUED, "已印发")]
    )
    content = models.JSONField("内容")
    sha256 = models.CharField("指纹", max_length=64, blank=True)
    issued_on = models.DateField("印发日期", null=True, blank=True)
    record_id = models.PositiveBigIntegerField("公开稿", null=True)

    class Meta:
        verbose_name = "通报"
        verbose_name_plural = "通报"
        default_permissions = ()
        ordering = ["-year", "-month"]
        constraints = [
            models.UniqueConstraint(
                fields=["org_code", "year", "month"], name="supervision_circular_month_once"
            )
        ]


class EvidencePack(models.Model):
    """An evidence pack that was handed out (证据包): its hash, so that a copy can be recognised later."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="packs")
    sha256 = models.CharField("指纹", max_length=64)
    tasks = models.PositiveIntegerField("任务")
    pieces = models.PositiveIntegerField("证据")
    made_at = models.DateTimeField("导出时间")

    class Meta:
        verbose_name = "证据包"
        verbose_name_plural = "证据包"
        default_permissions = ()
        ordering = ["-id"]


class EscalationPutOff(models.Model):
    """A proposal to escalate that a person did not take up (暂不升级), with the reason; it comes again by rule."""

    org_code = models.CharField("机关代码", max_length=60)
    subject = models.CharField("督办单或任务", max_length=40)
    level = models.PositiveSmallIntegerField("建议的级别")
    words = models.TextField("理由")
    put_off_on = models.DateField("日期")
    done_by_id = models.PositiveBigIntegerField("经办人", null=True)

    class Meta:
        verbose_name = "暂不升级"
        verbose_name_plural = "暂不升级"
        default_permissions = ()
        ordering = ["-id"]
        indexes = [models.Index(fields=["org_code", "subject"], name="supervision_put_off")]

    @property
    def advice(self) -> str:
        """Return what was proposed, in words."""
        return ADVICE[self.level]
