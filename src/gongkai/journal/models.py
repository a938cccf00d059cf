"""What the journal stores. Entries, seals and heads are append-only (see `triggers`); the two queues are not."""

from __future__ import annotations

from django.db import models


class ActorKind(models.TextChoices):
    """Who did it (行为人)."""

    USER = "user", "工作人员"
    SYSTEM = "system", "系统"
    CITIZEN = "citizen", "公众"


class Entry(models.Model):
    """One fact as written down (账目). `body` is the canonical JSON text of the fact's own fields."""

    name = models.CharField("事实", max_length=80)
    org = models.CharField("机构代码", max_length=120)
    subject = models.CharField("对象", max_length=120)
    on = models.DateField("计入日期")
    at = models.DateTimeField("记录时间")
    actor_kind = models.CharField("行为人类别", max_length=10, choices=ActorKind.choices)
    actor_user_id = models.BigIntegerField("人员编号", null=True)
    actor_role = models.CharField("角色", max_length=40, blank=True)
    actor_on_behalf_of = models.BigIntegerField("代行何人职责", null=True)
    body = models.TextField("内容")

    class Meta:
        verbose_name = verbose_name_plural = "事实"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["name", "on"], name="journal_name_on"),
            models.Index(fields=["org", "name", "on"], name="journal_org_name_on"),
            models.Index(fields=["subject", "id"], name="journal_subject"),
            models.Index(fields=["actor_user_id", "id"], name="journal_actor"),
            models.Index(fields=["at"], name="journal_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(actor_kind__in=ActorKind.values), name="entry_actor_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.name} {self.subject}"


class Pending(models.Model):
    """An entry that waits for its seal (待封存); written with the entry, removed with the seal."""

    entry = models.BigIntegerField(primary_key=True)


class Seal(models.Model):
    """A link of the chain (封存): the entry's hash together with the seal before it."""

    seq = models.BigIntegerField(primary_key=True)
    entry = models.BigIntegerField(unique=True)
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["seq"]


class PublishedHead(models.Model):
    """A head whose file has been published (已公布的封存头)."""

    seq = models.BigIntegerField(primary_key=True)
    entry = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    previous = models.BigIntegerField(unique=True)
    key = models.CharField(max_length=16)
    signature = models.CharField(max_length=120)

    class Meta:
        ordering = ["seq"]


class Delivery(models.Model):
    """One fact on its way to one handler (投递): how often it was tried, and why it failed last."""

    entry = models.BigIntegerField("账目")
    handler = models.CharField("处理程序", max_length=200)
    attempts = models.PositiveIntegerField("已试次数", default=0)
    holder = models.CharField("正在办理的进程", max_length=120, blank=True)
    next_at = models.DateTimeField("下次时间")
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    reason = models.TextField("最近一次失败原因", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "投递"
        ordering = ["entry", "id"]
        constraints = [models.UniqueConstraint(fields=["entry", "handler"], name="one_delivery_each")]
        indexes = [
            models.Index(
                fields=["next_at"], condition=models.Q(done_at__isnull=True), name="journal_delivery_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry} → {self.handler}"
