"""Storage of registers: rows as they stand, every change kept, and imports staged before they count."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class RegisterRow(models.Model):
    """One row as it stands now (台账行). `values` hold what `core.values.to_stored` gives, by field id."""

    register = models.CharField("台账", max_length=60)
    register_version = models.CharField("定义版本", max_length=20)
    org_code = models.CharField("机关代码", max_length=60)
    key = models.CharField("主键", max_length=300)
    counted_on = models.DateField("计数日期")
    values = models.JSONField("内容")
    digest = models.CharField("内容指纹", max_length=64)
    version = models.PositiveIntegerField("修改次数", default=1)
    is_removed = models.BooleanField("已删除", default=False)
    changed_at = models.DateTimeField("最近修改")

    class Meta:
        verbose_name = "台账行"
        verbose_name_plural = "台账行"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["register", "org_code", "key"], name="registers_row_key_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="registers_row_version_counts"),
        ]
        indexes = [
            models.Index(
                fields=["register", "org_code", "is_removed", "-counted_on", "id"],
                name="registers_rows_newest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.register}/{self.key}"


class RowChange(models.Model):
    """One change of a row (修改留痕), append-only: what it held before and after."""

    row = models.ForeignKey(RegisterRow, on_delete=models.PROTECT, related_name="changes")
    version = models.PositiveIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    user_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["row", "version"], name="registers_change_once")]


class ImportBatch(models.Model):
    """A table that was uploaded (导入批次): staged first, promoted in one step or dropped."""

    STAGED, PROMOTED, DROPPED = "staged", "promoted", "dropped"

    register = models.CharField(max_length=60)
    org_code = models.CharField(max_length=60)
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default=STAGED)
    rows = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    problem_count = models.PositiveIntegerField(default=0)
    remarks = models.JSONField(default=list)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    user_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["register", "org_code", "-at"], name="registers_batches")]


class StagedRow(models.Model):
    """A checked row of a batch that waits for promotion."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="staged")
    line = models.PositiveIntegerField()
    key = models.CharField(max_length=300)
    counted_on = models.DateField()
    values = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["batch", "key"], name="registers_staged_once")]


class RegisterRelease(models.Model):
    """A span of a register that was made into a public draft (台账公开稿); the same span again is a new version of the same
    record. `drafted_at` is when its rows were last taken."""

    register = models.CharField(max_length=60)
    org_code = models.CharField(max_length=60)
    start = models.DateField()
    end = models.DateField()
    record_id = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    left_out = models.PositiveIntegerField(default=0)
    drafted_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["register", "org_code", "start", "end"], name="registers_release_once"
            )
        ]
