"""Storage of the hospital satisfaction survey (满意度调查). Nothing here leads from an answer to the token that let it in."""

from __future__ import annotations

import uuid

from django.db import models

from gongkai.supervision.core.survey_states import SURVEY_LABELS, SurveyState


class SurveyRound(models.Model):
    """One survey (一轮调查): its design is frozen when it opens, its result when it is reported."""

    org_code = models.CharField("机关代码", max_length=60)
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("名称", max_length=200)
    conductor = models.CharField("调查机构", max_length=200)
    contract = models.CharField("委托文件", max_length=200)
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("结束日期")
    design = models.JSONField("设计", default=dict)
    state = models.CharField(
        "状态", max_length=10, choices=list(SURVEY_LABELS.items()), default=SurveyState.DESIGN
    )
    result = models.JSONField("结果", default=dict)
    result_sha256 = models.CharField("结果指纹", max_length=64, blank=True)

    class Meta:
        verbose_name = "满意度调查"
        verbose_name_plural = "满意度调查"
        default_permissions = ()
        ordering = ["-year", "-id"]

    def __str__(self) -> str:
        return self.title


class SurveyUnit(models.Model):
    """An institution surveyed (被调查机构); `networks` are its own address ranges, answers from there are marked."""

    round = models.ForeignKey(SurveyRound, on_delete=models.PROTECT, related_name="units")
    institution_code = models.CharField("机构", max_length=60)
    level = models.PositiveSmallIntegerField("等级")
    kind = models.CharField("类别", max_length=40, blank=True)
    networks = models.JSONField("本机构网段", default=list)

    class Meta:
        verbose_name = "被调查机构"
        verbose_name_plural = "被调查机构"
        default_permissions = ()
        ordering = ["level", "institution_code"]
        constraints = [
            models.UniqueConstraint(fields=["round", "institution_code"], name="supervision_survey_unit_once")
        ]


class SurveyStratum(models.Model):
    """A department of one service (层): the year's volume weights it, the quota says how many are to be asked."""

    unit = models.ForeignKey(SurveyUnit, on_delete=models.CASCADE, related_name="strata")
    service = models.CharField("服务类别", max_length=20)
    department = models.CharField("科室", max_length=100)
    volume = models.PositiveIntegerField("年服务量")
    quota = models.PositiveIntegerField("配额")

    class Meta:
        verbose_name = "调查分层"
        verbose_name_plural = "调查分层"
        default_permissions = ()
        ordering = ["service", "department"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "service", "department"], name="supervision_stratum_once")
        ]


class SurveyToken(models.Model):
    """A single-use key to the form, kept only as a keyed hash (答题码); it holds no time, so it leads to no answer."""

    stratum = models.ForeignKey(SurveyStratum, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField("指纹", max_length=64, unique=True)
    is_used = models.BooleanField("已使用", default=False)

    class Meta:
        verbose_name = "答题码"
        verbose_name_plural = "答题码"
        default_permissions = ()


class SurveyAnswer(models.Model):
    """One answer (答卷): day only, random key; `place` is a digest of the address and is wiped when the round closes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    stratum = models.ForeignKey(SurveyStratum, on_delete=models.PROTECT, related_name="answers")
    marks = models.JSONField("答案")
    day = models.DateField("日期")
    seconds = models.PositiveIntegerField("用时")
    place = models.CharField("来源摘要", max_length=32, blank=True)
    is_inside = models.BooleanField("来自本机构网络", default=False)
    flags = models.JSONField("核查标记", default=list)

    class Meta:
        verbose_name = "答卷"
        verbose_name_plural = "答卷"
        default_permissions = ()


class SurveyTry(models.Model):
    """Tries at the form from one place in one hour, by a keyed digest (限速)."""

    key = models.CharField("摘要", max_length=64, unique=True)
    window = models.DateTimeField("时段")
    count = models.PositiveIntegerField("次数", default=0)

    class Meta:
        verbose_name = "答题限速"
        verbose_name_plural = "答题限速"
        default_permissions = ()
