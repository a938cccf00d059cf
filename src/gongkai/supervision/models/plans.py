"""Storage of plans with tasks and evidence, and of supervision orders with their steps (计划、任务、证据、督办单)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gongkai.supervision.core.states import ORDER_LABELS, TASK_LABELS, OrderState, TaskState


class Plan(models.Model):
    """A work plan of an authority as imported (工作计划); `unread` and `remarks` keep what was not made a task."""

    org_code = models.CharField("机关代码", max_length=60)
    title = models.CharField("标题", max_length=300)
    year = models.PositiveSmallIntegerField("年度")
    issuer = models.CharField("制定机关", max_length=200, blank=True)
    source_name = models.CharField("来源文件", max_length=255)
    source_sha256 = models.CharField("来源文件指纹", max_length=64)
    unread = models.JSONField("未读懂的行", default=list)
    remarks = models.JSONField("提示", default=list)
    imported_at = models.DateTimeField("导入时间")

    class Meta:
        verbose_name = "工作计划"
        verbose_name_plural = "工作计划"
        default_permissions = ()
        ordering = ["-year", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["org_code", "source_sha256"], name="supervision_plan_file_once")
        ]

    def __str__(self) -> str:
        return self.title


class Task(models.Model):
    """One task of a plan (任务). `lead` and `co_owners` are as printed, `owner_code` is who a person confirmed."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="tasks")
    position = models.PositiveIntegerField("次序")
    number = models.CharField("编号", max_length=40, blank=True)
    part = models.CharField("部分", max_length=500, blank=True)
    heading = models.CharField("条目", max_length=1000, blank=True)
    text = models.TextField("任务")
    source_line = models.PositiveIntegerField("原文行")
    lead = models.JSONField("牵头（原文）", default=list)
    co_owners = models.JSONField("配合（原文）", default=list)
    owner_code = models.CharField("责任科室", max_length=60, blank=True)
    deadline_kind = models.CharField("时限种类", max_length=20)
    deadline_date = models.DateField("到期日", null=True, blank=True)
    deadline_every = models.CharField("周期", max_length=20, blank=True)
    deadline_text = models.CharField("时限（原文）", max_length=200, blank=True)
    weight = models.DecimalField("分值", max_digits=7, decimal_places=2, null=True, blank=True)
    duty_id = models.CharField("职责", max_length=40, blank=True)
    proof_kind = models.CharField(
        "直接证明", max_length=10, blank=True, choices=[("item", "公开事项"), ("register", "台账")]
    )
    proof_code = models.CharField("直接证明的编号", max_length=60, blank=True)
    note = models.TextField("备注", blank=True)
    state = models.CharField(
        "状态", max_length=12, choices=list(TASK_LABELS.items()), default=TaskState.PROPOSED
    )
    closed_date = models.DateField("办结日期", null=True, blank=True)
    reason = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "任务"
        verbose_name_plural = "任务"
        default_permissions = ()
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="supervision_task_position_once"),
            models.CheckConstraint(
                condition=~Q(state=TaskState.CLOSED) | Q(closed_date__isnull=False),
                name="supervision_closed_task_has_day",
            ),
        ]
        indexes = [models.Index(fields=["owner_code", "state"], name="supervision_task_owner")]

    def __str__(self) -> str:
        return f"{self.number} {self.text[:40]}".strip()


class Evidence(models.Model):
    """What shows that a task is done (证据): a release, a fact, the state of a register, or a file with its hash."""

    RELEASE, FACT, REGISTER, FILE = "release", "fact", "register", "file"

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(
        "种类", max_length=10,
        choices=[(RELEASE, "发布件"), (FACT, "账本事实"), (REGISTER, "台账"), (FILE, "文件")],
    )  # fmt: skip
    ref = models.CharField("编号", max_length=120)
    sha256 = models.CharField("指纹", max_length=64, blank=True)
    counted_on = models.DateField("计入日期")
    note = models.CharField("说明", max_length=300, blank=True)
    file_name = models.CharField("文件名", max_length=255, blank=True)
    file = models.FileField("文件", upload_to="supervision/", blank=True)
    size_bytes = models.PositiveBigIntegerField("字节", default=0)
    findings = models.JSONField("检查发现", default=list)
    attached_at = models.DateTimeField("挂接时间")
    attached_by_id = models.PositiveBigIntegerField("挂接人", null=True)

    class Meta:
        verbose_name = "证据"
        verbose_name_plural = "证据"
        default_permissions = ()
        ordering = ["counted_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["task", "kind", "ref"], name="supervision_evidence_once")
        ]


class SupervisionOrder(models.Model):
    """A supervision order (督办单); late is computed from `due_date`, never stored."""

    org_code = models.CharField("机关代码", max_length=60)
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("序号")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, blank=True, related_name="orders")
    title = models.CharField("事项", max_length=300)
    basis = models.CharField("依据", max_length=300, blank=True)
    problem = models.TextField("问题")
    demand = models.TextField("要求")
    owner_code = models.CharField("责任科室", max_length=60)
    due_date = models.DateField("到期日")
    first_due_date = models.DateField("原到期日")
    is_extended = models.BooleanField("已延期", default=False)
    level = models.PositiveSmallIntegerField("督办级别", default=0)
    state = models.CharField(
        "状态", max_length=12, choices=list(ORDER_LABELS.items()), default=OrderState.DRAFT
    )
    created_at = models.DateTimeField("拟制时间")

    class Meta:
        verbose_name = "督办单"
        verbose_name_plural = "督办单"
        default_permissions = ()
        ordering = ["-year", "-serial"]
        constraints = [
            models.UniqueConstraint(
                fields=["org_code", "year", "serial"], name="supervision_order_number_once"
            )
        ]
        indexes = [models.Index(fields=["org_code", "state", "due_date"], name="supervision_open_orders")]

    @property
    def number(self) -> str:
        """Return the printed number."""
        return f"督〔{self.year}〕{self.serial}号"

    @property
    def code(self) -> str:
        """Return the number for facts, ASCII."""
        return f"{self.year}-{self.serial:04d}"

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class OrderStep(models.Model):
    """One step in the life of an order (办理记录), with who did it and what was said."""

    order = models.ForeignKey(SupervisionOrder, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField("步骤", max_length=20)
    words = models.TextField("内容", blank=True)
    done_at = models.DateTimeField("时间")
    done_by_id = models.PositiveBigIntegerField("办理人", null=True)

    class Meta:
        verbose_name = "办理记录"
        verbose_name_plural = "办理记录"
        default_permissions = ()
        ordering = ["id"]
