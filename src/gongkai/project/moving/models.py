"""What a move from an old site remembers (网站迁移): the batch, its items, what was not read, who opened and signed what."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

_USER = settings.AUTH_USER_MODEL


class MoveState(models.TextChoices):
    """Where a batch stands."""

    STAGING = "staging", "正在读取"
    STAGED = "staged", "已建草稿，待提请审签"
    PUTTING_FORWARD = "putting", "正在生成清单"
    IN_REVIEW = "in_review", "审签中"
    RELEASING = "releasing", "已批准，正在发布"
    RELEASED = "released", "已发布"
    RETURNING = "returning", "正在退回"


class ItemState(models.TextChoices):
    """How far one item is."""

    FOUND = "found", "待读取"
    READ = "read", "已读取"
    NUMBERED = "numbered", "已编号"
    DRAFTED = "drafted", "已建草稿"
    LEFT_OUT = "left_out", "不作为信息导入"
    UNREAD = "unread", "没有读出"


class MoveIn(models.Model):
    """One move (迁移批次): from where, to whom, and the list that is signed."""

    org_code = models.CharField("迁入单位", max_length=60)
    site = models.CharField("原网站", max_length=200)
    source_kind = models.CharField(
        "来源",
        max_length=10,
        choices=[("mirror", "网页镜像"), ("table", "导出的表格"), ("manifest", "清单与文件夹")],
    )
    source_place = models.CharField("来源位置", max_length=500)
    settings_text = models.TextField("对照表", blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=MoveState.choices, default=MoveState.STAGING.value
    )
    started_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField("开始时间")
    is_listed = models.BooleanField("来源已列全", default=False)
    staged_at = models.DateTimeField("读完时间", null=True)
    round = models.PositiveIntegerField("第几次提请", default=0)
    put_by = models.ForeignKey(_USER, null=True, on_delete=models.PROTECT, related_name="+")
    put_at = models.DateTimeField("提请时间", null=True)
    list_sha256 = models.CharField("清单校验值", max_length=64, blank=True)
    listed_count = models.PositiveIntegerField("清单条数", default=0)
    written_signatures = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField("发布完毕时间", null=True)
    summary = models.JSONField("检查汇总", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "迁移批次"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["in_review", "releasing", "released"])
                | (~Q(list_sha256="") & Q(put_by__isnull=False)),
                name="move_reviewed_by_list",
            )
        ]

    def __str__(self) -> str:
        return f"第 {self.pk} 批 {self.site}"


class MovedItem(models.Model):
    """One page, row or file of the old site. `content` holds what was read until the draft is made."""

    move = models.ForeignKey(MoveIn, on_delete=models.PROTECT, related_name="items")
    key = models.TextField("旧地址")
    key_sha256 = models.CharField(max_length=64)
    place = models.TextField("来源位置")
    source_sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField("进度", max_length=10, choices=ItemState.choices, default=ItemState.FOUND.value)
    title = models.TextField("标题", blank=True)
    published_at = models.DateTimeField("原发布时间", null=True)
    formed_date = models.DateField("成文日期", null=True)
    kept_number = models.CharField("原索引号", max_length=120, blank=True)
    index_number = models.CharField("索引号", max_length=120, blank=True)
    index_prefix = models.CharField(max_length=60, blank=True)
    index_year = models.PositiveSmallIntegerField(null=True)
    index_serial = models.PositiveIntegerField(null=True)
    path = models.CharField("新地址", max_length=200, blank=True)
    record_id = models.BigIntegerField("信息", null=True, unique=True)
    content_sha256 = models.CharField(max_length=64, blank=True)
    severity = models.CharField("最重发现", max_length=8, blank=True)
    is_clean = models.BooleanField("可列入清单", default=False)
    listed_sha256 = models.CharField("清单所列内容", max_length=64, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    content = models.JSONField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "迁移条目"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["key_sha256"], name="old_address_moved_once")]
        indexes = [
            models.Index(fields=["move", "state"], name="project_moved_state"),
            models.Index(fields=["index_number"], name="project_moved_number"),
        ]


class MoveProblem(models.Model):
    """Something of the source that was not read, or not wholly (未读出的内容)."""

    move = models.ForeignKey(MoveIn, on_delete=models.PROTECT, related_name="problems")
    identity = models.CharField(max_length=64)
    place = models.TextField("位置")
    code = models.CharField("问题", max_length=40)
    detail = models.CharField("细节", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "迁移问题"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["move", "identity"], name="move_problem_told_once")]


class MoveSignature(models.Model):
    """One person's signature of a list, or their return of it (批次审签); append-only."""

    move = models.ForeignKey(MoveIn, on_delete=models.PROTECT, related_name="signatures")
    round = models.PositiveIntegerField("第几次提请")
    step = models.CharField("步骤", max_length=40)
    decision = models.CharField("结论", max_length=8, choices=[("signed", "同意"), ("returned", "退回")])
    list_sha256 = models.CharField("清单校验值", max_length=64)
    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    opinion = models.CharField("意见", max_length=1000)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "迁移批次审签"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["move", "round", "step"], name="move_step_signed_once")
        ]


class MoveOpened(models.Model):
    """Somebody opened a page of the sample, or the report (record 0), before signing (已打开)."""

    move = models.ForeignKey(MoveIn, on_delete=models.PROTECT, related_name="opened")
    round = models.PositiveIntegerField()
    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    record_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["move", "round", "user", "record_id"], name="move_page_opened_once"
            )
        ]
