"""Storage of the annual report: runs with their parameters, cells with what stands behind them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ReportRun(models.Model):
    """One computation of an annual report (年报运算). Frozen when approved: `content_sha256` is then over cells and texts."""

    DRAFT, APPROVED, REPLACED = "draft", "approved", "replaced"
    STATES = [(DRAFT, "编制中"), (APPROVED, "已定稿"), (REPLACED, "已被更正")]

    org_code = models.CharField("机关代码", max_length=60)
    year = models.PositiveSmallIntegerField("统计年度")
    format = models.CharField("格式", max_length=10)
    scope = models.CharField("范围", max_length=10, default="own")
    period_start = models.DateField("期间起")
    period_end = models.DateField("期间止")
    state = models.CharField("状态", max_length=10, choices=STATES, default=DRAFT)
    made_at = models.DateTimeField("运算时间")
    made_by = models.BigIntegerField(null=True)
    head_seq = models.BigIntegerField("账本封存号")
    head = models.CharField("账本封存值", max_length=64)
    verified_entries = models.BigIntegerField("核验的账目数")
    definitions_sha256 = models.CharField("口径指纹", max_length=64)
    format_basis = models.JSONField("格式依据")
    outcome = models.JSONField("勾稽结果", default=dict)
    relations = models.JSONField("指标关系", default=list)
    texts = models.JSONField("正文", default=dict)
    text_version = models.PositiveIntegerField("正文修改次数", default=1)
    editors = models.JSONField("编辑过的人", default=list)
    replaces = models.ForeignKey(
        "self", verbose_name="更正的报告", null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField("更正理由", max_length=300, blank=True)
    differences = models.JSONField("差异", default=list)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.BigIntegerField(null=True)
    unbound_reason = models.CharField("未绑定数字的说明", max_length=300, blank=True)
    content_sha256 = models.CharField(max_length=64, blank=True)
    record_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "年报运算"
        default_permissions = ()
        ordering = ["-year", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["org_code", "year", "scope"],
                condition=Q(state="approved"),
                name="annual_report_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | ~Q(content_sha256=""), name="annual_report_frozen_has_digest"
            ),
        ]
        indexes = [models.Index(fields=["org_code", "year", "-id"], name="annual_report_runs")]

    def __str__(self) -> str:
        return f"{self.org_code} {self.year}"


class ReportCell(models.Model):
    """One figure of a run (格). `value` is the exact figure as text, "" when not applicable; `parts` name the cells it is made
    from, `facts` packs the ids of the facts it was folded from (see `core.fact_ids`)."""

    NUMBER, DATE, TEXT = "number", "date", "text"

    run = models.ForeignKey(ReportRun, on_delete=models.CASCADE, related_name="cells")
    position = models.PositiveIntegerField()
    cell = models.CharField("格", max_length=120)
    name = models.CharField("名称", max_length=200)
    ref = models.CharField("外部编号", max_length=40, blank=True)
    kind = models.CharField(max_length=10, default=NUMBER)
    value = models.CharField("值", max_length=60, blank=True)
    printed = models.CharField("印出的写法", max_length=60)
    unit = models.CharField("单位", max_length=20, blank=True)
    definition = models.CharField("口径", max_length=120)
    definition_version = models.CharField("口径版本", max_length=20)
    parts = models.JSONField("组成", default=list)
    fact_count = models.PositiveIntegerField("事实数", default=0)
    facts = models.BinaryField(default=bytes)

    class Meta:
        verbose_name = verbose_name_plural = "年报的格"
        default_permissions = ()
        ordering = ["run", "position"]
        constraints = [models.UniqueConstraint(fields=["run", "cell"], name="annual_report_cell_once")]

    def __str__(self) -> str:
        return f"{self.cell} = {self.printed}"
