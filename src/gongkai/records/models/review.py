"""Who wrote, what the check found, who signed (审查): append-only where it proves something."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from gongkai.records.models.record import Record

_USER = settings.AUTH_USER_MODEL


class Author(models.Model):
    """Someone who saved the text after release number `epoch` (作者); authors never sign."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="authors")
    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    epoch = models.PositiveIntegerField()
    on_behalf_of = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "epoch", "user"], name="author_named_once")]


class GuardRun(models.Model):
    """One check of one content under one version of the rules (检查)."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="guard_runs")
    content_sha256 = models.CharField(max_length=64)
    rule_version = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "content_sha256", "rule_version"], name="content_checked_once_a_version"
            )
        ]


class StoredFinding(models.Model):
    """One finding of a run; personal data in `matched` is masked. `key` stays the same while its surroundings do."""

    run = models.ForeignKey(GuardRun, on_delete=models.CASCADE, related_name="findings")
    key = models.CharField(max_length=40)
    detector = models.CharField(max_length=80)
    part = models.CharField(max_length=255)
    span_start = models.PositiveIntegerField(null=True)
    span_end = models.PositiveIntegerField(null=True)
    matched = models.TextField(blank=True)
    severity = models.CharField(max_length=8)
    confidence = models.FloatField()
    message = models.TextField(blank=True)
    suggestion = models.TextField(blank=True)
    basis = models.TextField(blank=True)
    replacement = models.TextField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["run", "key"], name="records_finding_key")]


class Waiver(models.Model):
    """A finding let pass, by whom and why (留痕放行)."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="waivers")
    key = models.CharField(max_length=40)
    detector = models.CharField(max_length=80)
    severity = models.CharField(max_length=8)
    reason = models.CharField("理由", max_length=500)
    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["record", "key"], name="finding_waived_once")]


class Submission(models.Model):
    """One round of review (送审): what was handed in, by whom, under which chain."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="submissions")
    round = models.PositiveIntegerField()
    chain_id = models.CharField(max_length=60)
    chain_version = models.PositiveIntegerField()
    revision_id = models.BigIntegerField()
    content_sha256 = models.CharField(max_length=64)
    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    note = models.CharField("送审说明", max_length=500, blank=True)
    authority = models.CharField("先发的授权依据", max_length=40, blank=True)
    authority_note = models.CharField("授权说明", max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["revision_id"], name="records_submitted_revision")]
        constraints = [models.UniqueConstraint(fields=["record", "round"], name="one_submission_a_round")]


class Review(models.Model):
    """One signature or return, bound to the SHA-256 of the content that was shown (审查意见)."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="reviews")
    round = models.PositiveIntegerField()
    kind = models.CharField("审查类别", max_length=20)
    decision = models.CharField("结论", max_length=8, choices=[("signed", "同意"), ("returned", "退回")])
    content_sha256 = models.CharField(max_length=64)
    revision_id = models.BigIntegerField()
    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    on_behalf_of = models.BigIntegerField(null=True)
    opinion = models.CharField("意见", max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "round", "kind"],
                condition=Q(decision="signed"),
                name="kind_signed_once_a_round",
            ),
            models.CheckConstraint(condition=Q(decision__in=["signed", "returned"]), name="decision_known"),
        ]
