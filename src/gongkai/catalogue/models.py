"""Storage of the catalogue: versions with their items, columns, placements of releases, obligations, monthly lists."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class CatalogueVersion(models.Model):
    """One edition of an authority's catalogue (目录版本); the current one has no end date."""

    org_code = models.CharField("机关代码", max_length=60)
    number = models.PositiveIntegerField("版本号")
    name = models.CharField("名称", max_length=200)
    source_file = models.CharField("来源文件", max_length=255)
    source_sha256 = models.CharField("来源文件指纹", max_length=64)
    in_force_from = models.DateField("启用日期")
    in_force_to = models.DateField("停用日期", null=True, blank=True)
    imported_at = models.DateTimeField("导入时间")

    class Meta:
        verbose_name = "目录版本"
        verbose_name_plural = "目录版本"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["org_code", "number"], name="catalogue_version_number_once"),
            models.UniqueConstraint(
                fields=["org_code"],
                condition=Q(in_force_to__isnull=True),
                name="catalogue_one_current_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（第 {self.number} 版）"


class CatalogueItem(models.Model):
    """One item that must be public (公开事项), with the official columns of the standard catalogue."""

    version = models.ForeignKey(CatalogueVersion, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField("次序")
    code = models.CharField("编号", max_length=40)
    official_code = models.CharField("目录编号", max_length=20, blank=True)
    class_code = models.CharField("类别", max_length=4)
    level1 = models.CharField("一级事项", max_length=200)
    level2 = models.CharField("二级事项", max_length=500)
    elements = models.JSONField("公开内容（要素）", default=list)
    result_fields = models.JSONField("结果信息", default=list)
    basis = models.TextField("公开依据", blank=True)
    limit_text = models.CharField("公开时限", max_length=300, blank=True)
    limit_working_days = models.PositiveSmallIntegerField("时限（工作日）", null=True, blank=True)
    result_limit_text = models.CharField("结果公开时限", max_length=300, blank=True)
    result_limit_working_days = models.PositiveSmallIntegerField("结果时限（工作日）", null=True, blank=True)
    discloser = models.CharField("公开主体", max_length=200, blank=True)
    channels = models.JSONField("公开渠道", default=list)
    audience = models.CharField("公开对象", max_length=200, blank=True)
    mode = models.CharField("公开方式", max_length=40, blank=True)
    tier = models.CharField("公开层级", max_length=40, blank=True)
    openings = models.JSONField("五公开", default=list)
    column = models.CharField("栏目", max_length=40)
    cadence_days = models.PositiveIntegerField("更新周期（天）", null=True, blank=True)
    owner_code = models.CharField("责任科室", max_length=60, blank=True)
    not_applicable_reason = models.CharField("不适用的理由", max_length=300, blank=True)
    note = models.TextField("备注", blank=True)
    confidence = models.CharField("事项把握程度", max_length=100, blank=True)
    elements_confidence = models.CharField("要素把握程度", max_length=200, blank=True)
    source = models.TextField("来源", blank=True)

    class Meta:
        verbose_name = "公开事项"
        verbose_name_plural = "公开事项"
        default_permissions = ()
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="catalogue_item_code_once")]
        indexes = [models.Index(fields=["version", "position"], name="catalogue_item_order")]

    def __str__(self) -> str:
        return f"{self.code} {self.level2}"


class Column(models.Model):
    """A column of the public site (栏目) with its promised rhythm."""

    org_code = models.CharField("机关代码", max_length=60)
    position = models.PositiveIntegerField("次序")
    code = models.SlugField("代码", max_length=40, allow_unicode=False)
    name = models.CharField("名称", max_length=60)
    block = models.CharField("所在板块", max_length=20)
    column_type = models.CharField("栏目类别", max_length=40)
    description = models.CharField("说明", max_length=300, blank=True)
    keywords = models.JSONField("关键词", default=list)
    cadence_days = models.PositiveIntegerField("更新周期（天）", null=True, blank=True)
    owner_code = models.CharField("责任科室", max_length=60, blank=True)
    enabled = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "栏目"
        verbose_name_plural = "栏目"
        default_permissions = ()
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["org_code", "code"], name="catalogue_column_code_once")
        ]

    def __str__(self) -> str:
        return self.name


class Placement(models.Model):
    """That a record stands, or stood, under an item or in a column (挂接), learned from release facts."""

    ITEM, COLUMN, WITHDRAWN = "item", "column", "withdrawn"

    org_code = models.CharField(max_length=60)
    place = models.CharField(max_length=10, choices=[(ITEM, "事项"), (COLUMN, "栏目"), (WITHDRAWN, "已撤回")])
    code = models.CharField(max_length=40)
    record_subject = models.CharField(max_length=60)
    release_id = models.PositiveBigIntegerField()
    formed_date = models.DateField(null=True)
    first_published_date = models.DateField()
    last_published_date = models.DateField()
    is_current = models.BooleanField(default=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["org_code", "place", "code", "record_subject"], name="catalogue_placed_once"
            ),
            models.CheckConstraint(
                condition=Q(last_published_date__gte=F("first_published_date")),
                name="catalogue_placement_dates",
            ),
        ]
        indexes = [
            models.Index(fields=["org_code", "place", "is_current", "code"], name="catalogue_placed_under"),
            models.Index(fields=["record_subject"], name="catalogue_record_placed"),
        ]


class Obligation(models.Model):
    """One duty to publish (公开义务): something was formed or changed on a day, and must be public within the limit.

    The due date is computed from `formed_date` and the item's limit when read; only what happened is stored.
    """

    FORMED, CHANGED, PERIODIC = "formed", "changed", "periodic"

    org_code = models.CharField("机关代码", max_length=60)
    item_code = models.CharField("事项", max_length=40)
    event = models.CharField(
        "起因", max_length=10, choices=[(FORMED, "信息形成"), (CHANGED, "信息变更"), (PERIODIC, "定期公开")]
    )
    is_result = models.BooleanField("按结果信息时限", default=False)
    formed_date = models.DateField("形成或变更日期")
    title = models.CharField("内容", max_length=500)
    record_subject = models.CharField(max_length=60, blank=True)
    met_date = models.DateField("公开日期", null=True, blank=True)
    closed_reason = models.CharField("不再公开的理由", max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "公开义务"
        verbose_name_plural = "公开义务"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["org_code", "item_code", "record_subject"],
                condition=~Q(record_subject=""),
                name="catalogue_obligation_once_a_record",
            )
        ]
        indexes = [
            models.Index(fields=["org_code", "item_code", "met_date"], name="catalogue_open_obligations")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Tell whether the duty is neither met nor closed with a reason."""
        return self.met_date is None and not self.closed_reason


class TimelinessSetting(models.Model):
    """What a body decided about reminders (时效提醒设置); a body without a row has the defaults of the rule file."""

    org_code = models.CharField("机关代码", max_length=60, unique=True)
    lead_working_days = models.PositiveSmallIntegerField("提前提醒（工作日）", null=True, blank=True)
    monthly_mail = models.BooleanField("每月清单发邮件", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "时效提醒设置"
        default_permissions = ()

    def __str__(self) -> str:
        return self.org_code


class MonthlyList(models.Model):
    """What a section was told at the beginning of a month (每月清单), kept as it was told; `lines` name items and columns only.

    A line: {"place": item|column, "code", "name", "state": late|stale|empty|due|soon_empty, "date": ISO day or null, "duties": n}.
    """

    org_code = models.CharField("机关代码", max_length=60)
    section_code = models.CharField("责任单位", max_length=60)
    month = models.DateField("月份")
    lines = models.JSONField("清单", default=list)
    made_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = verbose_name_plural = "每月清单"
        default_permissions = ()
        ordering = ["-month", "section_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["org_code", "section_code", "month"], name="catalogue_monthly_list_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.section_code} {self.month:%Y-%m}"


class MonthlyMessage(models.Model):
    """That a person gets a monthly list by e-mail: claimed before the mail server is asked, so that no crash sends it twice."""

    monthly_list = models.ForeignKey(MonthlyList, on_delete=models.PROTECT, related_name="messages")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField("开始发送", null=True)
    sent_at = models.DateTimeField("发出时间", null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["monthly_list", "person"], name="catalogue_monthly_told_once")
        ]
