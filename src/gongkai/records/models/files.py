"""Files of records (附件、图片), addressed by content; nobody outside reaches them before a release names them."""

from __future__ import annotations

from django.db import models


class StoredFile(models.Model):
    """One file, kept once however many records use it. The bytes lie in the default storage under `storage_name`."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size_bytes = models.BigIntegerField("大小")
    media_type = models.CharField("类型", max_length=120)
    original_name = models.CharField("上传时的名称", max_length=255)
    pages = models.PositiveIntegerField("页数", null=True, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    text = models.TextField("可读文字", blank=True)
    findings = models.JSONField("检查发现", default=list)
    rule_version = models.CharField(max_length=40, blank=True)
    stored_at = models.DateTimeField("存入时间")
    erased_at = models.DateTimeField("清除时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "文件"

    def __str__(self) -> str:
        return self.original_name

    @property
    def storage_name(self) -> str:
        """Return the name under which the storage keeps the bytes."""
        return storage_name(self.sha256)

    @property
    def is_image(self) -> bool:
        """Tell whether the file may stand in a body as a picture."""
        return self.media_type.startswith("image/")


def storage_name(sha256: str) -> str:
    """Return where the bytes with this hash lie inside the storage."""
    return f"records/{sha256[:2]}/{sha256}"
