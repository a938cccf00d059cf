"""Storage of assessment (考核): indicator systems by version, runs, one result per organisation, values with their facts, appeals."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gongkai.supervision.core.assessment_states import APPEAL_LABELS, RUN_LABELS, AppealState, RunState


class IndicatorSystem(models.Model):
    """One version of the indicators of an authority (考核指标体系); `content` is read by `core.indicator_system`."""

    DRAFT, IN_FORCE, RETIRED = "draft", "in_force", "retired"

    org_code = models.CharField("机关代码", max_length=60)
    version = models.PositiveIntegerField("版本")
    name = models.CharField("名称", max_length=200)
    state = models.CharField(
        "状态", max_length=10, default=DRAFT,
        choices=[(DRAFT, "修改中"), (IN_FORCE, "在用"), (RETIRED, "已停用")],
    )  # fmt: skip
    content = models.JSONField("内容")
    sha256 = models.CharField("内容指纹", max_length=64, blank=True)
    changed_at = models.DateTimeField("修改时间")

    class Meta:
        verbose_name = "考核指标体系"
        verbose_name_plural = "考核指标体系"
        default_permissions = ()
        ordering = ["org_code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["org_code", "version"], name="supervision_system_version_once"),
            models.UniqueConstraint(
                fields=["org_code"], condition=Q(state="in_force"), name="supervision_one_system_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} 第 {self.version} 版"


class AssessmentRun(models.Model):
    """One assessment of a year (考核): computed, shown for appeals, frozen. `head` is the seal that its facts rest on."""

    org_code = models.CharField("机关代码", max_length=60)
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("名称", max_length=200)
    system = models.ForeignKey(IndicatorSystem, on_delete=models.PROTECT, related_name="runs")
    state = models.CharField("状态", max_length=12, choices=list(RUN_LABELS.items()), default=RunState.OPEN)
    computed_at = models.DateTimeField("运算时间")
    as_of = models.DateTimeField("事实截至")
    head_seq = models.PositiveBigIntegerField("封存号", default=0)
    head = models.CharField("封存指纹", max_length=64, blank=True)
    appeal_until = models.DateField("申诉截止", null=True, blank=True)
    frozen_at = models.DateTimeField("定案时间", null=True, blank=True)
    content_sha256 = models.CharField("定案指纹", max_length=64, blank=True)
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    reason = models.CharField("更正理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "考核"
        verbose_name_plural = "考核"
        default_permissions = ()
        ordering = ["-year", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=RunState.FROZEN) | ~Q(content_sha256=""),
                name="supervision_frozen_run_has_hash",
            )
        ]

    def __str__(self) -> str:
        return self.title


class AssessmentResult(models.Model):
    """What one organisation got (考核结果). `total_without` leaves the satisfaction survey out; `detail` holds every score."""

    run = models.ForeignKey(AssessmentRun, on_delete=models.PROTECT, related_name="results")
    target_code = models.CharField("考核对象", max_length=60)
    level = models.CharField("层级", max_length=12)
    base = models.DecimalField("基础得分", max_digits=9, decimal_places=4, null=True)
    bonus = models.DecimalField("加分", max_digits=6, decimal_places=2, default=0)
    outside = models.DecimalField("第三方得分", max_digits=6, decimal_places=2, null=True, blank=True)
    satisfaction = models.DecimalField("满意度", max_digits=6, decimal_places=2, null=True, blank=True)
    total_without = models.DecimalField("不含满意度", max_digits=6, decimal_places=2, null=True)
    total = models.DecimalField("总分", max_digits=6, decimal_places=2, null=True)
    grade = models.CharField("等次", max_length=20, blank=True)
    unmeasured = models.JSONField("未测的数", default=list)
    detail = models.JSONField("各项得分", default=dict)

    class Meta:
        verbose_name = "考核结果"
        verbose_name_plural = "考核结果"
        default_permissions = ()
        ordering = ["level", "target_code"]
        constraints = [models.UniqueConstraint(fields=["run", "target_code"], name="supervision_result_once")]


class AssessmentValue(models.Model):
    """One value behind scores (计分的数): folded from facts, derived, or given by a person and then itself a fact."""

    FOLDED, DERIVED, GIVEN, APPEALED = "folded", "derived", "given", "appealed"

    result = models.ForeignKey(AssessmentResult, on_delete=models.CASCADE, related_name="values")
    name = models.CharField("名称", max_length=80)
    value = models.DecimalField("数值", max_digits=20, decimal_places=6, null=True)
    source = models.CharField(
        "来源", max_length=10,
        choices=[(FOLDED, "事实折算"), (DERIVED, "由其他数推算"), (GIVEN, "人工填报"), (APPEALED, "申诉更正")],
    )  # fmt: skip
    facts = models.BinaryField("事实编号", default=bytes)
    fact_count = models.PositiveIntegerField("事实条数", default=0)
    note = models.CharField("依据", max_length=300, blank=True)
    given_by_id = models.PositiveBigIntegerField("填报人", null=True)

    class Meta:
        verbose_name = "计分的数"
        verbose_name_plural = "计分的数"
        default_permissions = ()
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["result", "name"], name="supervision_value_once")]


class VetoMark(models.Model):
    """A veto that a person established, with the reason (一票否决)."""

    result = models.ForeignKey(AssessmentResult, on_delete=models.CASCADE, related_name="vetoes")
    code = models.CharField("情形", max_length=40)
    reason = models.CharField("事实和依据", max_length=500)
    marked_by_id = models.PositiveBigIntegerField("认定人", null=True)

    class Meta:
        verbose_name = "一票否决"
        verbose_name_plural = "一票否决"
        default_permissions = ()
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["result", "code"], name="supervision_veto_once")]


class BonusGiven(models.Model):
    """Bonus points with their ground (加分)."""

    result = models.ForeignKey(AssessmentResult, on_delete=models.CASCADE, related_name="bonuses")
    code = models.CharField("情形", max_length=40)
    times = models.PositiveSmallIntegerField("次数", default=1)
    reason = models.CharField("依据", max_length=300)
    given_by_id = models.PositiveBigIntegerField("填报人", null=True)

    class Meta:
        verbose_name = "加分"
        verbose_name_plural = "加分"
        default_permissions = ()
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["result", "code"], name="supervision_bonus_once")]


class Appeal(models.Model):
    """An appeal of the assessed against one indicator (申诉); whoever decides it has no post with the appellant."""

    result = models.ForeignKey(AssessmentResult, on_delete=models.PROTECT, related_name="appeals")
    indicator = models.CharField("指标", max_length=40)
    words = models.TextField("申诉理由")
    state = models.CharField(
        "状态", max_length=10, choices=list(APPEAL_LABELS.items()), default=AppealState.LODGED
    )
    lodged_at = models.DateTimeField("提出时间")
    lodged_by_id = models.PositiveBigIntegerField("提出人", null=True)
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)
    decided_by_id = models.PositiveBigIntegerField("处理人", null=True)
    decision = models.TextField("处理意见", blank=True)
    value_name = models.CharField("更正的数", max_length=80, blank=True)
    value = models.DecimalField("更正为", max_digits=20, decimal_places=6, null=True)

    class Meta:
        verbose_name = "申诉"
        verbose_name_plural = "申诉"
        default_permissions = ()
        ordering = ["id"]
