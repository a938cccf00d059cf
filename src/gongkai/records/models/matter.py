"""What falls due outside the chain of review (到期与督办提醒), as last gathered."""

from __future__ import annotations

from django.db import models


class DueMatter(models.Model):
    """One thing that somebody must be told of: a clock of an emergency, a late interpretation, a matter of a room above.

    Worked out again by a job, so nothing here is evidence; `roles` act on it for `owner_code`. `address` is a path of the desk.
    """

    key = models.CharField(max_length=100, unique=True)
    owner_code = models.CharField(max_length=64)
    roles = models.JSONField()
    title = models.CharField(max_length=500)
    words = models.CharField(max_length=300)
    light = models.CharField(max_length=8)
    address = models.CharField(max_length=300)
    gathered_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["owner_code"], name="records_matter_owner")]

    def __str__(self) -> str:
        """Return what it is and how it stands."""
        return f"{self.title}：{self.words}"
