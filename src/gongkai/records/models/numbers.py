"""Counters of index numbers (索引号序列)."""

from __future__ import annotations

from django.db import models


class IndexCounter(models.Model):
    """The last serial given for a prefix in a year. A trigger keeps it from ever going down."""

    prefix = models.CharField("前缀", max_length=60)
    year = models.PositiveSmallIntegerField("年份")
    last = models.PositiveIntegerField("最近序号", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "索引号序列"
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="one_counter_a_year")]

    def __str__(self) -> str:
        return f"{self.prefix}/{self.year}: {self.last}"
